# kind: shared-client
# fault: 20 | 11 | 12 | 21 | 26
# why: One sqlite3 cursor serves all threads; between execute() and fetchone() another thread starts its own query on it.
# seen: 3.11: the interpreter crashes (SIGSEGV), every run
import sqlite3
from concurrent.futures import ThreadPoolExecutor


class Customers:
    def __init__(self, path=":memory:"):
        self.db = sqlite3.connect(path, check_same_thread=False)
        self.cur = self.db.cursor()

    def fill(self, count):
        self.cur.execute("create table customer (id integer primary key, name text)")
        self.cur.executemany("insert into customer values (?, ?)", ((n, f"c{n}") for n in range(count)))
        self.db.commit()

    def name(self, key):
        self.cur.execute("select id, name from customer where id = ?", (key,))
        row = self.cur.fetchone()
        return key, row

    def names(self, keys):
        with ThreadPoolExecutor(max_workers=8) as pool:
            return list(pool.map(self.name, keys))


if __name__ == "__main__":
    customers = Customers()
    customers.fill(20_000)
    try:
        found = customers.names(range(20_000))
    except sqlite3.Error as error:
        print(type(error).__name__, error)
    else:
        print(sum(row is None or row[0] != key for key, row in found), "wrong rows")
