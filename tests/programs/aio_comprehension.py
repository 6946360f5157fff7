"""A comprehension of awaits with httpx."""
# models: asyncio
# overlap: 3

import asyncio
import os

import httpx

API = os.environ["API"]


class Client:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def name(self, number: int) -> str:
        answer = await self.http.get(f"{API}/item/{number}")
        return answer.json()["name"]


async def main() -> None:
    async with httpx.AsyncClient(timeout=5) as http:
        client = Client(http)
        names = [await client.name(number) for number in range(10)]  # here
    print(names)


if __name__ == "__main__":
    asyncio.run(main())
