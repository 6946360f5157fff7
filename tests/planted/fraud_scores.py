# kind: unpicklable-target
# fault: 23 | 11 | 21
# why: `score` is an inner function; wrapped in a partial or not, it cannot be pickled for the worker processes.
# seen: 3.11: AttributeError: Can't pickle local object 'scorer.<locals>.score'
import functools
import math
import multiprocessing as mp


def scorer(weights):
    def score(threshold, row):
        value = sum(w * math.tanh(x) for w, x in zip(weights, row))
        for _ in range(2000):
            value = math.tanh(value)
        return value > threshold

    return score


def flag(rows, weights, threshold=0.02):
    rate = functools.partial(scorer(weights), threshold)
    with mp.Pool(2) as pool:
        flags = pool.map(rate, rows, chunksize=64)
    return [row for row, hit in zip(rows, flags) if hit]


if __name__ == "__main__":
    payments = [[(n * k) % 11 - 5 for k in range(1, 6)] for n in range(500)]
    print(len(flag(payments, [0.4, 0.1, 0.3, 0.9, 0.2])))
