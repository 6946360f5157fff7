# kind: join-before-drain
# fault: none
# why: Every result is taken from the queue before the processes are joined.
# seen: 3.11 and 3.13: ends, 17984 primes
from multiprocessing import Process, Queue


def primes_between(low, high, results):
    found = [n for n in range(max(low, 2), high) if all(n % d for d in range(2, int(n ** 0.5) + 1))]
    results.put((low, found))


def primes(limit, parts=2):
    results = Queue()
    step = limit // parts + 1
    workers = [Process(target=primes_between, args=(low, min(low + step, limit), results)) for low in range(0, limit, step)]
    for worker in workers:
        worker.start()
    pieces = dict(results.get(timeout=60) for _ in workers)
    for worker in workers:
        worker.join()
    return [n for low in sorted(pieces) for n in pieces[low]]


if __name__ == "__main__":
    print(len(primes(200_000)))
