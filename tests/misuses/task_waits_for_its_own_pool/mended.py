import time
from concurrent.futures import ThreadPoolExecutor

pool, counters = ThreadPoolExecutor(4), ThreadPoolExecutor(4)


def price(part):
    time.sleep(0.01)
    return part


def total(parts):
    prices = [pool.submit(price, part) for part in parts]
    return sum(each.result() for each in prices)


def main():
    orders = [[1, 2, 3]] * 6
    totals = [counters.submit(total, order) for order in orders]
    print(sum(each.result() for each in totals))


main()
