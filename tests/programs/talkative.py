"""Work that prints: its lines would come in any order."""
# refuse threading: ordered-output
# refuse multiprocessing: ordered-output
# refuse asyncio: ordered-output

import os
from urllib.request import urlopen

API = os.environ["API"]


def fetch(number):
    print("asking for", number)
    with urlopen(f"{API}/page/{number}", timeout=5) as answer:
        text = answer.read().decode()
    print("got", len(text))
    return text


def main():
    texts = []
    for number in range(6):  # here
        texts.append(fetch(number))
    print(len("".join(texts)))


if __name__ == "__main__":
    main()
