# kind: lost-process-state
# fault: 29 | 23 | 33
# why: `tally` updates the worker's own TOTALS and returns nothing, so the parent prints an empty counter.
# seen: 3.11: prints [] after 4/4 books
import collections
import multiprocessing as mp
import re
import tempfile
from pathlib import Path

TOTALS = collections.Counter()
WORD = re.compile(r"[a-z]+")


def words_of(path):
    text = Path(path).read_text(encoding="utf-8").lower()
    for _ in range(30):
        found = WORD.findall(text)
    return found


def tally(path):
    TOTALS.update(words_of(path))


def report(paths, top=3):
    done = 0
    with mp.get_context("spawn").Pool(2) as pool:
        for _ in pool.imap_unordered(tally, paths):
            done += 1
            print(f"\r{done}/{len(paths)}", end="")
    print()
    return TOTALS.most_common(top)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        books = []
        for n in range(4):
            book = Path(folder, f"book{n}.txt")
            book.write_text("the whale and the sea " * 20_000)
            books.append(str(book))
        print(report(books))
