"""The work makes a list where there is none yet, and the caller asks whether two are one."""
# refuse threading: memo
# refuse multiprocessing: identity
# refuse asyncio: memo
# ask: Is every update of `shelves`

import time

shelves = {}


def shelf(name):
    if name not in shelves:
        time.sleep(0.02)
        shelves[name] = [name]
    return shelves[name]


def main():
    found = []
    for name in ["a", "b", "a"]:  # here
        found.append(shelf(name))
    print(found[0] is found[2])


if __name__ == "__main__":
    main()
