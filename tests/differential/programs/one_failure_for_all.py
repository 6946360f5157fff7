"""Every order fails with the one exception that the module made, and the caller asks whether it is that."""
# refuse multiprocessing: unpicklable-error

import time

SOLD_OUT = LookupError("sold out")


def packed(number):
    time.sleep(0.01)
    if number % 3 == 0:
        raise SOLD_OUT
    return number * 2


def main():
    told = []
    for number in (1, 3, 4, 6):  # here
        try:
            box = packed(number)
        except LookupError as error:
            told.append(error is SOLD_OUT)
            continue
        told.append(box)
    print(told)


if __name__ == "__main__":
    main()
