"""Which modules belong to small programs, by what they import of each other."""

from __future__ import annotations

import pytest

from advisor.questions.imports import Outline, in_small_programs, runs
from tests.linking import linked

CHAIN = {"a": ["b"], "b": ["c"], "c": []}  # one program of three
SHARED = {"d": ["f"], "e": ["f"], "f": []}  # and another


def small(imports: dict[str, list[str]], most: int, idle: str = "") -> frozenset[str]:
    """Of modules that all run, but for those in `idle`."""
    return in_small_programs({p: Outline(tuple(others), p not in idle) for p, others in imports.items()}, most)


@pytest.mark.parametrize(
    ("imports", "found"),
    [
        ({}, ""),
        ({"x": []}, "x"),
        (CHAIN, "abc"),
        (CHAIN | SHARED, "abcdef"),
        (CHAIN | SHARED | {"x": ["a", "d"]}, ""),  # seven, of which one binds the others
        (CHAIN | {"g": ["c"], "v": [], "x": [], "y": [], "z": []}, "vxyz"),  # a program of four beside four others
        (CHAIN | {"g": ["c"], "x": [], "y": [], "z": []}, ""),
        ({"a": [f"not-read-{n}" for n in range(4)]}, ""),
    ],
)
def test_half_of_the_modules_are_of_programs_of_three_at_most(imports: dict[str, list[str]], found: str) -> None:
    assert small(imports, 3) == set(found)


def test_modules_that_nothing_runs_are_no_programs_unless_there_are_no_more() -> None:
    assert small(CHAIN | SHARED, 3, idle="abc") == set("def")
    assert small(CHAIN | SHARED, 3, idle="abcdef") == set()
    assert small(CHAIN, 3, idle="abc") == set("abc")


def test_a_test_binds_no_programs_together_and_is_of_the_project() -> None:
    scripts: dict[str, list[str]] = {"a": [], "b": [], "tests/test_all.py": ["a", "b"]}
    assert small(scripts, 1) == set(scripts)
    assert small({"a": ["b"], "tests/test_all.py": ["a", "b"]}, 1) == set()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("if __name__ == '__main__':\n    pass\n", True),
        ("for x in range(3):\n    print(x)\n", True),
        ("main()\n", True),
        ('"""Text."""\nimport os\nX = os.getcwd()\n\n\ndef f():\n    main()\n', False),
        ("if X:\n    import os\n", False),
    ],
)
def test_what_runs_does_something_at_the_top(text: str, told: bool) -> None:
    found = linked(text)
    assert runs(found.modules["app.py"]) is told
