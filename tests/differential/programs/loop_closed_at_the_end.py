"""The work runs coroutines on an event loop that is closed at the end, when a thread that was given up may still run on it."""
# refuse asyncio: early-exit

import asyncio


async def tripled(value):
    await asyncio.sleep(0.002)
    return value * 3


def found(number, loop):
    return loop.run_until_complete(tripled(number))


def main():
    loop = asyncio.new_event_loop()
    out = []
    for number in range(1, 8):  # here
        answer = found(number, loop)
        if answer == 6:
            break
        out.append(answer)
    print(out)
    loop.close()


if __name__ == "__main__":
    main()
