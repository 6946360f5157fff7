import asyncio
import threading
import time

workers = set()


def answer(number):
    workers.add(threading.current_thread())
    time.sleep(0.01)
    return number


async def ask(number):
    return await asyncio.to_thread(answer, number)


async def main():
    await asyncio.gather(*(ask(number) for number in range(60)))
    print("no more threads than the loop's own" if len(workers) <= 32 else len(workers))


asyncio.run(main())
