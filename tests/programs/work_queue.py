"""Drains a queue.Queue filled before."""
# overlap: 3

import os
import queue

import requests

API = os.environ["API"]


def process(number):
    return requests.get(f"{API}/item/{number}", timeout=5).json()["size"]


def run(pending):
    results = {}
    while not pending.empty():  # here
        number = pending.get()
        results[number] = process(number)
    return results


def main():
    pending = queue.Queue()
    for number in range(9):
        pending.put(number)
    print(run(pending))


if __name__ == "__main__":
    main()
