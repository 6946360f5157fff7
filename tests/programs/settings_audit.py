"""Walks nested settings with an unpacking target; what differs is reported in the order of the file."""
# overlap: 3

import os

import requests

API = os.environ["API"]
SETTINGS = {f"host{number}": ((number, number % 4 + 2), ["a", "b"][number % 2]) for number in range(10)}


def actual(number):
    return requests.get(f"{API}/item/{number}", timeout=5).json()


def audit(settings):
    differing = []
    for host, ((number, expected), group) in settings.items():  # here
        found = actual(number)
        if found["size"] != expected:
            differing.append(f"{host} ({group}): {expected} is {found['size']}")
        print("checked", host)
    return differing


def main():
    for line in audit(SETTINGS):
        print(line)


if __name__ == "__main__":
    main()
