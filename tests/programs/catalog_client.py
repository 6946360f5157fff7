"""A client class around a requests session, and a list comprehension over one of its methods."""
# overlap: 3

import os

import requests


class Catalog:
    def __init__(self, base, token):
        self.base = base
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def item(self, number):
        answer = self.session.get(f"{self.base}/item/{number}", timeout=5)
        answer.raise_for_status()
        return answer.json()

    def names(self, numbers):
        return [self.item(number)["name"].title() for number in numbers]  # here


def main():
    catalog = Catalog(os.environ["API"], "s3cret")
    for name in catalog.names(range(10)):
        print(name)


main()
