"""A pool whose every future is waited for at once."""
# models: threading
# overlap: 3

import os
from concurrent.futures import ThreadPoolExecutor

import requests

API = os.environ["API"]


def fetch(number):
    return requests.get(f"{API}/item/{number}", timeout=5).json()["name"]


def main():
    names = []
    with ThreadPoolExecutor(max_workers=8) as pool:
        for number in range(10):  # here
            future = pool.submit(fetch, number)
            names.append(future.result())
    print(names)


if __name__ == "__main__":
    main()
