"""Workers end with the block, whatever they were doing, and what they raise arrives."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.workers import by_processes

METHODS = multiprocessing.get_all_start_methods()
LARGE = 30_000_000  # bytes: far more than a pipe holds


class Particular(Exception):
    def __init__(self, one: str, other: str) -> None:
        super().__init__(one)
        self.other = other


def halve(number: int) -> int:
    if number == 5:
        raise ValueError(f"{number} is odd")
    if number == 7:
        raise Particular("one", "other")
    return number // 2


def write_much(folder: Path) -> bytes:
    """Says which process this is, and gives what no pipe takes at once."""
    if folder.name == "first":
        return b""
    (folder / "process").write_text(str(os.getpid()))
    return bytes(LARGE)


def writer(folder: Path) -> int:
    """The process that is writing, once it is in the midst of it."""
    end = time.monotonic() + 30
    while not (folder / "process").exists() or not (folder / "process").read_text():
        assert time.monotonic() < end
        time.sleep(0.01)
    time.sleep(0.5)
    return int((folder / "process").read_text())


@pytest.mark.parametrize("method", METHODS)
def test_results_come_in_order_whatever_the_order_of_the_work(method: str) -> None:
    parts = [0, 2, 4, 6, 8]
    assert list(by_processes(halve, parts, 2, order=[4, 0, 3, 1, 2], method=method)) == [0, 1, 2, 3, 4]
    assert list(by_processes(halve, [], 2, method=method)) == []
    assert not multiprocessing.active_children()


def test_an_error_arrives_with_its_origin_and_one_that_cannot_be_sent_by_its_words() -> None:
    with pytest.raises(ValueError, match="5 is odd") as caught:
        list(by_processes(halve, [2, 5], 2))
    assert "in halve" in str(caught.value.__cause__)
    with pytest.raises(RuntimeError, match="Particular"):
        list(by_processes(halve, [7], 1))


@pytest.mark.parametrize("method", METHODS)
def test_a_worker_that_is_writing_ends_with_the_block(method: str, tmp_path: Path) -> None:
    results = by_processes(write_much, [tmp_path / "first", tmp_path], 2, method=method)
    assert next(results) == b""
    process = writer(tmp_path)
    begun = time.monotonic()
    results.close()  # type: ignore[attr-defined]
    assert time.monotonic() - begun < 5
    assert not Path(f"/proc/{process}").exists()
    assert not multiprocessing.active_children()


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_worker_that_is_killed_while_it_writes_is_told(tmp_path: Path) -> None:
    results = by_processes(write_much, [tmp_path / "first", tmp_path], 2)
    assert next(results) == b""
    os.kill(writer(tmp_path), signal.SIGKILL)
    with pytest.raises(AdvisorError, match="ended from outside"):
        next(results)
