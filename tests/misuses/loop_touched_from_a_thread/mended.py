import asyncio
import threading
import time


def read(queue, loop):
    for line in ["a", "b"]:
        time.sleep(0.1)
        loop.call_soon_threadsafe(queue.put_nowait, line)


async def main():
    queue = asyncio.Queue()
    threading.Thread(target=read, args=(queue, asyncio.get_running_loop())).start()
    print("got " + ", ".join([await queue.get(), await queue.get()]))


asyncio.run(main())
