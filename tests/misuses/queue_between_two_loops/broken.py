# fault: shared-by-loops-of-threads
# shows: prints the consumer still waits
# mended: got 0, 1, 2
"""One queue of asyncio joins the loops of two threads: what one loop puts does not wake who waits in the other."""

import asyncio
import threading


async def produce(queue):
    for number in range(3):
        await asyncio.sleep(0.1)
        await queue.put(number)
    await queue.put(None)


async def consume(queue, seen):
    while (number := await queue.get()) is not None:
        seen.append(number)


def main():
    queue = asyncio.Queue()
    seen = []
    consumer = threading.Thread(target=lambda: asyncio.run(consume(queue, seen)), daemon=True)  # here
    consumer.start()
    asyncio.run(produce(queue))
    consumer.join(timeout=2)
    print("the consumer still waits" if consumer.is_alive() else "got " + ", ".join(map(str, seen)))


main()
