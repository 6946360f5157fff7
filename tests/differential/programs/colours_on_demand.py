"""An attribute that is missed makes its value from how many there are already."""
# refuse threading: shared-write
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence
# ask: Are the iterations really independent

import time


class Palette:
    def __init__(self):
        self.made = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        self.made.append(name)
        return len(self.made)


def painted(palette, seconds):
    time.sleep(seconds)
    return palette.colour


def main():
    palette = Palette()
    print([painted(palette, seconds) for seconds in (0.05, 0.03, 0.01)])  # here
    print(len(palette.made))


if __name__ == "__main__":
    main()
