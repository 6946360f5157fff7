"""A table that is filled after an await: coroutines side by side would all find it empty."""
# refuse threading: event-loop
# refuse multiprocessing: event-loop
# refuse asyncio: shared-write

import asyncio

asked = []
known = {}


async def price(article):
    if article in known:
        return known[article]
    asked.append(article)
    await asyncio.sleep(0.005)
    known[article] = len(article) * 10
    return known[article]


async def total(articles):
    found = []
    for article in articles:  # here
        found.append(await price(article))
    return sum(found)


if __name__ == "__main__":
    print(asyncio.run(total(["tea", "milk", "tea", "tea"])), asked)
