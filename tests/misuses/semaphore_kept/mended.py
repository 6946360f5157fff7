import asyncio

PLACES = asyncio.Semaphore(2)


def answer(number):
    if number % 2:
        raise ValueError(number)
    return number * number


async def serve(number):
    async with PLACES:
        return await asyncio.to_thread(answer, number)


async def main():
    results = await asyncio.gather(*map(serve, range(8)), return_exceptions=True)
    answered = [each for each in results if isinstance(each, int)]
    print(f"{len(answered)} of {len(results)} answered")


asyncio.run(main())
