"""A function that is handed over with its first argument filled in changes what the work reads by its own name."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import functools
import time

rates = {"today": 2}


def raised(table, paid):
    table["today"] += paid % 2


def price(item):
    rate = rates["today"]
    time.sleep(0.02)
    return item * rate + 1


def sell(items, paid):
    prices = []
    for item in items:  # here
        asked = price(item)
        paid(asked)
        prices.append(asked)
    return prices


if __name__ == "__main__":
    print(sell([1, 2, 3, 4], functools.partial(raised, rates)))
