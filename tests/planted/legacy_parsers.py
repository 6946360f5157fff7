# kind: process-wide-setting-in-threads
# fault: 17 | 18 | 24
# why: catch_warnings() swaps the filters of the whole process (up to 3.13, and without the context-aware flag); threads that overlap restore each other's.
# seen: 3.11: DeprecationWarning is raised although the thread ignores it
import time
import warnings
from multiprocessing.dummy import Pool


def parse_old(text):
    time.sleep(0.002)
    warnings.warn("old syntax", DeprecationWarning)
    return text.split(";")


def parse(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return parse_old(text)


def parse_files(texts):
    with Pool(4) as pool:
        return pool.map(parse, texts, chunksize=1)


def main():
    warnings.simplefilter("error", DeprecationWarning)
    before = list(warnings.filters)
    rows = 0
    for _ in range(20):
        rows += len(parse_files(["a;b;c"] * 40))
    print(rows, "filters as before:", warnings.filters == before)


if __name__ == "__main__":
    main()
