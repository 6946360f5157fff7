"""A name of the module that has its value only below the main guard: processes that import the module have the other."""
# refuse multiprocessing: process-state
# refuse asyncio: event-loop

LIMIT = 10


def under_the_limit(seed):
    count, value = 0, seed
    for step in range(20_000):
        value = (value * 29 + step) % 1_009
        count += value < LIMIT
    return count


if __name__ == "__main__":
    LIMIT = 500
    counts = []
    for seed in range(1, 9):  # here
        counts.append(under_the_limit(seed))
    print(counts)
