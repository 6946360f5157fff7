"""Generate: a connection of sqlite3 that a coroutine makes, uses and closes, through aiosqlite or not at all."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from tests.generating import did, generated, lint, module, otherwise

SQLITE = """\
import sqlite3
from contextlib import closing


async def subject(path):
"""

KEPT_BY_SQLITE = {
    "with, that commits": """
    with sqlite3.connect(path) as conn:
        conn.execute("insert into t values (?, ?)", (4, "four"))
        rows = conn.execute("select * from t").fetchall()
        conn.commit()  # here
    return rows
""",
    "with, that takes back": """
    with sqlite3.connect(path, timeout=3) as conn:
        conn.execute("delete from t")
        conn.commit()  # here
        conn.execute("insert into t values (9, 'nine')")
        conn.execute("insert into nowhere values (1)")
""",
    "with, then close": """
    with sqlite3.connect(path) as conn:
        conn.commit()  # here
        conn.execute("insert into t values (5, 'five')")
    conn.close()
    return 5
""",
    "closing, that does not commit": """
    with closing(sqlite3.connect(path)) as conn:
        conn.execute("insert into t values (5, 'five')")
        conn.commit()  # here
        conn.execute("insert into t values (6, 'six')")
""",
    "cursors and rows": """
    conn = sqlite3.connect(path)
    conn.row_factory = sqlite3.Row
    cur = conn.cursor()
    cur.execute("select a, b from t order by a")
    found = []

    # one by one
    for row in cur:
        found.append((row["a"], row["b"]))
    found += [tuple(row) for row in conn.execute("select b from t where a > ?", (1,)) if row]
    for row in conn.execute("select a from t"):
        if row[0] > 1:
            break
        found.append(row[0])
    with closing(conn.cursor()) as other:
        other.executemany("insert into t values (?, ?)", [(7, "seven"), (8, "eight")])
        found.append(other.rowcount)
        other.execute("select count(*) from t")
        found += [tuple(row) for row in list(other)]
    found.append(cur.execute("select max(a) from t").fetchone()[0])
    conn.commit()  # here
    conn.close()
    return found
""",
    "a transaction within": """
    conn = sqlite3.connect(path)
    try:
        with conn:
            last = conn.execute("insert into t values (10, 'ten')").lastrowid
        try:
            with conn:
                conn.execute("insert into t values (11, 'eleven')")
                raise ValueError("no")
        except ValueError as error:
            print(error)
        conn.commit()  # here
        return last, conn.total_changes
    finally:
        conn.close()
""",
    "never closed, fails": """
    conn = sqlite3.connect(path)
    conn.execute("insert into t values (12, 'twelve')")
    conn.commit()  # here
    conn.execute("insert into t values (13, 'thirteen')")
    try:
        conn.execute("select * from nowhere")
    except sqlite3.OperationalError as error:
        print(error)
        raise
""",
}

REFUSED_FOR_SQLITE = {
    "handed elsewhere": """
    conn = sqlite3.connect(path)
    store(conn)
    conn.commit()  # here
    conn.close()


def store(conn):
    conn.execute("insert into t values (1, 'one')")
""",
    "given back": """
    conn = sqlite3.connect(path)
    conn.commit()  # here
    return conn
""",
    "used by a function within": """
    with closing(sqlite3.connect(path)) as conn:
        conn.commit()  # here
        return sorted([1, 2], key=lambda a: conn.execute("select ?", (a,)).fetchone())
""",
    "without a counterpart": """
    with closing(sqlite3.connect(path)) as conn:
        conn.commit()  # here
        conn.create_function("double", 1, lambda a: a * 2)
        return conn.execute("select double(2)").fetchone()
""",
    "written to while it is read": """
    with closing(sqlite3.connect(path)) as conn:
        for row in conn.execute("select a from t"):
            conn.execute("delete from t where a = ?", row)
        conn.commit()  # here
""",
    "written to by another cursor while it is read": """
    with closing(sqlite3.connect(path)) as conn:
        for row in conn.execute("select a from t"):
            if row[0]:
                other.execute("delete from t where a = ?", row)
        else:
            with closing(conn.cursor()) as other:
                conn.commit()  # here
""",
    "read on after a break": """
    with closing(sqlite3.connect(path)) as conn:
        cur = conn.execute("select a from t")
        for row in cur:
            break
        conn.commit()  # here
        return cur.fetchone()
""",
    "used after it was closed": """
    with closing(sqlite3.connect(path)) as conn:
        conn.commit()  # here
    return conn.execute("select 1")
""",
    "another name for it": """
    conn = sqlite3.connect(path)
    db = conn
    db.execute("select 1")
    conn.commit()  # here
""",
    "one of two": """
    conn = sqlite3.connect(path)
    conn = conn or None
    conn.commit()  # here
""",
    "closed early": """
    conn = sqlite3.connect(path)
    if path == "x":
        conn.close()
        return None
    conn.commit()  # here
    return 1
""",
    "a function that makes rows": """
    with closing(sqlite3.connect(path)) as conn:
        conn.row_factory = lambda cursor, row: row[0]
        conn.commit()  # here
        return conn.execute("select 1").fetchone()
""",
    "values that come one by one": """
    with closing(sqlite3.connect(path)) as conn:
        conn.executemany("insert into t values (?, ?)", ((a, conn.total_changes) for a in range(3)))
        conn.commit()  # here
""",
    "rows of its own making": """
    conn = sqlite3.connect(path, factory=Special)
    conn.commit()  # here


class Special(sqlite3.Connection):
    pass
""",
}


def _table(path: Path) -> str:
    with sqlite3.connect(path) as conn:
        conn.execute("create table t (a, b)")
        conn.executemany("insert into t values (?, ?)", [(1, "one"), (2, "two"), (3, "three")])
    conn.close()
    return str(path)


def _left(path: str) -> list[object]:
    conn = sqlite3.connect(path)
    try:
        return conn.execute("select * from t order by a").fetchall()
    finally:
        conn.close()


@pytest.mark.parametrize("case", KEPT_BY_SQLITE)
def test_a_connection_of_a_coroutine_becomes_one_of_aiosqlite(tmp_path: Path, case: str) -> None:
    text = SQLITE + KEPT_BY_SQLITE[case].removeprefix("\n")
    new = generated(tmp_path, text, "asyncio")
    assert "aiosqlite.connect(path" in new
    assert "to_thread" not in new
    old_path, new_path = _table(tmp_path / "old.db"), _table(tmp_path / "new.db")
    assert did(module(tmp_path, new), (new_path,)) == did(module(tmp_path, text), (old_path,))
    assert _left(new_path) == _left(old_path)
    assert lint(new) <= lint(text)


@pytest.mark.parametrize("case", REFUSED_FOR_SQLITE)
def test_a_connection_with_a_use_that_is_not_the_same_stays(tmp_path: Path, case: str) -> None:
    text = SQLITE + REFUSED_FOR_SQLITE[case].removeprefix("\n")
    assert "aiosqlite" not in otherwise(tmp_path, text)
