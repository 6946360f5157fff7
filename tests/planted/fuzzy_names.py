# kind: threads-on-computing
# fault: 25 | 24
# why: The edit distance is pure Python computing; under the GIL the threads take turns.
# seen: 3.11: threads 2.5 s, one after another 2.0 s
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial


def distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def closest(names, query):
    return min(names, key=partial(distance, query))


def match_all(queries, names):
    with ThreadPoolExecutor(max_workers=8) as pool:
        return dict(zip(queries, pool.map(partial(closest, names), queries)))


if __name__ == "__main__":
    names = [f"customer number {n * 7919 % 1000:04}" for n in range(250)]
    queries = [f"custmer nmber {n:04}" for n in range(20)]
    start = time.perf_counter()
    match_all(queries, names)
    threaded = time.perf_counter() - start
    start = time.perf_counter()
    for query in queries:
        closest(names, query)
    print(f"threads {threaded:.1f} s, one after another {time.perf_counter() - start:.1f} s")
