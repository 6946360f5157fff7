# kind: initializer-called
# fault: 30 | 27
# why: load_rates(...) runs once in the parent and returns None; the workers get no initializer and their RATES stay empty.
# seen: 3.11: KeyError 'USD' from the worker
import json
import multiprocessing
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

RATES = {}


def load_rates(path):
    RATES.update(json.loads(Path(path).read_text()))


def convert(amounts):
    out = []
    for _ in range(200):
        out = [round(value * RATES[code], 2) for code, value in amounts]
    return out


def convert_all(path, ledgers):
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        max_workers=2,
        mp_context=spawn,
        initializer=load_rates(path),
    ) as pool:
        return list(pool.map(convert, ledgers))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder, "rates.json")
        table.write_text(json.dumps({"EUR": 1.0, "USD": 0.9}))
        print(convert_all(table, [[("USD", 5.0)] * 500] * 4)[0][:1])
