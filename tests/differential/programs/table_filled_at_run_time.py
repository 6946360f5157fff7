"""The work reads a table that the program fills as it runs: processes that import the module find it empty."""
# refuse multiprocessing: process-state

weights = {}


def score(text):
    value = 0
    for step in range(1_000):
        value += weights.get(text[step % len(text)], 1) * step % 13
    return value


def main():
    weights.update(zip("abc", (5, 7, 11)))
    scores = []
    for text in ("abba", "cab", "xyz", "bcb"):  # here
        scores.append(score(text))
    print(scores)


if __name__ == "__main__":
    main()
