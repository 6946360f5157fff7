"""Counts words over files with a Counter, in pure Python."""

import random
import re
from collections import Counter
from pathlib import Path

WORD = re.compile(r"[a-z]+")
STOP = frozenset({"the", "of"})


def prepare(folder):
    generator = random.Random(11)
    words = ["the", "of", "alpha", "beta", "gamma", "delta", "omega"]
    folder.mkdir()
    for number in range(6):
        text = " ".join(generator.choices(words, k=20_000))
        (folder / f"{number}.txt").write_text(text)


def count(path):
    found = Counter()
    for line in path.read_text().splitlines():
        for word in WORD.findall(line):
            if word not in STOP:
                found[word] += 1
    return found


def main():
    folder = Path("texts")
    prepare(folder)
    total = Counter()
    for path in sorted(folder.iterdir()):  # here
        total.update(count(path))
    for word, number in total.most_common():
        print(word, number)


if __name__ == "__main__":
    main()
