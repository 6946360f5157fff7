"""Threads that are started and joined one by one, and fill one dict: its entries would come in another order."""
# models: threading
# refuse threading: shared-write

import os
import threading
from urllib.request import urlopen

API = os.environ["API"]
results = {}


def fetch(number):
    with urlopen(f"{API}/page/{number}", timeout=5) as answer:
        results[number] = len(answer.read())


def main():
    for number in range(8):
        thread = threading.Thread(target=fetch, args=(number,))
        thread.start()
        thread.join()  # here
    print(sorted(results.items()))


if __name__ == "__main__":
    main()
