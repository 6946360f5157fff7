# kind: blocking-wait-in-coroutine
# fault: 23
# why: result() of a concurrent future blocks the loop for the whole computation.
# seen: 3.11: longest pause of the loop 2.2 s
import asyncio
import hashlib
import time
from concurrent.futures import ProcessPoolExecutor as Workers


def slow_digest(data, rounds):
    for _ in range(rounds):
        data = hashlib.sha256(data).digest()
    return data.hex()


class ChecksumService:
    def __init__(self, workers):
        self.workers = workers

    async def checksum(self, name):
        job = self.workers.submit(slow_digest, name.encode(), 300_000)
        digest = job.result()
        return name, digest


async def main():
    lags = []

    async def pulse():
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            lags.append(time.perf_counter() - before)

    with Workers(2) as workers:
        service = ChecksumService(workers)
        beat = asyncio.create_task(pulse())
        await asyncio.sleep(0.02)
        await asyncio.gather(*(service.checksum(name) for name in "abcd"))
        await asyncio.sleep(0.02)
        beat.cancel()
    print(f"longest pause of the loop {max(lags):.2f} s")


if __name__ == "__main__":
    asyncio.run(main())
