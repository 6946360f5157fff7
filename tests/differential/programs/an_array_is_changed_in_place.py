"""`+=` changes an array itself, also where a function was handed it."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time

import numpy as np


def added(total, n):
    time.sleep(0.004 / n)
    total += n
    return float(total.sum())


def main():
    total = np.zeros(3)
    print([added(total, n) for n in (1, 2, 3)])  # here
    print(total)


if __name__ == "__main__":
    main()
