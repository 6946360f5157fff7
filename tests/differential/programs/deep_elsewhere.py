"""The program may go deeper into recursion than usual, but not in the work."""

import sys
import time


def depth(number):
    return 0 if number == 0 else 1 + depth(number - 1)


def measured(number):
    time.sleep(0.004)
    return number * 2


def main():
    sys.setrecursionlimit(6000)
    print(depth(3000))
    print([measured(number) for number in (10, 3000)])  # here


if __name__ == "__main__":
    main()
