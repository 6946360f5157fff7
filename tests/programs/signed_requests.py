"""A nested function that captures a token and headers, called for each item."""
# overlap: 3
# refuse multiprocessing: unpicklable-function

import os

import requests


def build_report(base, token, items):
    headers = {"Authorization": f"Token {token}"}

    def fetch(item, retries=2):
        last = None
        for _ in range(retries):
            answer = requests.get(f"{base}/item/{item}", headers=headers, timeout=5)
            if answer.ok:
                return answer.json()["size"]
            last = answer.status_code
        raise RuntimeError(f"item {item}: {last}")

    report = []
    for item in items:  # here
        report.append((item, fetch(item)))
    return report


def main():
    for row in build_report(os.environ["API"], "t0ken", list(range(10))):
        print(*row)


if __name__ == "__main__":
    main()
