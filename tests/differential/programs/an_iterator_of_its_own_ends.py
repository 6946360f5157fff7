"""The same with a list, which may be over: what `next` raises then does not come back from a worker."""
# refuse threading: unpicklable-error
# refuse multiprocessing: unpicklable-error
# refuse asyncio: unpicklable-error

import time


def told(name):
    numbers = iter([1, 2, 3])
    time.sleep(0.01)
    return [f"{next(numbers)}{letter}" for letter in name]


def main():
    for line in [told(name) for name in ("ann", "bo", "amy")]:  # here
        print(line)


if __name__ == "__main__":
    main()
