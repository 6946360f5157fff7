"""Counting rounds: the counted program does what it did, and each loop with a call in it tells its rounds."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from advisor.measuring.child import Counter


def counted(folder: Path, text: str) -> tuple[dict[str, Any], dict[tuple[int, int], tuple[int, int]]]:
    """The names a program leaves behind, and (entries, rounds) of its loops by line and column."""
    file = folder / "app.py"
    file.write_text(text, encoding="utf-8")
    counter, names = Counter(str(folder)), {"__name__": "app"}
    exec(counter.compile(file.read_bytes(), str(file)), names)
    where = [(line, column) for _, line, column in counter.places]
    return names, dict(zip(where, zip(counter.entries, counter.rounds, strict=True), strict=True))


@pytest.mark.parametrize(
    ("text", "place", "count"),
    [
        ("for x in [1, 2, 3]:\n    str(x)\n", (1, 0), (1, 3)),
        ("for x in (str(n) for n in range(4)):\n    str(x)\n", (1, 0), (1, 4)),
        ("for n in range(2):\n    for x in 'abc':\n        str(x)\n", (2, 4), (2, 6)),
        ("for x in [1, 2, 3]:\n    if str(x) == '2':\n        break\n", (1, 0), (1, 2)),
        ("n = 5\nwhile n:\n    n -= len('a')\n", (2, 0), (1, 5)),
        ("xs = [str(n) for n in range(7)]\n", (1, 5), (1, 7)),
        ("é = {n: str(n) for n in range(7)}\n", (1, 4), (1, 7)),
        ("xs = list(map(str, range(6)))\n", (1, 10), (1, 6)),
    ],
)
def test_rounds(tmp_path: Path, text: str, place: tuple[int, int], count: tuple[int, int]) -> None:
    assert counted(tmp_path, text)[1][place] == count


@pytest.mark.parametrize(
    "text", ["for x in [1, 2]:\n    x += 1\n", "xs = [x * x for x in [1]]\n", "n = 1\nwhile n:\n    n -= 1\n"]
)
def test_loops_without_a_call_are_left_alone(tmp_path: Path, text: str) -> None:
    assert counted(tmp_path, text)[1] == {}


def test_the_program_does_what_it_did(tmp_path: Path) -> None:
    text = '''\
"""A docstring."""
from __future__ import annotations
import sys

def first(xs):
    for x in xs:
        if len(x) > 1:
            return x
    else:
        return "none"

def lines():
    line = []
    for x in range(2):
        line.append(sys._getframe().f_lineno)
    return line

class Once:
    def __iter__(self):
        yield from ("a", "bb", "ccc")

found = first(Once()), first([]), lines()
rest = iter(range(5))
for n in rest:
    if str(n) == "1":
        break
left = list(rest)
'''
    names, _ = counted(tmp_path, text)
    assert names["__doc__"] == "A docstring."
    assert names["found"] == ("bb", "none", [15, 15])
    assert names["left"] == [2, 3, 4]


def test_errors_of_the_iterable_come_as_they_did(tmp_path: Path) -> None:
    names, _ = counted(tmp_path, "try:\n    for x in 3:\n        str(x)\nexcept TypeError as e:\n    said = str(e)\n")
    assert names["said"] == "'int' object is not iterable"


def test_only_files_of_the_project_are_counted(tmp_path: Path) -> None:
    counter = Counter(str(tmp_path))
    assert counter.wants(str(tmp_path / "a.py"))
    assert not counter.wants(str(tmp_path / ".venv" / "lib" / "site-packages" / "a.py"))
    assert not counter.wants(ast.__file__)
