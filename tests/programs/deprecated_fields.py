"""Warnings shown by the caller, in order."""
# overlap: 3

import os
import warnings

import requests

API = os.environ["API"]


def fetch(number):
    return requests.get(f"{API}/item/{number}", timeout=5).json()


def main():
    warnings.simplefilter("always")
    warnings.showwarning = lambda message, category, *_: print(f"{category.__name__}: {message}")
    sizes = []
    for number in range(10):  # here
        record = fetch(number)
        if record["size"] > 8:
            warnings.warn(f"{record['name']} is too large", UserWarning, stacklevel=2)
        sizes.append(record["size"])
    print(sizes)


if __name__ == "__main__":
    main()
