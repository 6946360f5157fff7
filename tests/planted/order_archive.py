# kind: exception-lost
# fault: 27 | 26
# why: asyncio.wait() raises nothing and nobody looks at the tasks, so the failures are lost.
# seen: 3.11: "5 archived; 3 in the store"; only the collector's "never retrieved" notice
import asyncio


async def archive(order, store):
    await asyncio.sleep(0.001)
    if order["total"] < 0:
        raise ValueError(f"order {order['id']}: negative total")
    store.append(order["id"])


class Archiver:
    def __init__(self):
        self.store = []

    async def run(self, orders):
        limit = asyncio.Semaphore(4)

        async def one(order):
            async with limit:
                await archive(order, self.store)

        jobs = {asyncio.create_task(one(order)) for order in orders}
        await asyncio.wait(jobs)
        return len(jobs)


if __name__ == "__main__":
    archiver = Archiver()
    count = asyncio.run(archiver.run([{"id": n, "total": 10 - 4 * n} for n in range(5)]))
    print(count, "archived;", len(archiver.store), "in the store")
