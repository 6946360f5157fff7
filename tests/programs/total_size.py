"""A generator expression fed to sum, and another to any."""
# overlap: 3

import os
from urllib.request import urlopen

API = os.environ["API"]


def size(page):
    with urlopen(f"{API}/page/{page}", timeout=5) as answer:
        return len(answer.read())


def total(pages):
    return sum(size(page) for page in pages)  # here


def main():
    pages = [f"p{'x' * number}" for number in range(10)]
    print("total", total(pages))
    print("total of none", total([]))


if __name__ == "__main__":
    main()
