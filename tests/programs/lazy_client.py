"""A client made when it is first needed and kept in a global: each process makes its own."""
# overlap: 3

import os

import requests

API = os.environ["API"]
_session = None


def session():
    global _session
    if _session is None:
        _session = requests.Session()
    return _session


def fetch(number):
    return session().get(f"{API}/item/{number}", timeout=5).json()["name"]


def main():
    session()
    print([fetch(number) for number in range(9)])  # here


if __name__ == "__main__":
    main()
