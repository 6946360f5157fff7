"""Downloads pages into files and writes a manifest in order."""
# overlap: 3

import hashlib
import os
from pathlib import Path
from urllib.request import urlopen

API = os.environ["API"]
TARGET = Path("downloaded")


def download(number):
    with urlopen(f"{API}/page/{number}", timeout=5) as answer:
        return answer.read()


def mirror(numbers):
    TARGET.mkdir(exist_ok=True)
    with open("manifest.txt", "w", encoding="utf-8") as manifest:
        for number in numbers:  # here
            content = download(number)
            path = TARGET / f"page-{number}.html"
            path.write_bytes(content)
            manifest.write(f"{hashlib.sha256(content).hexdigest()[:12]}  {path.name}\n")


def main():
    mirror(range(10))
    print(Path("manifest.txt").read_text(), end="")


if __name__ == "__main__":
    main()
