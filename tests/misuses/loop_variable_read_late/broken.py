# fault: loop-variable-read-late
# shows: prints carrot carrot carrot
# mended: apple banana carrot
import time
from concurrent.futures import ThreadPoolExecutor


def label(name):
    return name.lower()


def main():
    labels = []
    with ThreadPoolExecutor(1) as pool:
        pool.submit(time.sleep, 0.2)  # the worker is busy when the tasks come in
        for name in ["Apple", "Banana", "Carrot"]:
            labels.append(pool.submit(lambda: label(name)))  # here
        print(*(each.result() for each in labels))


main()
