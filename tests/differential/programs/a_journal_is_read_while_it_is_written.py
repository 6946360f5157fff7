"""The work reads by its name the file that the caller has open, and adds a line to after each item."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


def so_far(item):
    with open("journal.txt") as lines:
        before = len(lines.readlines())
    time.sleep(0.02)
    return f"{item} after {before}"


def main():
    with open("journal.txt", "w", buffering=1) as journal:
        for item in range(3):  # here
            text = so_far(item)
            journal.write("one more\n")
            print(text)


if __name__ == "__main__":
    main()
