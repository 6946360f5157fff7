# kind: loop-bound-primitive-shared
# fault: 13 | 8 | 24 | 31
# why: `index_lock` is used by the loops of several threads; whoever has to wait for it gets a RuntimeError.
# seen: 3.11: one shard fails with "is bound to a different event loop"
import asyncio
import threading

index_lock = asyncio.Lock()
index = {}


async def store(shard, key):
    async with index_lock:
        await asyncio.sleep(0.001)
        index.setdefault(shard, []).append(key)


async def fill(shard, keys):
    await asyncio.gather(*(store(shard, key) for key in keys))


def run_shard(shard, keys, errors):
    try:
        asyncio.run(fill(shard, keys))
    except RuntimeError as error:
        errors.append(f"{shard}: {str(error)[-40:]}")


def main():
    errors = []
    threads = [threading.Thread(target=run_shard, args=(s, range(10), errors)) for s in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=5)
    print({shard: len(keys) for shard, keys in index.items()}, errors)


if __name__ == "__main__":
    main()
