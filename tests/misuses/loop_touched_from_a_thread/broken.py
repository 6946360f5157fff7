# fault: loop-touched-from-a-thread
# shows: hangs
# mended: got a, b
import asyncio
import threading
import time


def read(queue, loop):
    for line in ["a", "b"]:
        time.sleep(0.1)
        queue.put_nowait(line)  # here


async def main():
    queue = asyncio.Queue()
    threading.Thread(target=read, args=(queue, asyncio.get_running_loop())).start()
    print("got " + ", ".join([await queue.get(), await queue.get()]))


asyncio.run(main())
