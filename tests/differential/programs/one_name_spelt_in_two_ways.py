"""Two of the notes go to one file, as its name is the same once it is in small letters: the last one stays."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time
from pathlib import Path


def kept(title, slowly):
    time.sleep(0.08 if slowly else 0.02)
    try:
        Path(title.lower() + ".txt").write_text(title)
    except OSError as error:
        return str(error)
    return title


def main():
    for title, slowly in [("Milk", True), ("milk", False), ("Bread", False)]:  # here
        print(kept(title, slowly))
    print(Path("milk.txt").read_text())


if __name__ == "__main__":
    main()
