# fault: process-state-changed-in-threads
# shows: prints [1, 2] False
# mended: [1, 2] True
import time
import warnings
from concurrent.futures import ThreadPoolExecutor


def parse(number):
    time.sleep(number / 5)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        time.sleep(0.3)
        return number


def main():
    before = list(warnings.filters)
    with ThreadPoolExecutor(2) as pool:
        numbers = list(pool.map(parse, [1, 2]))  # here
    print(numbers, before == warnings.filters)


main()
