"""Monte Carlo with a generator of its own for each seed: no main guard, a comprehension at the level of the module."""
# models: threading multiprocessing

import random
import statistics

SAMPLES = 30_000


def estimate(seed, samples=SAMPLES):
    generator = random.Random(seed)
    inside = sum(generator.random() ** 2 + generator.random() ** 2 <= 1 for _ in range(samples))
    return 4 * inside / samples


estimates = [estimate(seed) for seed in range(8)]  # here
print([round(each, 4) for each in estimates])
print(round(statistics.mean(estimates), 4))
