"""Results grouped with setdefault, tuple targets nested in enumerate(zip(...)), match statements after the work."""
# overlap: 3

import os

import requests

API = os.environ["API"]


def kind(number):
    return requests.get(f"{API}/item/{number}", timeout=5).json()


def group(numbers, labels):
    groups = {}
    odd = 0
    for position, (number, label) in enumerate(zip(numbers, labels)):  # here
        match kind(number):
            case {"tags": []}:
                groups.setdefault("none", []).append(label)
            case {"tags": [first, *_], "size": size}:
                groups.setdefault(first, []).append((label, size))
                odd += size % 2
        if position % 4 == 3:
            print(f"{position + 1} done")
    return groups, odd


def main():
    numbers = range(10)
    groups, odd = group(numbers, [chr(97 + number) for number in numbers])
    for key, members in groups.items():
        print(key, members)
    print(odd)


if __name__ == "__main__":
    main()
