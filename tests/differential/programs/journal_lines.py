"""Every round adds a line to the end of one file."""
# refuse threading: shared-write
# refuse multiprocessing: shared-write
# refuse asyncio: shared-write
# ask: keep its order

import time


def note(seconds):
    time.sleep(seconds)
    with open("journal.txt", "a", encoding="utf-8") as journal:
        journal.write(f"slept {seconds}\n")


def main():
    for seconds in (0.04, 0.02, 0.0, 0.01):  # here
        note(seconds)
    print("done")


if __name__ == "__main__":
    main()
