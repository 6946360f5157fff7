"""What is read by way of `attrgetter` is a property that counts how often it is read."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import operator
import time


class Coin:
    seen = 0

    @property
    def number(self):
        Coin.seen += 1
        return Coin.seen


number = operator.attrgetter("number")


def look(coin):
    time.sleep(0.02)
    return number(coin)


def main():
    coins = [Coin() for _ in range(3)]
    for coin in coins:  # here
        print(look(coin))


if __name__ == "__main__":
    main()
