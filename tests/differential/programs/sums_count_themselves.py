"""Adding two amounts counts the additions, and the price of the next thing goes by that count."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


class Amount:
    added = 0

    def __init__(self, cents):
        self.cents = cents

    def __add__(self, other):
        Amount.added += 1
        return Amount(self.cents + other.cents)


def price(thing):
    before = Amount.added
    time.sleep(0.02)
    return Amount(thing * 100 + before)


def main():
    total = Amount(0)
    for thing in range(4):  # here
        total += price(thing)
    print(total.cents)


if __name__ == "__main__":
    main()
