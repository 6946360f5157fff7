# kind: loop-bound-primitive-shared
# fault: 17 | 11 | 18 | 21 | 25 | 27
# why: One asyncio.Queue joins two loops in two threads; put() of the one does not wake get() of the other.
# seen: 3.11: "seen [] consumer still waits: True"
import asyncio
import threading


class Bridge:
    def __init__(self):
        self.events = asyncio.Queue()
        self.seen = []

    async def produce(self):
        for n in range(5):
            await asyncio.sleep(0.05)
            await self.events.put(n)
        await self.events.put(None)

    async def consume(self):
        while (event := await self.events.get()) is not None:
            self.seen.append(event)

    def run(self):
        consumer = threading.Thread(target=lambda: asyncio.run(self.consume()), daemon=True)
        consumer.start()
        asyncio.run(self.produce())
        consumer.join(timeout=3)
        return consumer.is_alive()


if __name__ == "__main__":
    bridge = Bridge()
    stuck = bridge.run()
    print("seen", bridge.seen, "consumer still waits:", stuck)
