"""A handler of the log counts its records, and the next visit goes by that count."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence
# ask: Must the output

import logging
import time

alarms = {"count": 0}


class Alarm(logging.Handler):
    def emit(self, record):
        alarms["count"] += 1


log = logging.getLogger("visits")
log.addHandler(Alarm())


def visit(house):
    before = alarms["count"]
    time.sleep(0.02)
    return house * 10 + before


def main():
    for house in range(3):  # here
        found = visit(house)
        log.warning("visited %s", house)
        print(found)


if __name__ == "__main__":
    main()
