# fault: pool-for-one-call
# shows: prints 60 threads
# mended: no more threads than the loop's own
import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor

workers = set()


def answer(number):
    workers.add(threading.current_thread())
    time.sleep(0.3)
    return number


async def ask(number):
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(ThreadPoolExecutor(), answer, number)  # here


async def main():
    await asyncio.gather(*(ask(number) for number in range(60)))
    print(len(workers), "threads")


asyncio.run(main())
