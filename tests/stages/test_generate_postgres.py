"""Generate: a connection of psycopg2 that a coroutine makes, through psycopg where that means the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest

from tests.generating import did, generated, lint, module, otherwise
from tests.servers import postgres


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with postgres() as made:
        yield made


POSTGRES = "from contextlib import closing\n\nimport psycopg2\nimport psycopg2.extras\n\n\nasync def subject(dsn):\n"

KEPT_BY_POSTGRES = {
    "values": """
    conn = psycopg2.connect(dsn)
    with conn.cursor() as cur:
        cur.execute("insert into t values (%s, %s, now()), (%s, %s, null)", (4, "four's", 5, None))  # here
        cur.execute("select a, b, 1.5::numeric, '{}'::jsonb, array[1, 2], '0e37df36-f698-11e6-8dd4-cb9ced3df976'::uuid,"
                    " '10.0.0.1'::inet, date '2020-01-02', true, interval '1 day' from t order by a")
        rows = cur.fetchall()
        cur.execute("select a from t where a = any(%s) order by a", ([1, 4],))
        more = [row[0] for row in cur]
        cur.execute("select '\\\\x00ff'::bytea")
        raw = cur.fetchone()[0].tobytes()
    conn.commit()
    conn.close()
    return rows, more, raw
""",
    "with, that commits": """
    with psycopg2.connect(dsn) as conn:
        with conn.cursor() as cur:
            cur.execute("insert into t values (%(a)s, %(b)s)", {"a": 6, "b": "six%"})  # here
            return cur.rowcount
""",
    "with, that takes back": """
    with psycopg2.connect(dsn) as conn, conn.cursor() as cur:
        cur.execute("insert into t values (7, 'seven')")  # here
        raise ValueError("no")
""",
    "closing, that does not commit": """
    with closing(psycopg2.connect(dsn)) as conn:
        with conn:
            with conn.cursor() as cur:
                cur.execute("insert into t values (8, 'eight')")  # here
        with conn.cursor() as cur:
            cur.execute("insert into t values (9, 'nine')")
""",
    "left open, and taken back": """
    conn = psycopg2.connect(dsn)
    cur = conn.cursor()
    cur.execute("insert into t values (10, 'ten')")  # here
    cur.execute("select count(*) from t")
    return cur.fetchone()
""",
    "committing by itself": """
    conn = psycopg2.connect(dsn)
    conn.autocommit = True
    cur = conn.cursor()
    cur.execute("insert into t values (11, 'eleven')")  # here
    cur.execute("select a from t order by a")
    for row in cur:
        print(row)
""",
}

LEFT_TO_POSTGRES = {
    "its failure is waited for": """
    conn = psycopg2.connect(dsn)  # here
    try:
        conn.commit()
    except psycopg2.OperationalError:
        return None
""",
    "a list to look in": """
    with psycopg2.connect(dsn) as conn, conn.cursor() as cur:
        cur.execute("select a from t where a in %s", ((1, 2),))  # here
""",
    "several statements": """
    with psycopg2.connect(dsn) as conn, conn.cursor() as cur:
        cur.execute("delete from t; select 1")  # here
""",
    "a statement made elsewhere": """
    with psycopg2.connect(dsn) as conn, conn.cursor() as cur:
        cur.execute(dsn)  # here
""",
    "many values": """
    with psycopg2.connect(dsn) as conn, conn.cursor() as cur:
        psycopg2.extras.execute_values(cur, "insert into t values %s", [(1, "a")])  # here
""",
    "rows of another kind": """
    with psycopg2.connect(dsn, cursor_factory=psycopg2.extras.RealDictCursor) as conn:  # here
        return conn.closed
""",
    "a cursor of the server": """
    with psycopg2.connect(dsn) as conn, conn.cursor("big") as cur:
        cur.execute("select a from t")  # here
""",
    "values that only psycopg2 writes": """
    with psycopg2.connect(dsn) as conn, conn.cursor() as cur:
        cur.execute("select %s", (psycopg2.extras.Json({}),))  # here
""",
}


def _in_the_table(dsn: str) -> list[tuple[object, ...]]:
    conn = psycopg2.connect(dsn)
    try:
        with conn.cursor() as cur:
            cur.execute("select a, b from t order by a")
            return list(cur.fetchall())
    finally:
        conn.close()


def _filled(dsn: str) -> None:
    conn = psycopg2.connect(dsn)
    with conn, conn.cursor() as cur:
        cur.execute("drop table if exists t; create table t (a int, b text, c timestamptz)")
        cur.execute("insert into t values (1, 'one'), (2, 'two')")
    conn.close()


@pytest.mark.parametrize("case", KEPT_BY_POSTGRES)
def test_a_connection_of_psycopg2_becomes_one_of_psycopg(tmp_path: Path, database: str, case: str) -> None:
    text = POSTGRES + KEPT_BY_POSTGRES[case].removeprefix("\n")
    new = generated(tmp_path, text, "asyncio")
    assert "await _postgres(dsn)" in new
    assert "to_thread" not in new
    _filled(database)
    before, left = did(module(tmp_path, text), (database,)), _in_the_table(database)
    _filled(database)
    assert did(module(tmp_path, new), (database,)) == before
    assert _in_the_table(database) == left
    assert before.raised is None or "no" in before.raised
    assert lint(new) <= lint(text)


@pytest.mark.parametrize("case", LEFT_TO_POSTGRES)
def test_a_connection_with_what_psycopg_does_otherwise_stays(tmp_path: Path, case: str) -> None:
    assert "_postgres" not in otherwise(tmp_path, POSTGRES + LEFT_TO_POSTGRES[case].removeprefix("\n"))
