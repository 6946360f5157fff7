"""The work reads a dict that the loop changes under another name."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


def charged(amount, account):
    time.sleep(0.005)
    return account["balance"] - amount


def settle(amounts):
    account = {"balance": 100}
    books = account
    left = []
    for amount in amounts:  # here
        rest = charged(amount, account)
        books["balance"] = rest
        left.append(rest)
    return left


if __name__ == "__main__":
    print(settle([5, 10, 20, 1]))
