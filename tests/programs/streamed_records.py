"""A generator that yields records as they come, consumed by its caller, who stops early."""
# overlap: 3
# early: yes
# refuse asyncio: lazy-generator

import os

import requests

API = os.environ["API"]


def records(numbers):
    for number in numbers:  # here
        record = requests.get(f"{API}/item/{number}", timeout=5).json()
        yield number, record["name"]


def main():
    for number, name in records(range(12)):
        print(number, name)
        if number == 6:
            break
    print(len(list(records(range(3)))))


if __name__ == "__main__":
    main()
