"""The loop stops at a mark, and what stands behind it in the file is read by the next who asks."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: event-loop

import time


def number(line):
    time.sleep(0.01)
    return int(line)


def main():
    with open("numbers.txt", "w", encoding="utf-8") as file:
        file.write("3\n1\n4\n0\n5\n9\n")
    with open("numbers.txt", encoding="utf-8") as file:
        total = 0
        for each in map(number, file):  # here
            if each == 4:
                break
            total += each
        print(total, repr(file.read()))


if __name__ == "__main__":
    main()
