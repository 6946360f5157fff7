"""Logs before and after each request; the records come in the order of the caller."""
# overlap: 3

import logging
import os
import sys

import requests

API = os.environ["API"]
logging.basicConfig(stream=sys.stdout, format="%(levelname)s:%(name)s:%(message)s")
log = logging.getLogger("sync")
log.setLevel(logging.DEBUG)


def pull(number):
    return requests.get(f"{API}/item/{number}", timeout=5).json()


def synchronise(numbers):
    changed = 0
    for number in numbers:  # here
        log.debug("asking for %d", number)
        item = pull(number)
        if item["size"] % 2:
            log.info("changed: %s", item["name"])
            changed += 1
        else:
            log.debug("unchanged: %s", item["name"])
    log.warning("%d changed", changed)
    return changed


if __name__ == "__main__":
    raise SystemExit(synchronise(range(10)) % 3)
