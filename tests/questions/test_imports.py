"""Which modules belong to small programs, by what they import of each other."""

from __future__ import annotations

import pytest

from advisor.questions.imports import in_small_programs

CHAIN = {"a": ["b"], "b": ["c"], "c": []}  # one program of three
SHARED = {"d": ["f"], "e": ["f"], "f": []}  # and another


@pytest.mark.parametrize(
    ("imports", "small"),
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
def test_half_of_the_modules_are_of_programs_of_three_at_most(imports: dict[str, list[str]], small: str) -> None:
    assert in_small_programs(imports, 3) == set(small)


def test_a_test_binds_no_programs_together_and_is_of_the_project() -> None:
    scripts = {"a": [], "b": [], "tests/test_all.py": ["a", "b"]}
    assert in_small_programs(scripts, 1) == set(scripts)
    assert in_small_programs({"a": ["b"], "tests/test_all.py": ["a", "b"]}, 1) == set()
