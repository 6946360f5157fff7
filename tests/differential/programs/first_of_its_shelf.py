"""The key tells only a part of the order, so what is kept under it is that of the order that came first."""
# refuse threading: shared-write
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence
# ask: Are the iterations really independent

import time


def label(number, known={}):
    time.sleep(0.002 * (10 - number % 10))
    shelf = number % 3
    if shelf not in known:
        known[shelf] = number
    return known[shelf]


def main():
    print([label(number) for number in (6, 1, 5, 8, 9)])  # here


if __name__ == "__main__":
    main()
