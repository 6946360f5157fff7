"""An asynchronous generator that tells what it makes, round by round."""
# refuse threading: event-loop
# refuse multiprocessing: event-loop
# refuse asyncio: ordered-output
# ask: keep its order

import asyncio


async def readings():
    for degrees in (19, 21, 20, 23):
        print("measured", degrees)
        yield degrees


async def stored(degrees):
    await asyncio.sleep(0.002)
    return degrees * 10


async def main():
    async for degrees in readings():  # here
        tenths = await stored(degrees)
        print("stored", tenths)


if __name__ == "__main__":
    asyncio.run(main())
