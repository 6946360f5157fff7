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
