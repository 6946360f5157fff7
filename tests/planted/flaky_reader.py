# kind: lambda-coroutine-dropped
# fault: none
# why: The lambda is a factory; with_retries() awaits the coroutine that it returns.
# seen: 3.11 and 3.13: all five values
import asyncio
import random


async def read_register(number):
    await asyncio.sleep(0.001)
    if random.random() < 0.5:
        raise ConnectionError(f"register {number}")
    return number * 2


async def with_retries(make, attempts=20):
    for attempt in range(attempts):
        try:
            return await make()
        except ConnectionError:
            await asyncio.sleep(0.001 * attempt)
    raise TimeoutError(f"gave up after {attempts}")


async def main():
    values = []
    for number in range(5):
        values.append(await with_retries(lambda: read_register(number)))
    print(values)


if __name__ == "__main__":
    asyncio.run(main())
