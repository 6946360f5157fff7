"""Work that logs by itself: the records of a round stay together, whoever runs it."""
# accept: ordered-output
# overlap: 3
# log: any order
# models: threading asyncio

import logging
import os

import requests

API = os.environ["API"]
log = logging.getLogger("worker")


def fetch(number):
    answer = requests.get(f"{API}/flaky/{number}", timeout=5)
    if not answer.ok:
        log.error("item %d: %d", number, answer.status_code)
        return None
    log.info("item %d: %d bytes", number, len(answer.content))
    return answer.json()["size"]


def main():
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    sizes = {}
    for number in range(1, 11):  # here
        sizes[number] = fetch(number)
    print(sizes)


if __name__ == "__main__":
    main()
