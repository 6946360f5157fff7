"""The caller goes on with the current event loop of its thread, which a loop run meanwhile would take away."""
# refuse asyncio: event-loop

import asyncio
import time


def doubled(name):
    time.sleep(0.004)
    return name * 2


def prepared(names):
    return [doubled(name) for name in names]  # here


async def later(text):
    await asyncio.sleep(0.001)
    return text


def main():
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    print(prepared(["a", "b", "c"]))
    print(asyncio.get_event_loop().run_until_complete(later("end")))
    loop.close()


if __name__ == "__main__":
    main()
