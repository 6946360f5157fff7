"""A thread beside the loop of coroutines calls the function: there it may run a loop of its own."""

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


async def told():
    return await asyncio.to_thread(sizes, ["x", "yy"])


if __name__ == "__main__":
    print(sizes(["top"]))
    print(asyncio.run(told()))
