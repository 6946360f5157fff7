import asyncio

LINES = []


async def read(name):
    await asyncio.sleep(0.01)
    LINES.append(name)


async def read_both():
    await asyncio.gather(read("out"), read("err"))


async def main():
    reading = asyncio.create_task(read_both())
    await asyncio.sleep(0.2)
    print(len(LINES), "lines")
    reading.cancel()


asyncio.run(main())
