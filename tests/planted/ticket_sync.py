# kind: unbounded-gather
# fault: none
# why: Each task takes a slot of the semaphore before it works, so at most five run at once.
# seen: 3.11 and 3.13: at most 5 at once
import asyncio


class TicketSync:
    def __init__(self, limit=5):
        self._slots = asyncio.Semaphore(limit)
        self.running = self.peak = 0

    async def _push(self, ticket):
        self.running += 1
        self.peak = max(self.peak, self.running)
        await asyncio.sleep(0.01)
        self.running -= 1
        return ticket

    async def push(self, ticket):
        async with self._slots:
            return await self._push(ticket)

    async def push_all(self, tickets):
        return await asyncio.gather(*(self.push(ticket) for ticket in tickets))


async def main():
    sync = TicketSync()
    done = await sync.push_all(range(100))
    print(len(done), sync.peak)


if __name__ == "__main__":
    asyncio.run(main())
