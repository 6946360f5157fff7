"""One session for all requests, opened with `with` in the function of the loop."""
# overlap: 3

import os

import requests

API = os.environ["API"]


def names(numbers):
    found = []
    with requests.Session() as session:
        for number in numbers:  # here
            answer = session.get(f"{API}/item/{number}", timeout=5)
            if answer.status_code == 404:
                continue
            found.append(answer.json()["name"])
    return found


def main():
    print(names(range(10)))


if __name__ == "__main__":
    main()
