"""Tasks with a context variable and logging, awaited one by one in a method."""
# models: asyncio
# overlap: 3
# early: yes

import asyncio
import contextvars
import logging
import os
import sys

import aiohttp

API = os.environ["API"]
job = contextvars.ContextVar("job", default="-")
log = logging.getLogger("jobs")


class Runner:
    def __init__(self, session):
        self.session = session
        self.done = []

    async def fetch(self, number):
        async with self.session.get(f"{API}/item/{number}") as answer:
            record = await answer.json()
        return f"{job.get()}/{record['name']}"

    async def run(self, numbers):
        for number in numbers:  # here
            log.info("job %s item %s", job.get(), number)
            label = await self.fetch(number)
            self.done.append(label)
            if label.endswith("8"):
                break


async def main():
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
    job.set("nightly")
    async with aiohttp.ClientSession() as session:
        runner = Runner(session)
        await runner.run(range(12))
    print(runner.done)


if __name__ == "__main__":
    asyncio.run(main())
