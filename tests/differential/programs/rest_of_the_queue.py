"""A loop that stops early, after which the caller takes what its iterator has left."""
# refuse threading: early-exit
# refuse multiprocessing: early-exit
# refuse asyncio: early-exit

import time


def weighed(parcel):
    time.sleep(0.003)
    return parcel * 3


def load(parcels):
    total = 0
    for parcel in parcels:  # here
        total += weighed(parcel)
        if total > 20:
            break
    return total


if __name__ == "__main__":
    waiting = iter([2, 1, 5, 3, 4, 6, 8])
    print(load(waiting))
    print("left behind:", list(waiting))
