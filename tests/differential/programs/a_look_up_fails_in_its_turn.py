"""What one item is looked up by is missing: the items before it are done by then."""

import time


def load(number):
    time.sleep(0.004)
    return number * number


def main():
    table = {"x": 1, "y": 2}
    found = {}
    try:
        for key in ("x", "y", "z", "x"):  # here
            found[key] = load(table[key])
    except KeyError as error:
        print("no", error, found)
    shares = []
    try:
        for parts in (2, 1, 0, 4):
            shares.append(load(4 // parts))
    except ZeroDivisionError:
        print(shares)
    kept = []
    try:
        for text in ("6", "8", "nine", "1"):
            if int(text) > 5:
                kept.append(text)
                kept.append(load(len(text)))
    except ValueError:
        print(kept)


if __name__ == "__main__":
    main()
