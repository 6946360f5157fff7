"""Each iteration takes numbers from a counter that it made: there is always a next one."""

import time
from itertools import count


def told(name):
    numbers = count(1)
    time.sleep(0.01)
    return [f"{next(numbers)}{letter}" for letter in name]


def main():
    for line in [told(name) for name in ("ann", "bo", "cleo")]:  # here
        print(line)


if __name__ == "__main__":
    main()
