"""All objects of the class have their attributes in one dict."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


class Meter:
    _attributes = {}

    def __init__(self):
        self.__dict__ = self._attributes

    def add(self, amount):
        total = getattr(self, "total", 0)
        time.sleep(0.02)
        self.total = total + amount
        return self.total


def main():
    for amount in (2, 3, 5):  # here
        print(Meter().add(amount))


if __name__ == "__main__":
    main()
