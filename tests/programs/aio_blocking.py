"""A blocking request in a coroutine, which holds up the others."""
# models: asyncio
# overlap: 2

import asyncio
import os

import requests

API = os.environ["API"]


async def load(number):
    answer = requests.get(f"{API}/item/{number}", timeout=5)  # here
    await asyncio.sleep(0)
    return answer.json()["name"]


async def main():
    print(await asyncio.gather(*(load(number) for number in range(6))))


if __name__ == "__main__":
    asyncio.run(main())
