"""A function computes with few digits for a while, and its caller with as many as before."""

import decimal
import time


def loaded(name):
    time.sleep(0.004)
    return name * 2


def prepared(names):
    found = []
    for name in names:  # here
        found.append(loaded(name))
    with decimal.localcontext(decimal.Context(prec=4)):
        print(decimal.Decimal(1) / 7)
    return found


def main():
    print(prepared(["a", "b", "c"]))
    print(decimal.Decimal(1) / 3)


if __name__ == "__main__":
    if main() is None:
        print(decimal.Decimal(1) / 6)
