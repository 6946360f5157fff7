# kind: lost-process-state
# fault: none
# why: The dictionary is only a cache inside each worker; what counts is returned.
# seen: 3.11 and 3.13 with forkserver: 1491, as sequentially
from concurrent.futures import ProcessPoolExecutor

_divisors = {}


def divisors(n):
    if n not in _divisors:
        _divisors[n] = [d for d in range(1, n + 1) if n % d == 0]
    return _divisors[n]


def abundance(block):
    start, stop = block
    found = []
    for n in range(start, stop):
        if sum(divisors(n)) > 2 * n:
            found.append(n)
    return found


def abundant_numbers(limit, size=1000):
    blocks = [(i, min(i + size, limit)) for i in range(1, limit, size)]
    numbers = []
    with ProcessPoolExecutor(max_workers=2) as pool:
        for found in pool.map(abundance, blocks):
            numbers.extend(found)
    return numbers


if __name__ == "__main__":
    print(len(abundant_numbers(6000)))
