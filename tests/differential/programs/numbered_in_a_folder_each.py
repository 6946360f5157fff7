"""Each page is numbered by how many there are in its folder, and each has a folder of its own."""
# refuse threading: later-effects
# refuse multiprocessing: later-effects
# refuse asyncio: later-effects
# ask: fails

import os
import time


def saved(page):
    number = len(os.listdir(f"out/{page}"))
    time.sleep(0.002)
    with open(f"out/{page}/{number}.txt", "w") as file:
        file.write(page)
    return number


def main():
    for page in ("home", "about", "news"):
        os.makedirs(f"out/{page}", exist_ok=True)
    out = []
    for page in ("home", "about", "news"):  # here
        out.append(saved(page))
    print(out, sorted(os.listdir("out")))


if __name__ == "__main__":
    main()
