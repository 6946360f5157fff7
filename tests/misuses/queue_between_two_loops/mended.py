"""One loop for both ends of the queue."""

import asyncio


async def produce(queue):
    for number in range(3):
        await asyncio.sleep(0.1)
        await queue.put(number)
    await queue.put(None)


async def consume(queue, seen):
    while (number := await queue.get()) is not None:
        seen.append(number)


async def main():
    queue = asyncio.Queue()
    seen = []
    async with asyncio.TaskGroup() as group:
        group.create_task(consume(queue, seen))
        group.create_task(produce(queue))
    print("got " + ", ".join(map(str, seen)))


asyncio.run(main())
