"""Prices of a basket, one request each: a list of tuples, numbered lines, a total."""
# overlap: 3

import argparse
import logging
import os

import requests

API = os.environ["API"]
log = logging.getLogger("prices")


def fetch_price(item, timeout=5):
    answer = requests.get(f"{API}/item/{item}", timeout=timeout)
    answer.raise_for_status()
    return answer.json()["size"] * 1.5


def collect(items):
    rows = []
    for number, item in enumerate(items, start=1):  # here
        price = fetch_price(item)
        log.info("price of %s is %.2f", item, price)
        rows.append((number, item, price))
    return rows


def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=10)
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(name)s %(message)s")
    rows = collect(range(options.items))
    for number, item, price in rows:
        print(f"{number:3} {item:5} {price:8.2f}")
    print("total", sum(price for _, _, price in rows))


if __name__ == "__main__":
    main()
