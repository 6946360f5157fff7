"""A search that is called again and again with the same iterator: what it reads too much, the next call misses."""
# refuse threading: early-exit
# refuse multiprocessing: early-exit
# refuse asyncio: early-exit

import time


def fits(number):
    time.sleep(0.002)
    return number % 4 == 3


def next_that_fits(numbers):
    for number in numbers:  # here
        if fits(number):
            return number
    return -1


if __name__ == "__main__":
    numbers = iter([1, 3, 4, 5, 7, 8, 11, 12])
    while (number := next_that_fits(numbers)) >= 0:
        print("fits", number)
