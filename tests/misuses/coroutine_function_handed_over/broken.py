# fault: coroutine-function-handed-over
# shows: fails coroutine 'count' was never awaited
# mended: counted 6
import asyncio
import threading

counted = []


async def count(words):
    for word in words:
        await asyncio.sleep(0)
        counted.append(len(word))


def main():
    thread = threading.Thread(target=count, args=(["a", "bc", "def"],))  # here
    thread.start()
    thread.join()
    print(f"counted {sum(counted)}")


main()
