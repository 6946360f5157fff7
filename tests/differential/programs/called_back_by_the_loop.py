"""The loop of coroutines calls the function back, which a table names as well: there it cannot run a loop of its own."""
# refuse asyncio: event-loop

import asyncio
import time


def measured(name):
    time.sleep(0.004)
    return len(name)


def sizes(names):
    found = []
    for name in names:  # here
        found.append(measured(name))
    return found


def announced(future):
    future.set_result(ASKED["sizes"](["x", "yy"]))


async def told():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    loop.call_soon(announced, future)
    return await future


ASKED = {"sizes": sizes}


if __name__ == "__main__":
    print(sizes(["top"]))
    print(asyncio.run(told()))
