"""Decimal numbers are as exact as the context of the thread says; a new thread has a context of its own."""
# refuse multiprocessing: process-state

import decimal
import time


def share(parts):
    time.sleep(0.003)
    return str(decimal.Decimal(100) / parts)


def main():
    decimal.getcontext().prec = 4
    shares = []
    for parts in (3, 7, 9):  # here
        shares.append(share(parts))
    print(shares)


if __name__ == "__main__":
    main()
