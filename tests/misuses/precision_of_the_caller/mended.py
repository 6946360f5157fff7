from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal, localcontext


def digits(part):
    with localcontext() as context:
        context.prec = 50
        return len((Decimal(part) / Decimal(7)).as_tuple().digits)


def main():
    with ThreadPoolExecutor(2) as pool:
        print(list(pool.map(digits, [1, 2])))


main()
