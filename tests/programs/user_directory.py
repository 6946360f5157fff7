"""A directory of users by id; those that fail are logged and counted."""
# overlap: 3

import logging
import os
import sys

import requests

API = os.environ["API"]
log = logging.getLogger(__name__)


class DirectoryError(Exception):
    """A user could not be loaded."""


def load_user(number):
    answer = requests.get(f"{API}/flaky/{number}", timeout=5)
    if answer.status_code != 200:
        raise DirectoryError(f"user {number}: HTTP {answer.status_code}")
    return answer.json()


def load_directory(numbers):
    users = {}
    failed = 0
    for number in numbers:  # here
        try:
            user = load_user(number)
        except DirectoryError as error:
            log.warning("skipped: %s", error)
            failed += 1
            continue
        users[user["name"]] = user["id"]
    return users, failed


def main():
    logging.basicConfig(format="%(levelname)s %(message)s")
    users, failed = load_directory(range(3, 15))
    for name, number in users.items():
        print(name, number)
    print(f"{len(users)} users, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
