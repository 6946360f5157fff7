"""Work that logs when it begins and when it ends, on standard output."""
# refuse threading: ordered-output
# refuse multiprocessing: ordered-output
# refuse asyncio: ordered-output
# ask: keep its order

import logging
import sys
import time

log = logging.getLogger("copier")


def copied(size):
    log.info("begin %d", size)
    try:
        time.sleep(size / 200)
        return size
    finally:
        log.info("end %d", size)


def main():
    logging.basicConfig(stream=sys.stdout, format="%(name)s: %(message)s", level="INFO")
    total = 0
    for size in (8, 4, 1):  # here
        total += copied(size)
    print(total)


if __name__ == "__main__":
    main()
