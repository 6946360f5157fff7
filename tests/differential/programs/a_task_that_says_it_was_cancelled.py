"""Work that raises what ends a task, and a loop that catches it."""
# refuse threading: event-loop
# refuse multiprocessing: event-loop
# refuse asyncio: error-handling

import asyncio


async def check(number):
    await asyncio.sleep(0.01)
    if number == 2:
        raise asyncio.CancelledError("two")
    return number


async def main():
    for number in range(4):  # here
        try:
            print(await check(number))
        except asyncio.CancelledError as stop:
            print(f"cancelled: {stop}")


if __name__ == "__main__":
    asyncio.run(main())
