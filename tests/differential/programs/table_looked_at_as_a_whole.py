"""A table is filled as its entries are needed, and all that is in it is printed: after a failure too much would be there."""
# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write
# ask: Is every update of `known`

import time

known = {}


def half_of(number):
    if number not in known:
        known[number] = number / 2
    return known[number]


def found(number):
    time.sleep(0.004)
    if number == 4:
        raise LookupError(number)
    return half_of(number % 3)


def main():
    out = []
    try:
        for number in (9, 7, 4, 1, 2, 3):  # here
            out.append(found(number))
    except LookupError as error:
        print("stopped", error, out)
    print(sorted(known))


if __name__ == "__main__":
    main()
