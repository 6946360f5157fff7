# kind: forked-random-state
# fault: none
# why: The functions of module random are reseeded in every forked child by the standard library.
# seen: 3.11 and 3.13: the two shares differ (785549, 784983)
import multiprocessing
import random


def throw(count):
    hits = 0
    for _ in range(count):
        x, y = random.random(), random.random()
        hits += x * x + y * y <= 1
    return hits


def estimate(darts, workers=2):
    context = multiprocessing.get_context("fork")
    share = darts // workers
    with context.Pool(workers) as pool:
        hits = pool.map(throw, [share] * workers, chunksize=1)
    return hits, 4 * sum(hits) / (share * workers)


if __name__ == "__main__":
    print(estimate(2_000_000))
