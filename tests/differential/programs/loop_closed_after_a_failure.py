"""The work runs coroutines on an event loop that is closed once an item has failed, when other threads may still run on it."""
# refuse asyncio: early-exit

import asyncio


async def tripled(value):
    await asyncio.sleep(0.002)
    return value * 3


def found(number, loop):
    answer = loop.run_until_complete(tripled(number))
    if number == 4:
        raise LookupError(number)
    return answer


def main():
    loop = asyncio.new_event_loop()
    out = []
    try:
        for number in (9, 7, 4, 1, 2, 3):  # here
            out.append(found(number, loop))
    except LookupError as error:
        print("stopped", error, out)
    print(out)
    loop.close()


if __name__ == "__main__":
    main()
