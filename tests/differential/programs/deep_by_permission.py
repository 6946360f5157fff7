"""The program may go deeper into recursion than usual, and one of its items needs that."""
# refuse multiprocessing: process-state

import sys
import time


def depth(number):
    return 0 if number == 0 else 1 + depth(number - 1)


def measured(number):
    time.sleep(0.004)
    return depth(number)


def main():
    sys.setrecursionlimit(6000)
    print([measured(number) for number in (10, 3000)])  # here


if __name__ == "__main__":
    main()
