"""Threads that are started and joined one by one, each with a file of its own to write."""
# models: threading
# overlap: 3

import os
import threading
from pathlib import Path
from urllib.request import urlopen

API = os.environ["API"]


def fetch(number):
    with urlopen(f"{API}/page/{number}", timeout=5) as answer:
        Path(f"{number}.html").write_bytes(answer.read())


def main():
    for number in range(8):
        thread = threading.Thread(target=fetch, args=(number,))
        thread.start()
        thread.join()  # here
    print(sum(Path(f"{number}.html").stat().st_size for number in range(8)))


if __name__ == "__main__":
    main()
