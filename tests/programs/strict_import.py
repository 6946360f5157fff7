"""An import that fails on the first bad item, with the cause chained."""
# overlap: 3
# early: yes

import os

import requests

API = os.environ["API"]


class ImportFailed(Exception):
    pass


def load(number):
    try:
        answer = requests.get(f"{API}/flaky/{number}", timeout=5)
        answer.raise_for_status()
    except requests.HTTPError as error:
        raise ImportFailed(f"item {number}: {error.response.status_code}") from error
    return answer.json()["name"]


def import_all(numbers):
    names = []
    try:
        for number in numbers:  # here
            names.append(load(number))
    finally:
        print(f"{len(names)} imported: {names}")
    return names


def main():
    print(import_all([1, 2, 3]))
    import_all(range(1, 12))
    print("never reached")


if __name__ == "__main__":
    main()
