"""Counts primes in ranges, in pure Python: a sum, a best, and a table."""
# models: threading multiprocessing dask

import sys


def primes_between(low, high):
    found = []
    for number in range(max(low, 2), high):
        if all(number % divisor for divisor in range(2, int(number**0.5) + 1)):
            found.append(number)
    return found


def survey(limit, step):
    total = 0
    best = (0, 0)
    by_range = {}
    for low in range(0, limit, step):  # here
        primes = primes_between(low, low + step)
        total += len(primes)
        best = max(best, (len(primes), low))
        by_range[low] = primes[-1] if primes else None
    return total, best, by_range


def main(argv):
    limit = int(argv[0]) if argv else 24_000
    total, best, by_range = survey(limit, 3_000)
    print(total, best)
    for low, last in by_range.items():
        print(low, last)


if __name__ == "__main__":
    main(sys.argv[1:])
