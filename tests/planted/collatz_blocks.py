# kind: pool-for-microseconds
# fault: none
# why: The step is tiny but each task does a block of ten thousand numbers.
# seen: 3.11 and 3.13: right result
import time
from concurrent.futures import ProcessPoolExecutor


def length(n):
    steps = 1
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def longest(block):
    return max((length(n), n) for n in block)


def search(limit, size=10_000):
    blocks = [range(i, min(i + size, limit)) for i in range(1, limit, size)]
    with ProcessPoolExecutor(max_workers=2) as pool:
        return max(pool.map(longest, blocks))


if __name__ == "__main__":
    start = time.perf_counter()
    print(search(60_000), f"{time.perf_counter() - start:.1f} s")
