import time
import warnings
from concurrent.futures import ThreadPoolExecutor


def parse(number):
    time.sleep(number / 5)
    time.sleep(0.3)
    return number


def main():
    before = list(warnings.filters)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with ThreadPoolExecutor(2) as pool:
            numbers = list(pool.map(parse, [1, 2]))
    print(numbers, before == warnings.filters)


main()
