# kind: forked-random-state
# fault: none
# why: Each task makes its generator from its own spawned seed.
# seen: 3.11, numpy 2.4.6: 4 distinct values
import multiprocessing

import numpy as np


def resample(job):
    seed, sample = job
    rng = np.random.default_rng(seed)
    means = [rng.choice(sample, sample.size).mean() for _ in range(2000)]
    return float(np.std(means))


def bootstrap(sample, rounds=4):
    seeds = np.random.SeedSequence(20).spawn(rounds)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return pool.map(resample, [(seed, sample) for seed in seeds])


if __name__ == "__main__":
    print(len(set(bootstrap(np.arange(500.0)))))
