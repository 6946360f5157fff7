# fault: task-errors-never-read
# shows: prints all sent
# mended: not sent: bad row: -1
import asyncio


async def send(row):
    await asyncio.sleep(0.01)
    if row < 0:
        raise ValueError(f"bad row: {row}")


async def main():
    tasks = set()
    for row in [1, -1, 2]:
        tasks.add(asyncio.create_task(send(row)))  # here
    await asyncio.wait(tasks)
    print("all sent")


asyncio.run(main())
