"""A file that begins with a byte order mark."""
# as: bom
# overlap: 3

import os

import requests

API = os.environ["API"]


def main():
    names = [requests.get(f"{API}/item/{number}", timeout=5).json()["name"] for number in range(8)]  # here
    print(", ".join(names))


if __name__ == "__main__":
    main()
