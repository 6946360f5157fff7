# fault: busy-wait-in-a-coroutine
# shows: prints looked more than once
# mended: looked 1 times
import asyncio


class Link:
    def __init__(self):
        self.is_open = False
        self.looked = 0

    def ready(self):
        self.looked += 1
        return self.is_open

    async def open(self):
        await asyncio.sleep(0.1)
        self.is_open = True


async def main():
    link = Link()
    task = asyncio.create_task(link.open())
    while not link.ready():
        await asyncio.sleep(0)  # here
    await task
    print(f"looked {link.looked} times" if link.looked == 1 else "looked more than once")


asyncio.run(main())
