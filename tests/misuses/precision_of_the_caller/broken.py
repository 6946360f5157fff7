# fault: context-not-in-the-worker
# shows: prints [28, 28]
# mended: [50, 50]
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal, localcontext


def digits(part):
    return len((Decimal(part) / Decimal(7)).as_tuple().digits)


def main():
    with localcontext() as context:
        context.prec = 50
        with ThreadPoolExecutor(2) as pool:
            print(list(pool.map(digits, [1, 2])))  # here


main()
