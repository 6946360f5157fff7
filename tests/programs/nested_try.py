"""A with block and a retry inside the round: the whole of it is the work."""
# accept: later-effects
# overlap: 3

import os
import tempfile
from pathlib import Path
from urllib.request import urlopen

API = os.environ["API"]


def main():
    sizes = []
    with tempfile.TemporaryDirectory() as scratch:
        for number in range(8):  # here
            path = Path(scratch) / f"{number}.html"
            with urlopen(f"{API}/page/{number}", timeout=5) as answer, open(path, "wb") as file:
                while chunk := answer.read(16):
                    file.write(chunk)
            sizes.append(path.stat().st_size)
        print(len(os.listdir(scratch)), "files")
    print(sizes)


if __name__ == "__main__":
    main()
