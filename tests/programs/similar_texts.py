"""Pairs of texts compared in pure Python, unpacked into the call."""
# models: threading multiprocessing

import itertools
import random


def distance(left, right):
    previous = list(range(len(right) + 1))
    for row, one in enumerate(left, 1):
        current = [row]
        for column, other in enumerate(right, 1):
            current.append(min(previous[column] + 1, current[-1] + 1, previous[column - 1] + (one != other)))
        previous = current
    return previous[-1]


def similar(texts, most):
    found = []
    for pair in itertools.combinations(texts, 2):  # here
        if distance(*pair) <= most:
            found.append(pair)
    return found


def main():
    generator = random.Random(5)
    texts = ["".join(generator.choices("ab", k=60)) for _ in range(7)]
    for left, right in similar(texts, 20):
        print(left, right)


if __name__ == "__main__":
    main()
