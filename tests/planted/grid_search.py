# kind: process-in-worker
# fault: 21 | 30 | 35
# why: evaluate() runs in a daemonic worker of Pool and starts processes itself, which raises an AssertionError.
# seen: 3.11: AssertionError: daemonic processes are not allowed to have children
import itertools
import math
from multiprocessing import Pool, Process, SimpleQueue


def fold_error(depth, rate, fold, errors):
    value = 1.0
    for n in range(1, 50_000):
        value += math.sin(n * rate + fold) / (n + depth)
    errors.put(abs(value))


def cross_validate(depth, rate, folds=3):
    errors = SimpleQueue()
    runs = [Process(target=fold_error, args=(depth, rate, fold, errors)) for fold in range(folds)]
    for run in runs:
        run.start()
    values = [errors.get() for _ in runs]
    for run in runs:
        run.join()
    return sum(values) / folds


def evaluate(point):
    depth, rate = point
    return cross_validate(depth, rate), point


def search(depths, rates):
    with Pool(2) as pool:
        return min(pool.imap_unordered(evaluate, itertools.product(depths, rates)))


if __name__ == "__main__":
    print(search([2, 4, 8], [0.1, 0.3]))
