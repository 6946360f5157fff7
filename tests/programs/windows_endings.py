"""A file with Windows line endings."""
# as: crlf
# overlap: 3

import os
from urllib.request import urlopen

API = os.environ["API"]


def fetch(number):
    with urlopen(f"{API}/page/{number}", timeout=5) as answer:
        return answer.read().decode()


def main():
    lengths = {}
    for number in range(8):  # here
        # the longest page wins
        text = fetch(number)
        lengths[number] = len(text)
    print(lengths)


if __name__ == "__main__":
    main()
