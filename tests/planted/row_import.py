# kind: exception-lost
# fault: 25
# why: The results of apply_async() are never asked for get(), so rows that fail vanish silently.
# seen: 3.11: "imported 4", found 2, no error
import multiprocessing
import tempfile
from pathlib import Path


def import_row(folder, number, row):
    name, amount = row.split(",")
    value = 0
    for n in range(20_000):
        value = (value * 31 + int(amount) + n) % 1_000_003
    Path(folder, f"{number}.row").write_text(f"{name} {value}\n")


class Importer:
    def __init__(self, folder, jobs=2):
        self.folder = folder
        self.pool = multiprocessing.Pool(jobs)

    def run(self, rows):
        for number, row in enumerate(rows):
            self.pool.apply_async(import_row, (self.folder, number, row))
        self.pool.close()
        self.pool.join()
        return len(rows)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        rows = ["ann,5", "bob,seven", "cy", "dee,9"]
        print("imported", Importer(folder).run(rows))
        print("found", len(list(Path(folder).glob("*.row"))))
