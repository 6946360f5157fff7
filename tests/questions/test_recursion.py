"""What a function that leads back to itself costs: as much as a loop, a tree, or more with each number that it counts down."""

from __future__ import annotations

import pytest

from advisor.model import code
from advisor.questions.recursion import branches_out, growth
from tests.linking import linked


def shape(body: str) -> tuple[bool, float | None]:
    info = linked(f"def work(n, rows=()):\n    {body}\n").work

    def leads_back(call: code.Call) -> bool:
        return isinstance(call.function, code.Name) and call.function.id == "work"

    factor = growth(info, leads_back)
    return branches_out(info.body, leads_back), None if factor is None else round(factor, 2)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("return n if n < 2 else work(n - 1) + work(n - 2)", (True, 1.62)),
        ("return 1 if n == 0 else work(n - 1) + work(n - 1)", (True, 2.0)),
        ("return n * work(n - 1)", (False, None)),  # a row
        ("return work(rows[0]) if n else work(rows[1])", (False, None)),  # the one or the other
        ("return work(n, rows[1:]) + work(n, rows[:1])", (True, None)),  # a tree of unknown depth
        ("return sum(work(each) for each in rows)", (True, None)),
        ("return len(rows)", (False, None)),
        ("work(n - 1)\n    return other(work)", (False, None)),
    ],
)
def test_the_shape_of_a_recursion(body: str, expected: tuple[bool, float | None]) -> None:
    assert shape(body) == expected


@pytest.mark.parametrize(
    ("body", "branches"),
    [
        ("for each in rows:\n        work(each)", True),
        ("if n:\n        return work(n - 1)\n    return work(n - 2)", False),  # leaves before the second
        ("if n:\n        work(n - 1)\n    return work(n - 2)", True),
        ("while n:\n        n = work(n)", True),
        ("for each in rows:\n        n += each\n    return work(n)", False),
    ],
)
def test_whether_one_run_makes_several_calls(body: str, branches: bool) -> None:
    assert shape(body)[0] is branches


def seconds(text: str) -> float:
    """What a call of `work` costs in Python."""
    program = linked(text)
    return program.summaries.function(program.work.id).cost.interpreter.expected


def test_a_tree_costs_more_than_a_row_and_what_is_remembered_costs_as_much_as_one() -> None:
    tree = "def work(n):\n    return n if n < 2 else work(n - 1) + work(n - 2)\n"
    row = "def work(n):\n    return n if n < 2 else work(n - 1) + n\n"
    assert seconds(tree) > 1e3 * seconds(row)
    assert seconds(f"import functools\n@functools.cache\n{tree}") < 1e2 * seconds(row)
