# kind: limiter-outside-gather
# fault: 24 | 12 | 27
# why: acquire() happens once before the tasks are made, so the limit of 3 bounds nothing.
# seen: 3.11: "80 sent, peak 80"
import asyncio

LIMIT = 3


class Fanout:
    def __init__(self):
        self.gate = asyncio.BoundedSemaphore(LIMIT)
        self.current = 0
        self.peak = 0

    async def post(self, hook, event):
        self.current += 1
        self.peak = max(self.peak, self.current)
        await asyncio.sleep(0.01)
        self.current -= 1
        return hook, event

    async def send(self, hooks, event):
        await self.gate.acquire()
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self.post(hook, event)) for hook in hooks]
        finally:
            self.gate.release()
        return [task.result() for task in tasks]


async def main():
    fanout = Fanout()
    sent = await fanout.send([f"https://hooks.example/{n}" for n in range(80)], "paid")
    print(len(sent), "sent, peak", fanout.peak)


asyncio.run(main())
