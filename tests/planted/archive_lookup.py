# kind: initializer-called
# fault: 24
# why: The second positional argument of ThreadPool is the initializer; open_archive(path) is called at once, in the main thread only.
# seen: 3.11: AttributeError: '_thread._local' object has no attribute 'db'
import sqlite3
import tempfile
import threading
from multiprocessing.pool import ThreadPool
from pathlib import Path

local = threading.local()


def open_archive(path):
    local.db = sqlite3.connect(path)


def title(key):
    row = local.db.execute("select title from entry where id = ?", (key,)).fetchone()
    return row[0] if row else None


def titles(path, keys):
    with ThreadPool(4, open_archive(path)) as pool:
        return pool.map(title, keys)


def main():
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "archive.db")
        db = sqlite3.connect(path)
        db.execute("create table entry (id integer primary key, title text)")
        db.executemany("insert into entry values (?, ?)", [(n, f"entry {n}") for n in range(100)])
        db.commit()
        db.close()
        print(titles(path, [3, 50, 99]))


if __name__ == "__main__":
    main()
