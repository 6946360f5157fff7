"""Folders are made one by one, and each but the first lies in the one before it."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import os
import time


def made(folder):
    time.sleep(0.08 if folder == "store" else 0.02)
    try:
        os.mkdir(folder)
    except FileNotFoundError:
        return f"nowhere to make {folder}"
    return folder


def main():
    for folder in ["store", "store/boxes", "store/boxes/small"]:  # here
        print(made(folder))


if __name__ == "__main__":
    main()
