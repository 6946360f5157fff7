import asyncio

LOCK = asyncio.Lock()
ROWS = []
KEPT = []


async def add(row):
    async with LOCK:
        ROWS.append(row)
        if len(ROWS) >= 2:
            await _flush_locked()


async def flush():
    async with LOCK:
        await _flush_locked()


async def _flush_locked():
    await asyncio.sleep(0.01)
    KEPT.extend(ROWS)
    ROWS.clear()


async def main():
    await asyncio.gather(*(add(n) for n in range(4)))
    print(len(KEPT), "rows kept")


asyncio.run(main())
