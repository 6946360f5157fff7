"""`out=` says which array the result goes to: the one that the next iteration reads."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time

import numpy as np


def counted(k):
    time.sleep(0.005 / (k + 1))
    return np.full(4, k)


def main():
    running = np.ones(4)
    sums = []
    for k in range(4):  # here
        sums.append(float(np.add(running * 2, counted(k), out=running).sum()))
    print(sums, running)


if __name__ == "__main__":
    main()
