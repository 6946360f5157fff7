"""What the loop does with one result is what the mapped function reads for the next."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time

SHELF = {"free": 9}


def put(count):
    time.sleep(0.01)
    return min(count, SHELF["free"])


def main():
    stored = []
    for taken in map(put, [4, 4, 4, 1]):  # here
        SHELF["free"] -= taken
        stored.append(taken)
    print(stored, SHELF["free"])


if __name__ == "__main__":
    main()
