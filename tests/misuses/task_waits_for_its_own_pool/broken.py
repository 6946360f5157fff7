# fault: task-waits-for-its-own-pool
# shows: hangs
# mended: 36
import time
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(4)


def price(part):
    time.sleep(0.01)
    return part


def total(parts):
    prices = [pool.submit(price, part) for part in parts]
    return sum(each.result() for each in prices)


def main():
    orders = [[1, 2, 3]] * 6
    totals = [pool.submit(total, order) for order in orders]  # here
    print(sum(each.result() for each in totals))


main()
