"""The work asks which exception is being handled in a handler of its own, which is the same one in a worker."""

import sys
import time


def tried(number):
    try:
        time.sleep(0.004)
        return 12 // number
    except ZeroDivisionError:
        return str(sys.exc_info()[1])


def main():
    out = []
    for number in (3, 0, 4, 6):  # here
        out.append(tried(number))
    print(out)


if __name__ == "__main__":
    main()
