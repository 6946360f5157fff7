"""An exception of the program's own that takes more arguments than it hands on: pickle cannot make it anew."""
# overlap: 3
# refuse multiprocessing: unpicklable-error

import os

import requests

API = os.environ["API"]


class ApiError(Exception):
    def __init__(self, number, status):
        super().__init__(f"item {number} answered {status}")
        self.number = number
        self.status = status


def fetch(number):
    answer = requests.get(f"{API}/flaky/{number}", timeout=5)
    if not answer.ok:
        raise ApiError(number, answer.status_code)
    return answer.json()["name"]


def main():
    names, failed = [], []
    for number in range(3, 12):  # here
        try:
            name = fetch(number)
        except ApiError as error:
            failed.append((error.number, error.status, str(error)))
            continue
        names.append(name)
    print(names)
    print(failed)


if __name__ == "__main__":
    main()
