"""What NumPy does about a division by zero is set for the thread of the caller."""
# refuse threading: thread-state
# refuse multiprocessing: thread-state

import time

import numpy as np


def divided(n):
    time.sleep(0.005)
    return float(np.divide(np.array([1.0, 2.0]), np.array([n, 2.0])).sum())


def main():
    results = []
    with np.errstate(divide="raise"):
        for n in (0.0, 1.0, 2.0):  # here
            try:
                results.append(divided(n))
            except FloatingPointError:
                results.append("divided")
    print(results)


if __name__ == "__main__":
    main()
