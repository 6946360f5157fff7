# fault: coroutines-given-to-wait
# shows: prints 0 lines
# mended: 2 lines
import asyncio

LINES = []


async def read(name):
    await asyncio.sleep(0.01)
    LINES.append(name)


async def read_both():
    await asyncio.wait([read("out"), read("err")])  # here


async def main():
    reading = asyncio.create_task(read_both())
    await asyncio.sleep(0.2)
    print(len(LINES), "lines")
    reading.cancel()


asyncio.run(main())
