"""Reports from sqlite, one query a month, over one connection made in main."""
# refuse threading: stateful-capture
# refuse multiprocessing: stateful-capture
# models: threading multiprocessing

import sqlite3
from contextlib import closing

DATABASE = "sales.db"


def prepare():
    with closing(sqlite3.connect(DATABASE)) as connection, connection:
        connection.execute("create table sales (month integer, amount integer)")
        connection.executemany("insert into sales values (?, ?)", [(n % 6 + 1, n * n % 97) for n in range(3000)])


def monthly(months):
    rows = []
    connection = sqlite3.connect(DATABASE)
    for month in months:  # here
        total, count = connection.execute(
            "select sum(amount), count(*) from sales where month = ?", (month,)
        ).fetchone()
        rows.append((month, total, count))
    connection.close()
    return rows


def main():
    prepare()
    for row in monthly(range(1, 7)):
        print(*row)


if __name__ == "__main__":
    main()
