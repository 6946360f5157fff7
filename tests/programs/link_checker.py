"""Checks links: how many of each status, the slowest sizes, failures told as they come."""
# refuse multiprocessing: unpicklable-error
# overlap: 3

import os
import urllib.error
import urllib.request
from collections import Counter

API = os.environ["API"]


def check(url):
    request = urllib.request.Request(url, headers={"User-Agent": "checker"})
    with urllib.request.urlopen(request, timeout=5) as answer:
        return answer.status, len(answer.read())


def check_all(urls):
    statuses = Counter()
    total = 0
    smallest, largest = None, 0
    for url in urls:  # here
        try:
            status, size = check(url)
        except urllib.error.HTTPError as error:
            print(f"{url.rpartition('/')[2]}: {error.code} {error.reason}")
            statuses[error.code] += 1
        except urllib.error.URLError as error:
            print("unreachable", error.reason)
        else:
            statuses[status] += 1
            total += size
            smallest = size if smallest is None else min(smallest, size)
            largest = max(largest, size)
    return statuses, total, smallest, largest


def main():
    urls = [f"{API}/{'missing' if number % 4 == 3 else 'page'}/{number}" for number in range(12)]
    statuses, total, smallest, largest = check_all(urls)
    for status, count in sorted(statuses.items()):
        print(status, count)
    print(total, smallest, largest)


if __name__ == "__main__":
    main()
