"""Each page is numbered by how many there are in its folder, which is known when the one before has been written."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import os
import time


def saved(page):
    number = len(os.listdir("out"))
    time.sleep(0.002)
    with open(f"out/{number}-{page}.txt", "w") as file:
        file.write(page)
    return number


def main():
    os.makedirs("out", exist_ok=True)
    out = []
    for page in ("home", "about", "news"):  # here
        out.append(saved(page))
    print(out, sorted(os.listdir("out")))


if __name__ == "__main__":
    main()
