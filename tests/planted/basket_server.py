# kind: blocking-two-calls-away
# fault: 36 | 24 | 27
# why: total() awaits nothing while prices() -> _retry() sleeps with time.sleep(), two calls away from the coroutine.
# seen: 3.11: longest gap of the loop 0.61 s
import asyncio
import time


class PriceStore:
    def __init__(self, fail=3):
        self.fail = fail

    def _read(self, item):
        if self.fail:
            self.fail -= 1
            raise OSError("locked")
        return len(item) * 100

    def _retry(self, item, pause=0.2):
        while True:
            try:
                return self._read(item)
            except OSError:
                time.sleep(pause)

    def prices(self, items):
        return {item: self._retry(item) for item in items}


class Basket:
    def __init__(self, store, items):
        self.store = store
        self.items = items

    async def total(self):
        prices = self.store.prices(self.items)
        return sum(prices.values())


async def main():
    gaps, last = [], time.perf_counter()

    async def pulse():
        nonlocal last
        while True:
            await asyncio.sleep(0.01)
            gaps.append(time.perf_counter() - last)
            last = time.perf_counter()

    beat = asyncio.create_task(pulse())
    await asyncio.sleep(0.05)
    total = await Basket(PriceStore(), ["tea", "salt"]).total()
    await asyncio.sleep(0.05)
    beat.cancel()
    print(total, f"longest gap {max(gaps):.2f} s")


asyncio.run(main())
