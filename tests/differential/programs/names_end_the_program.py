"""The names come from a generator that ends the program at a bad one; what was made of those before is printed first."""
# refuse threading: process-state
# refuse multiprocessing: process-state
# refuse asyncio: process-state

import sys
import time


def names():
    yield "ada"
    yield "bob"
    sys.exit("a bad name")


def greeting(name):
    time.sleep(0.02)
    return f"hello {name}"


def main():
    for name in names():  # here
        text = greeting(name)
        print(text)


if __name__ == "__main__":
    main()
