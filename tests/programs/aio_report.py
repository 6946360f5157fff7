"""A coroutine that awaits aiohttp in a loop, one answer after the other."""
# models: asyncio
# overlap: 3

import asyncio
import os

import aiohttp

API = os.environ["API"]


async def size(session, item):
    async with session.get(f"{API}/flaky/{item}") as answer:
        answer.raise_for_status()
        return (await answer.json())["size"]


async def report(items):
    sizes, failed = {}, []
    async with aiohttp.ClientSession() as session:
        for item in items:  # here
            try:
                sizes[item] = await size(session, item)
            except aiohttp.ClientResponseError as error:
                failed.append((item, error.status))
    return sizes, failed


async def main():
    sizes, failed = await report(range(14))
    print(sizes)
    print(failed)


if __name__ == "__main__":
    asyncio.run(main())
