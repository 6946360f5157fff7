import asyncio


async def send(row):
    await asyncio.sleep(0.01)
    if row < 0:
        raise ValueError(f"bad row: {row}")


async def main():
    tasks = [asyncio.create_task(send(row)) for row in [1, -1, 2]]
    try:
        await asyncio.gather(*tasks)
        print("all sent")
    except ValueError as error:
        print("not sent:", error)


asyncio.run(main())
