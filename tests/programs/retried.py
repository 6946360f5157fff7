"""A decorator that tries again, around the function that the loop calls."""
# refuse multiprocessing: unpicklable-error
# overlap: 3

import functools
import os
from urllib.error import HTTPError
from urllib.request import urlopen

API = os.environ["API"]


def retry(times, on=Exception):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            for attempt in range(times):
                try:
                    return function(*args, **kwargs)
                except on:
                    if attempt == times - 1:
                        raise
            return None

        return wrapper

    return decorate


@retry(2, on=HTTPError)
def fetch(number):
    with urlopen(f"{API}/flaky/{number}", timeout=5) as answer:
        return answer.read().decode()


def main():
    for number in range(4, 12):  # here
        try:
            text = fetch(number)
        except HTTPError as error:
            text = f"HTTP {error.code}"
        print(number, text[:30])


if __name__ == "__main__":
    main()
