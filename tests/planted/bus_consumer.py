# kind: blocking-wait-in-coroutine
# fault: 28
# why: queue.Queue.get() blocks the loop's thread until a message comes; the ticker stands still.
# seen: 3.11: 2 ticks in 0.6 s
import asyncio
import queue
import threading
import time


class BusConsumer:
    def __init__(self):
        self.inbox = queue.Queue()
        self.handled = 0

    def feed(self):
        for n in range(3):
            time.sleep(0.2)
            self.inbox.put({"id": n})
        self.inbox.put(None)

    async def handle(self, message):
        await asyncio.sleep(0)
        self.handled += 1

    async def listen(self):
        while True:
            message = self.inbox.get()
            if message is None:
                return
            await self.handle(message)


async def ticker(ticks):
    while True:
        ticks.append(time.monotonic())
        await asyncio.sleep(0.01)


async def main():
    bus, ticks = BusConsumer(), []
    feeder = threading.Thread(target=bus.feed)
    feeder.start()
    tick = asyncio.create_task(ticker(ticks))
    await asyncio.sleep(0)
    await bus.listen()
    tick.cancel()
    feeder.join()
    print(bus.handled, "messages,", len(ticks), "ticks in 0.6 s")


if __name__ == "__main__":
    asyncio.run(main())
