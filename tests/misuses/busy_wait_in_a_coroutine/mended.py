import asyncio


class Link:
    def __init__(self):
        self.is_open = asyncio.Event()
        self.looked = 0

    async def ready(self):
        self.looked += 1
        await self.is_open.wait()

    async def open(self):
        await asyncio.sleep(0.1)
        self.is_open.set()


async def main():
    link = Link()
    task = asyncio.create_task(link.open())
    await link.ready()
    await task
    print(f"looked {link.looked} times" if link.looked == 1 else "looked more than once")


asyncio.run(main())
