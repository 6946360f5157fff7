"""A loop under rich's progress bar."""
# overlap: 3

import os
from urllib.request import urlopen

from rich.progress import track

API = os.environ["API"]


def page(number):
    with urlopen(f"{API}/page/{number}", timeout=5) as answer:
        return answer.read().decode()


def main():
    longest = ""
    for number in track(range(10), description="pages"):  # here
        text = page(number)
        if len(text) > len(longest):
            longest = text
    print(longest)


if __name__ == "__main__":
    main()
