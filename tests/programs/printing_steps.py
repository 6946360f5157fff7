"""Calls in a row that each print: together their lines would mix."""
# site: none
# models: threading asyncio

import os

import requests

API = os.environ["API"]


def load(what):
    print("loading", what)
    record = requests.get(f"{API}/item/{len(what)}", timeout=5).json()
    print("loaded", record["name"])
    return record["size"]


def main():
    users = load("users")  # here
    orders = load("orders!")
    print(users, orders)


if __name__ == "__main__":
    main()
