# fault: thread-wait-in-a-coroutine
# shows: hangs
# mended: told 3
import asyncio


async def work():
    await asyncio.sleep(0.01)
    return 3


def tell(job):
    return f"told {job.result()}"


async def main():
    job = asyncio.run_coroutine_threadsafe(work(), asyncio.get_running_loop())
    print(tell(job))  # here


asyncio.run(main())
