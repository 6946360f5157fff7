"""The generator hands out one list again and again, and changes it in between."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import time


def rows():
    row = [0, 0]
    for number in (7, 2, 4, 1):
        row[0] = number
        row[1] += number
        yield row


def told(row):
    time.sleep(0.004)
    return row[0] * 100 + row[1]


def main():
    out = []
    for row in rows():  # here
        out.append(told(row))
    print(out)


if __name__ == "__main__":
    main()
