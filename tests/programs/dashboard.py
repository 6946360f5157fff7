"""Three requests in a row that do not need each other."""
# overlap: 2

import os

import requests

API = os.environ["API"]


def get(path):
    answer = requests.get(f"{API}/{path}", timeout=5)
    answer.raise_for_status()
    return answer.json()


def dashboard(user):
    profile = get(f"item/{user}")  # here
    orders = get(f"item/{user + 1}")
    messages = get(f"item/{user + 2}")
    title = profile["name"].upper()
    return title, orders["size"], len(messages["tags"])


def main():
    for user in (1, 5):
        print(*dashboard(user), sep=" | ")


if __name__ == "__main__":
    main()
