"""A failure carries a function that says what to do about it."""
# refuse multiprocessing: unpicklable-error

import time


class Refused(Exception):
    advice = None


def sent(number):
    time.sleep(0.01)
    if number % 3 == 0:
        refused = Refused(number)
        refused.advice = lambda: f"send {number} again"
        raise refused
    return number * 2


def main():
    told = []
    for number in (9, 4, 5, 3):  # here
        try:
            parcel = sent(number)
        except Refused as refused:
            told.append(refused.advice())
            continue
        told.append(parcel)
    print(told)


if __name__ == "__main__":
    main()
