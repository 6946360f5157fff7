"""The groups of rows are all taken, each into a list, before the first is worked on."""

import itertools
import time


def summed(day, rows):
    time.sleep(0.004)
    return day, sum(hours for _, hours in rows)


def main():
    split = iter([("mon", 3), ("mon", 5), ("tue", 2), ("wed", 9), ("wed", 1)])
    out = []
    for day, rows in [(day, list(rows)) for day, rows in itertools.groupby(split, key=lambda row: row[0])]:  # here
        out.append(summed(day, rows))
    print(out)


if __name__ == "__main__":
    main()
