import asyncio
import pickle
import time


class Forest:
    def predict(self, rows):
        end = time.process_time() + 0.3
        while time.process_time() < end:
            pass
        return [sum(row) for row in rows]


class App:
    def post(self, path):
        return lambda answer: answer


app = App()
with open("forest.pkl", "wb") as file:
    pickle.dump(Forest(), file)
with open("forest.pkl", "rb") as file:
    model = pickle.load(file)


@app.post("/predict")
async def predict(values):
    return (await asyncio.to_thread(model.predict, [values]))[0]


async def main():
    answered = 0
    request = asyncio.create_task(predict([1, 2]))
    await asyncio.sleep(0)
    while not request.done():
        await asyncio.sleep(0.001)
        answered += 1
    print("answered meanwhile:", "many" if answered > 5 else answered)


asyncio.run(main())
