"""Each iteration takes as many numbers as it needs from one iterator, by a slice of it."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time
from itertools import islice

NUMBERS = iter(range(100))


def numbered(name, pause):
    time.sleep(pause)
    return name, list(islice(NUMBERS, len(name)))


def main():
    out = []
    for name, pause in (("ann", 0.03), ("bo", 0.015), ("cleo", 0.001)):  # here
        out.append(numbered(name, pause))
    print(out)


if __name__ == "__main__":
    main()
