"""A function of the module is replaced before the loop; a process that starts afresh has the one that is written there."""
# refuse multiprocessing: process-state

import time


def rounded(amount):
    return amount


def priced(amount):
    time.sleep(0.01)
    return rounded(amount) + 1


def main():
    globals()["rounded"] = lambda amount: amount // 10 * 10
    print([priced(amount) for amount in (11, 25, 37)])  # here


if __name__ == "__main__":
    main()
