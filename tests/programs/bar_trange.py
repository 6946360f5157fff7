"""A loop that counts under a tqdm progress bar, which goes on counting as the results come in."""
# overlap: 3

import os

import requests
from tqdm import trange

API = os.environ["API"]
NUMBERS = list(range(12))


def fetch(number):
    answer = requests.get(f"{API}/item/{number}", timeout=5)
    answer.raise_for_status()
    return answer.json()["name"]


def main():
    names = []
    for index in trange(len(NUMBERS), desc="items", ascii=True):  # here
        names.append(fetch(NUMBERS[index]))
    print(names)


if __name__ == "__main__":
    main()
