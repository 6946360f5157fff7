"""A list made in each round is filled by the work of odd numbers, and printed for all numbers."""

import time


def filled(number, rows):
    time.sleep(0.002)
    rows.append(number * 3)
    return number


def main():
    out = []
    for number in (7, 2, 4, 1):  # here
        rows = [number]
        if number % 2:
            out.append(filled(number, rows))
        print(rows)
    print(out)


if __name__ == "__main__":
    main()
