"""How often loops of unknown length run: the laws of the table, that it is what the counts give, and how these are counted."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from advisor.model.effect import Range
from advisor.model.rounds import UNCOUNTED, Prior, Rounds, Walked
from tests.knowing import own_rules

ROOT = Path(__file__).resolve().parents[1]
FITTED = own_rules().catalog.rounds


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that fits the table."""
    spec = importlib.util.spec_from_file_location("fit_rounds", ROOT / "scripts" / "fit_rounds.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


# ---- the table


def test_the_table_is_what_the_counts_give(script: ModuleType) -> None:
    rows = [json.loads(line) for line in script.TRUTH.read_text(encoding="utf-8").splitlines()]
    assert script.written(script.fit(script.loops_of(rows))) == script.WRITTEN.read_text(encoding="utf-8")


def test_every_kind_that_is_told_apart_has_a_prior_of_its_own() -> None:
    """What the counts do not tell apart is to be no kind: finding it out costs time in every analysis."""
    assert set(FITTED.priors) == set(Walked)


@pytest.mark.parametrize("prior", [{"low": 5, "expected": 3, "high": 9}, {"low": 0, "expected": 3, "high": 9}])
def test_a_prior_that_goes_down_or_begins_at_nothing_is_refused(prior: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Prior.model_validate(prior)
    assert Prior.model_validate({**prior, "low": 3}).low == 3


def test_a_kind_that_is_not_listed_counts_as_other() -> None:
    table = Rounds(
        priors={Walked.OTHER: Prior(low=1, expected=2, high=3), Walked.RANGE: Prior(low=4, expected=5, high=6)}
    )
    assert table.of(Walked.RANGE) == Range(4, 5, 6)
    assert table.of(Walked.FOLDER) == Range(1, 2, 3)


def test_a_table_without_a_last_resort_is_refused() -> None:
    with pytest.raises(ValidationError, match="other"):
        Rounds(priors={Walked.RANGE: Prior(low=4, expected=5, high=6)})
    assert Walked.OTHER in UNCOUNTED.priors


# ---- fitting


def loops(script: ModuleType, run: str, kind: Walked, rounds: float, programs: int = 12, each: int = 3) -> list[Any]:
    return [script.Loop(run, f"p{number}", kind, rounds) for number in range(programs) for _ in range(each)]


def test_a_kind_is_told_apart_where_it_predicts_programs_that_were_left_out(script: ModuleType) -> None:
    mixed = [
        loop._replace(rounds=float(1 + number % 7))
        for number, loop in enumerate(
            [*loops(script, "example", Walked.OTHER, 1), *loops(script, "example", Walked.PART, 1)]
        )
    ]
    recursion = [
        *loops(script, "example", Walked.LINEAR_RECURSION, 1),
        *loops(script, "example", Walked.TREE_RECURSION, 9),
    ]
    table = script.fit([*mixed, *loops(script, "example", Walked.FOLDER, 1000), *recursion])
    assert table.priors[Walked.FOLDER].expected == 1000
    assert Walked.RANGE not in table.priors
    few = loops(script, "example", Walked.FOLDER, 1000, programs=3)
    assert Walked.FOLDER not in script.fit([*mixed, *few, *recursion]).priors


def test_classes_count_alike_and_no_program_for_more_than_its_share(script: ModuleType) -> None:
    large = [script.Loop("example", "large", Walked.OTHER, 9.0)] * 500
    small = [script.Loop("example", f"s{number}", Walked.OTHER, 9.0) for number in range(20)]
    single = [script.Loop("workload", "w", Walked.OTHER, 9.0)]
    weights = script.counted([*large, *small, *single]).weights
    assert np.isclose(weights[:520].sum(), weights[520:].sum())
    assert np.isclose(weights[:500].sum(), weights[500:520].sum())


def test_tests_have_no_part_in_the_table(script: ModuleType) -> None:
    recursion = [
        *loops(script, "example", Walked.LINEAR_RECURSION, 1),
        *loops(script, "example", Walked.TREE_RECURSION, 9),
    ]
    real = [*loops(script, "example", Walked.OTHER, 50), *recursion]
    assert script.fit([*real, *loops(script, "tests", Walked.OTHER, 1, each=40)]) == script.fit(real)


# ---- counting

PROGRAM = """\
    import sys
    from helper import walk, TABLE

    def fib(n):
        '''Twice or not at all.'''
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    def first(rows):
        for row in rows:
            if row > 1:
                return row

    for argument in sys.argv[1:]:
        seen = [pair for key in TABLE.items() for pair in key]
    first([0, 1, 2, 3, 4])
    first([])
    fib(5)
    left = {1, 2, 3}
    while left:
        left.pop()
    for number in range(3):
        pass
    print(walk(TABLE), any(x > 1 for x in [1, 2, 3]), file=sys.stderr)
"""
HELPER = """\
    TABLE = {1: 2, 3: 4}

    def walk(table):
        return sorted(key for key in table.keys())
"""


@pytest.fixture
def counts(tmp_path: Path) -> dict[tuple[str, int, int], list[list[int]]]:
    """What was counted of the program, by file, line and clause."""
    home = tmp_path / "home"
    (home / "tests").mkdir(parents=True)
    (home / "tests" / "__init__.py").write_text("many = [each for each in range(9)]\n", encoding="utf-8")
    (home / "app.py").write_text(dedent(PROGRAM) + "import tests\n", encoding="utf-8")
    (home / "helper.py").write_text(dedent(HELPER), encoding="utf-8")
    out = tmp_path / "counts.json"
    command: list[str | Path] = [
        sys.executable,
        ROOT / "scripts" / "count_rounds.py",
        out,
        home,
        "--",
        home / "app.py",
        "a",
        "b",
    ]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stderr == "[1, 3] True\n"  # as without the counters
    return {(each["path"], each["line"], each["part"]): each["rounds"] for each in json.loads(out.read_text("utf-8"))}


def test_loops_are_counted_each_time_they_are_entered(counts: dict[tuple[str, int, int], list[list[int]]]) -> None:
    assert counts["app.py", 13, 0] == [[2, 1]]
    assert counts["app.py", 14, 0] == [[2, 2]]
    assert counts["app.py", 14, 1] == [[2, 4]]
    assert counts["app.py", 9, 0] == [[0, 1], [3, 1]]  # it is left at the third
    assert counts["app.py", 19, 0] == [[3, 1]]
    assert counts["app.py", 23, 0] == [[2, 1]]  # `any` had enough
    assert counts["helper.py", 4, 0] == [[2, 1]]


def test_runs_of_a_function_that_calls_itself_are_counted(counts: dict[tuple[str, int, int], list[list[int]]]) -> None:
    assert counts["app.py", 4, 0] == [[15, 1]]
    assert ("app.py", 8, 0) not in counts


def test_test_files_are_not_counted(counts: dict[tuple[str, int, int], list[list[int]]]) -> None:
    assert {path for path, _, _ in counts} == {"app.py", "helper.py"}


def test_a_record_keeps_medians_of_loops_of_unknown_length_alone(script: ModuleType, tmp_path: Path) -> None:
    text = dedent("""\
        def work(table, n):
            for key in table.items():
                print(key)
            for number in range(3):
                print(number)
            while n:
                n = [each for each in n.below]
            return work(table, None) if n else work(table, n)
    """)
    (tmp_path / "app.py").write_text(text, encoding="utf-8")

    def place(line: int, column: int, rounds: list[list[int]], *, is_function: bool = False) -> dict[str, Any]:
        return {
            "path": "app.py",
            "line": line,
            "column": column,
            "part": 0,
            "is_function": is_function,
            "rounds": rounds,
        }

    found = [
        place(1, 0, [[4, 1]], is_function=True),
        place(2, 4, [[0, 9], [5, 3], [7, 2]]),
        place(4, 4, [[3, 1]]),
        place(6, 4, [[0, 2]]),
        place(7, 12, [[2, 1], [6, 8]]),
    ]
    counts = tmp_path / "counts.json"
    counts.write_text(json.dumps(found), encoding="utf-8")
    before = {"class": "example", "program": "app", "walked": "part", "rounds": [1]}
    other = {**before, "program": "other"}
    rows = script.recorded([before, other], [("example", "app", tmp_path, counts)])
    assert [(row["program"], row["walked"], row["rounds"]) for row in rows] == [
        ("app", "attribute", [6]),
        ("app", "linear-recursion", [4]),
        ("app", "mapping", [5]),
        ("other", "part", [1]),
    ]
