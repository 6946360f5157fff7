"""try/except/else/finally within each round, with a trail of what happened."""
# refuse multiprocessing: unpicklable-error
# overlap: 3

import os
from urllib.error import HTTPError
from urllib.request import urlopen

API = os.environ["API"]


def probe(number):
    with urlopen(f"{API}/flaky/{number}", timeout=5) as answer:
        return answer.read().decode()


def run(numbers):
    trail = []
    for number in numbers:  # here
        try:
            body = probe(number)
        except HTTPError as error:
            trail.append(f"{number} failed with {error.code}")
        else:
            trail.append(f"{number} gave {len(body)}")
        finally:
            trail.append(f"{number} done")
    return trail


if __name__ == "__main__":
    print("\n".join(run(range(2, 12))))
