"""A class attribute read by a class method, counters on the class kept by the caller."""
# overlap: 3

import os

import requests


class Registry:
    base = os.environ["API"]
    timeout = 5
    loaded = 0

    @classmethod
    def load(cls, number):
        return requests.get(f"{cls.base}/item/{number}", timeout=cls.timeout).json()["name"]

    @classmethod
    def load_all(cls, numbers):
        plugins = {}
        for number in numbers:  # here
            name = cls.load(number)
            plugins[name] = number
            cls.loaded += 1
        return plugins


def main():
    print(Registry.load_all(range(9)))
    print(Registry.loaded)


if __name__ == "__main__":
    main()
