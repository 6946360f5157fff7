import asyncio
import threading

counted = []


async def count(words):
    for word in words:
        await asyncio.sleep(0)
        counted.append(len(word))


def main():
    thread = threading.Thread(target=asyncio.run, args=(count(["a", "bc", "def"]),))
    thread.start()
    thread.join()
    print(f"counted {sum(counted)}")


main()
