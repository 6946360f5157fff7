# kind: fork-with-threads
# fault: none
# why: The loader threads have ended (the with block joins them) before the first process is forked.
# seen: 3.13 with -W error::DeprecationWarning: no warning
import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor

TABLES = {}


def load(name):
    time.sleep(0.05)
    return name, [len(name) * n for n in range(200_000)]


def warm_up(names):
    with ThreadPoolExecutor(max_workers=4) as loaders:
        TABLES.update(loaders.map(load, names))


def checksum(name):
    total = 0
    for value in TABLES[name]:
        total = (total * 31 + value) % 1_000_003
    return name, total


def main(names):
    warm_up(names)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        print(dict(pool.map(checksum, names, chunksize=1)))


if __name__ == "__main__":
    main(["ports", "ships", "crews", "cargo"])
