import asyncio
import threading
import time

names = set()


def answer(number):
    names.add(threading.get_ident())
    time.sleep(0.01)
    return number


async def ask(number):
    return await asyncio.to_thread(answer, number)


async def main():
    await asyncio.gather(*(ask(number) for number in range(60)))
    print("no more threads than the loop's own" if len(names) <= 32 else len(names))


asyncio.run(main())
