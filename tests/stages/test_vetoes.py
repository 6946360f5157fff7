"""What is told of a place is about that place: the model of a pool, and where workers are held back."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.running import analyse

DROPPED = """
    from concurrent.futures import {pool}

    def work(name):
        open(name).read()

    def all_of(names):
        with {pool}() as pool:
            for name in names:
                pool.submit(work, name)
    """

FUTURES = """
    from concurrent.futures import ThreadPoolExecutor, as_completed
    import requests

    def gather(urls):
        pages = {}
        with ThreadPoolExecutor(8) as pool:
            futures = {}
            for url in urls:
                futures[pool.submit(requests.get, url, timeout=4)] = url
            for future in as_completed(futures):
                pages[futures[future]] = future.result()
        return pages
    """


def told(folder: Path, source: str) -> list[tuple[str, str, str]]:
    """The rule, model and executor of every finding, in the order of lines."""
    (folder / "app.py").write_text(dedent(source), encoding="utf-8")
    return [(finding.rule, finding.model, finding.executor) for finding in analyse(folder).findings]


@pytest.mark.parametrize(
    ("pool", "model"), [("ProcessPoolExecutor", "multiprocessing"), ("ThreadPoolExecutor", "threading")]
)
def test_a_misuse_tells_the_model_of_its_place(tmp_path: Path, pool: str, model: str) -> None:
    assert ("errors-of-tasks-never-read", model, pool) in told(tmp_path, DROPPED.format(pool=pool))


def test_looking_up_a_future_is_no_tie(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(dedent(FUTURES), encoding="utf-8")
    kinds = {finding.dependence.kind for finding in analyse(tmp_path).findings}
    assert kinds.isdisjoint({"carried", "unknown"})


LENT = """
    from psycopg2.pool import {kind}

    class Reports:
        def __init__(self, dsn):
            self.pool = {kind}(1, 20, dsn)

        def one(self, month):
            conn = self.pool.getconn()
            try:
                with conn.cursor() as cur:
                    cur.execute("select sum(amount) from bookings where month = %s", [month])
                    return cur.fetchone()
            finally:
                conn.rollback()
                self.pool.putconn(conn)

        def all(self, months):
            rows = []
            for month in months:
                rows.append(self.one(month))
            return rows
    """


@pytest.mark.parametrize(
    ("kind", "model"), [("ThreadedConnectionPool", "threading"), ("SimpleConnectionPool", "sequential")]
)
def test_what_a_pool_lends_is_not_shared(tmp_path: Path, kind: str, model: str) -> None:
    assert [found[1] for found in told(tmp_path, LENT.format(kind=kind))] == [model]


TENANTS = """
    import sqlite3

    def total(path):
        conn = sqlite3.connect({name}, uri=True)
        try:
            return conn.execute("select sum(a * b) from bookings, factors").fetchone()
        finally:
            conn.close()

    def totals(paths):
        found = []
        for path in paths:
            found.append(total(path))
        return found
    """


@pytest.mark.parametrize(
    ("name", "model"), [('f"file:{path}?mode=ro"', "threading"), ('"file:all.db?mode=ro"', "sequential")]
)
def test_a_file_that_the_item_names_is_a_database_of_its_own(tmp_path: Path, name: str, model: str) -> None:
    assert [found[1] for found in told(tmp_path, TENANTS.replace("{name}", name))] == [model]


LEAVES = """
    import requests

    class Client:
        def __init__(self, secrets):
            self.secrets = secrets
            self.secret = ""
        def fits(self, secret):
            return requests.get("https://example.org", params={"of": self.secret, "is": secret}, timeout=4).ok
        def find(self):
            for secret in self.secrets:
                if self.fits(secret):
                    self.secret = secret
                    break
    """


def test_what_is_written_on_the_way_out_is_carried_to_no_round(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(dedent(LEAVES).lstrip(), encoding="utf-8")
    finding = next(each for each in analyse(tmp_path).findings if each.line == 10)
    assert finding.dependence.kind == "exit"
