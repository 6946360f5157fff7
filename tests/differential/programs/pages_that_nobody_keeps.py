"""The pages are only held by a set that keeps none of them alive: how many there are shows who else does."""
# refuse threading: identity
# refuse multiprocessing: identity
# refuse asyncio: identity

import time
import weakref


class Page:
    pass


def fetch(number):
    time.sleep(0.02)
    return Page()


def main():
    alive = weakref.WeakSet()
    for number in range(4):  # here
        page = fetch(number)
        alive.add(page)
        print(number, len(alive))


if __name__ == "__main__":
    main()
