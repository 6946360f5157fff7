"""Asking an enumeration for a value it does not have adds one to a list."""
# refuse threading: shared-write
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence
# ask: Are the iterations really independent

import enum
import time

UNKNOWN = []


class Tag(enum.Enum):
    FOOD = "food"
    HOME = "home"

    @classmethod
    def _missing_(cls, value):
        UNKNOWN.append(value)
        return cls.HOME if len(UNKNOWN) % 2 else cls.FOOD


def filed(label):
    time.sleep(0.002 * len(label))
    return Tag(label).name


def main():
    print([filed(label) for label in ("travelling", "pets", "food", "toys", "fun")])  # here


if __name__ == "__main__":
    main()
