"""Each replay sets the one clock of the program to a date of its own, for as long as it runs."""
# refuse threading: process-state
# refuse multiprocessing: process-state
# refuse asyncio: process-state

import time
from unittest import mock


class Clock:
    @staticmethod
    def day():
        return 100


def overdue(lent):
    time.sleep(0.01)
    return Clock.day() - lent


def replayed(day):
    with mock.patch.object(Clock, "day", return_value=day):
        return overdue(3)


def main():
    print([replayed(day) for day in (4, 9, 15)])  # here


if __name__ == "__main__":
    main()
