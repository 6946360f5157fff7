# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence
"""The object that is opened gives another path each time it is asked for one."""

import time


class Rolling:
    def __init__(self, stem):
        self.stem, self.number = stem, 0

    def __fspath__(self):
        self.number += 1
        return f"{self.stem}{self.number}.txt"


def read(path):
    time.sleep(0.004)
    with open(path) as file:
        return file.read()


def main():
    for number in range(1, 5):
        with open(f"r{number}.txt", "w") as file:
            file.write(str(number * 11))
    rolling = Rolling("r")
    print([read(rolling) for _ in range(4)])  # here


if __name__ == "__main__":
    main()
