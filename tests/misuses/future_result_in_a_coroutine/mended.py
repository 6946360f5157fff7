import asyncio


async def work():
    await asyncio.sleep(0.01)
    return 3


async def main():
    job = asyncio.create_task(work())
    print(f"told {await job}")


asyncio.run(main())
