"""Keeps what could be fetched, with an assignment expression in the test."""
# overlap: 3

import json
import os
import urllib.error
import urllib.request

API = os.environ["API"]


def maybe(number):
    try:
        with urllib.request.urlopen(f"{API}/flaky/{number}", timeout=5) as answer:
            return json.load(answer)
    except urllib.error.HTTPError:
        return None


def gather(numbers):
    found = []
    for number in numbers:  # here
        if (record := maybe(number)) is not None:
            found.append((number, record["name"]))
    return found


if __name__ == "__main__":
    for number, name in gather(range(3, 14)):
        print(number, name)
