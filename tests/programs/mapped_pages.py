"""`map` over a function that asks a server, its values listed and numbered."""
# models: threading multiprocessing
# overlap: 3

import os
import sys
from urllib.request import urlopen

API = os.environ["API"]


def words(page):
    with urlopen(f"{API}/page/{page}", timeout=5) as answer:
        return len(answer.read().split())


def main():
    pages = [int(each) for each in sys.argv[1:]] or list(range(10))
    counts = list(map(words, pages))  # here
    for page, count in zip(pages, counts, strict=True):
        print(page, count)
    print(max(counts))


if __name__ == "__main__":
    main()
