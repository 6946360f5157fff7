"""The generator hands out a new list each time."""

import time


def rows():
    total = 0
    for number in (7, 2, 4, 1):
        total += number
        row = [number]
        row.append(total)
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
