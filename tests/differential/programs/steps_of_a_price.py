"""The inner loop hands the price from one step to the next; only the outer one starts anew."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


def taxed(price):
    time.sleep(0.01)
    return price * 120 // 100


def rounded(price):
    time.sleep(0.005)
    return price // 10 * 10


def main():
    prices = []
    for price in (1000, 333):
        for step in (taxed, rounded, taxed):  # here
            price = step(price)
            prices.append(price)
    print(prices)


if __name__ == "__main__":
    main()
