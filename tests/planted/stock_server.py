# kind: blocking-two-calls-away
# fault: none
# why: The helper that sleeps is called in a thread through asyncio.to_thread().
# seen: 3.11 and 3.13: both in 0.2 s
import asyncio
import time


class Stock:
    def _query(self, part):
        time.sleep(0.2)
        return len(part)

    def level(self, part):
        return part, self._query(part)


class Server:
    def __init__(self, stock):
        self.stock = stock

    async def answer(self, part):
        part, level = await asyncio.to_thread(self.stock.level, part)
        return f"{part}: {level}"


async def main():
    server = Server(Stock())
    start = time.perf_counter()
    answers = await asyncio.gather(server.answer("nut"), server.answer("bolt"))
    print(answers, f"{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    asyncio.run(main())
