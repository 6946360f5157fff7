"""Work that ends the program with an exit code of its own."""
# refuse multiprocessing: process-state
# refuse asyncio: process-state

import sys
import time


def checked(number):
    time.sleep(0.003)
    if number > 30:
        sys.exit(number)
    return number


def main():
    good = []
    try:
        for number in (10, 20, 40, 5):  # here
            good.append(checked(number))
    finally:
        print("good:", good)


if __name__ == "__main__":
    main()
