"""Each round reads the file that the one before wrote, through a path that is made anew, and failures are caught."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import pathlib
import time


def added(amount):
    path = pathlib.Path("total.txt")
    total = int(path.read_text())
    time.sleep(0.01)
    path.write_text(str(total + amount))
    if amount % 3 == 0:
        raise ValueError(amount)
    return total


def main():
    pathlib.Path("total.txt").write_text("0")
    totals = []
    for amount in (3, 1, 4, 5):  # here
        try:
            total = added(amount)
        except ValueError:
            total = -1
        totals.append(total)
    print(totals, pathlib.Path("total.txt").read_text())


if __name__ == "__main__":
    main()
