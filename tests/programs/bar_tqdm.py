"""A loop under a tqdm progress bar, which goes on counting."""
# overlap: 3

import os

import requests
from tqdm import tqdm

API = os.environ["API"]


def fetch(number):
    answer = requests.get(f"{API}/flaky/{number}", timeout=5)
    answer.raise_for_status()
    return answer.json()["name"]


def main():
    names, broken = [], []
    for number in tqdm(range(12), desc="items", ascii=True):  # here
        try:
            names.append(fetch(number))
        except requests.HTTPError as error:
            broken.append((number, error.response.status_code))
    print(names)
    print(broken)


if __name__ == "__main__":
    main()
