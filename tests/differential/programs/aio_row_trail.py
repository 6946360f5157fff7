"""Awaits in a row that leave a trail in one list: it tells in which order they ended."""
# site: none

import asyncio

trail = []


async def stage(name, seconds):
    await asyncio.sleep(seconds)
    trail.append(name)
    return len(name)


async def main():
    bricks = await stage("bricks", 0.04)  # here
    roof = await stage("roof", 0.001)
    paint = await stage("paint", 0.02)
    print(bricks + roof + paint, trail)


if __name__ == "__main__":
    asyncio.run(main())
