# kind: limiter-outside-gather
# fault: 21 | 10 | 22
# why: The semaphore is taken once around the whole gather; inside it every quote is asked for at the same time.
# seen: 3.11: "200 quotes, most at once: 200"
import asyncio


class PriceWatch:
    def __init__(self, limit=4):
        self._sem = asyncio.Semaphore(limit)
        self.open = self.most = 0

    async def quote(self, symbol):
        self.open += 1
        self.most = max(self.most, self.open)
        await asyncio.sleep(0.02)
        self.open -= 1
        return symbol, len(symbol)

    async def refresh(self, symbols):
        async with self._sem:
            quotes = await asyncio.gather(*[self.quote(symbol) for symbol in symbols])
        return dict(quotes)


async def main():
    watch = PriceWatch()
    quotes = await watch.refresh([f"S{n}" for n in range(200)])
    print(len(quotes), "quotes, most at once:", watch.most)


if __name__ == "__main__":
    asyncio.run(main())
