# kind: lambda-coroutine-dropped
# fault: 20
# why: The lambda only makes the coroutine refresh(); call_later drops it and nothing is refreshed.
# seen: 3.11: never-awaited warning; version stays 1
import asyncio


class RateCache:
    def __init__(self, ttl=0.05):
        self.ttl = ttl
        self.version = 0

    async def refresh(self):
        await asyncio.sleep(0)
        self.version += 1
        self.schedule()

    def schedule(self):
        loop = asyncio.get_running_loop()
        loop.call_later(self.ttl, lambda: self.refresh())

    async def start(self):
        await self.refresh()


async def main():
    cache = RateCache()
    await cache.start()
    await asyncio.sleep(0.3)
    print("version", cache.version)


if __name__ == "__main__":
    asyncio.run(main())
