# kind: asyncio-run-in-loop
# fault: none
# why: asyncio.run() is called in a worker thread, where no loop runs.
# seen: 3.11 and 3.13: works
import asyncio
import time


async def query(name):
    await asyncio.sleep(0.01)
    return name, len(name)


def plugin(names):
    time.sleep(0.01)
    return asyncio.run(gather_all(names))


async def gather_all(names):
    return dict(await asyncio.gather(query(names[0]), query(names[1])))


async def main():
    print(await asyncio.to_thread(plugin, ["ports", "routes"]))


if __name__ == "__main__":
    asyncio.run(main())
