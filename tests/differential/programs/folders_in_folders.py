"""Each folder is made in the one that was made before it."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import os
import time


def make(folder):
    time.sleep(0.003)
    os.mkdir(folder)
    return folder


def main():
    parts = ["shelf", "row", "box", "lid"]
    made = []
    for depth in range(1, 5):  # here
        made.append(make("/".join(parts[:depth])))
    print(made, os.path.isdir("shelf/row/box/lid"))


if __name__ == "__main__":
    main()
