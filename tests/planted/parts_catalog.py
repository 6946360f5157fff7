# kind: shared-client
# fault: none
# why: connection() gives every thread a connection of its own.
# seen: 3.11 and 3.13: True
import sqlite3
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path


class Catalog:
    def __init__(self, path):
        self.path = path
        self.local = threading.local()

    def connection(self):
        if not hasattr(self.local, "db"):
            self.local.db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        return self.local.db

    def price(self, part):
        cursor = self.connection().cursor()
        cursor.execute("select part, cents from price where part = ?", (part,))
        return cursor.fetchone()

    def prices(self, parts):
        with ThreadPoolExecutor(max_workers=4) as pool:
            return list(pool.map(self.price, parts))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "parts.db")
        db = sqlite3.connect(path)
        db.execute("create table price (part integer primary key, cents integer)")
        db.executemany("insert into price values (?, ?)", ((n, n * 3) for n in range(5000)))
        db.commit()
        db.close()
        rows = Catalog(path).prices(range(5000))
        print(all(row == (n, n * 3) for n, row in enumerate(rows)))
