"""Awaits in a row that do not need each other."""
# models: asyncio
# overlap: 2

import asyncio
import os

import httpx

API = os.environ["API"]


async def get(client, path):
    answer = await client.get(f"{API}/{path}")
    answer.raise_for_status()
    return answer.json()


async def overview(number):
    async with httpx.AsyncClient(timeout=5) as client:
        profile = await get(client, f"item/{number}")  # here
        friends = await get(client, f"item/{number + 1}")
        photos = await get(client, f"item/{number + 2}")
    return f"{profile['name']}: {friends['size']} friends, {photos['size']} photos"


async def main():
    print(await overview(3))
    print(await overview(8))


asyncio.run(main())
