"""The function runs an event loop itself, beside the loop that is rewritten: it cannot become a coroutine."""
# refuse asyncio: event-loop

import asyncio
import time


async def tripled(value):
    await asyncio.sleep(0.001)
    return value * 3


def measured(number):
    time.sleep(0.004)
    return number + 1


def main():
    found = []
    for number in (3, 1, 4, 5):  # here
        found.append(measured(number))
    loop = asyncio.new_event_loop()
    print([loop.run_until_complete(tripled(each)) for each in found])
    loop.close()


if __name__ == "__main__":
    main()
