"""Whoever takes the values one by one makes files meanwhile, for which the next ones look."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: lazy-generator
# ask: rely on one item at a time

import os
import time


def is_there(name):
    found = os.path.exists(name)
    time.sleep(0.02)
    return found


def looked_for(names):
    for name in names:  # here
        yield name, is_there(name)


def main():
    for name, found in looked_for(["one.txt", "two.txt", "three.txt"]):
        print(name, found)
        open("three.txt", "w").close()


if __name__ == "__main__":
    main()
