"""Rows that the database numbers in the order in which they come."""
# refuse threading: carried-dependence
# refuse multiprocessing: carried-dependence
# refuse asyncio: carried-dependence

import os
import sqlite3
import time

BASE = "guests.db"


def enter(name, pause):
    time.sleep(pause)
    base = sqlite3.connect(BASE, timeout=5)
    with base:
        base.execute("INSERT INTO guests (name) VALUES (?)", (name,))
    base.close()


def main():
    base = sqlite3.connect(BASE)
    base.execute("CREATE TABLE guests (number INTEGER PRIMARY KEY, name TEXT)")
    base.commit()
    for name, pause in (("Ada", 0.08), ("Bob", 0.04), ("Cyd", 0.0)):  # here
        enter(name, pause)
    print(base.execute("SELECT number, name FROM guests ORDER BY number").fetchall())
    base.close()
    os.remove(BASE)


if __name__ == "__main__":
    main()
