# kind: load-per-task
# fault: none
# why: The table is read through a cached function, once in each worker process.
# seen: 3.11 and 3.13: right result; one load per worker
import functools
import json
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path


@functools.lru_cache(maxsize=1)
def prefixes(path):
    return json.loads(Path(path).read_text())


def region(path, number):
    table = prefixes(path)
    for length in range(6, 0, -1):
        if number[:length] in table:
            return table[number[:length]]
    return None


def regions(path, numbers):
    return [region(path, number) for number in numbers]


def regions_of_batches(path, batches):
    with ProcessPoolExecutor(max_workers=2) as pool:
        return list(pool.map(regions, [path] * len(batches), batches))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "prefix.json")
        path.write_text(json.dumps({f"{n:06}": n % 90 for n in range(100_000)}))
        batches = [[f"{n:06}555" for n in range(0, 100_000, 3)]] * 6
        print(sum(len(batch) for batch in regions_of_batches(str(path), batches)))
