# kind: forked-random-state
# fault: 21 | 14 | 20 | 30
# why: Forked workers start with the same state of numpy's global generator, so they draw the same noise.
# seen: 3.11, numpy 2.4.6: "2 distinct of 4" (numpy.random is imported lazily there: without the seed in the parent the states differ)
import multiprocessing as mp
import os
import time

import numpy as np


def simulate(steps):
    time.sleep(0.2)
    shocks = np.random.normal(scale=0.01, size=steps)
    return os.getpid(), float(np.exp(np.cumsum(shocks))[-1])


def simulate_many(paths, steps=250_000, workers=2):
    ctx = mp.get_context("fork")
    with ctx.Pool(workers) as pool:
        return pool.map(simulate, [steps] * paths, chunksize=1)


def summary(ends):
    values = np.array([value for _, value in ends])
    return f"{len(set(values.tolist()))} distinct of {values.size}, mean {values.mean():.3f}"


if __name__ == "__main__":
    np.random.seed(2024)
    print(summary(simulate_many(4)))
