# kind: processes-on-waits
# fault: none
# why: Each task reads a file but spends its time on Python computing.
# seen: 3.11 and 3.13: right result
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


def ngrams(words, size=5):
    table = {}
    for i in range(len(words) - size + 1):
        key = " ".join(words[i:i + size])
        table[key] = table.get(key, 0) + 1
    return table


def repeated(path):
    words = Path(path).read_text(encoding="utf-8").split()
    best = 0
    for size in range(3, 12):
        best = max(best, max(ngrams(words, size).values()))
    return best


def repeated_in(paths, workers=2):
    with ProcessPoolExecutor(max_workers=workers) as pool:
        return list(pool.map(repeated, paths))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder, f"{n}.txt")) for n in range(4)]
        for n, path in enumerate(paths):
            Path(path).write_text(" ".join(str(k * k % 997) for k in range(40_000 + n)))
        start = time.perf_counter()
        print(repeated_in(paths), f"{time.perf_counter() - start:.2f} s")
