"""How a function calls itself, and what that costs: as much as a loop, a tree, or more with each number that it counts down."""

from __future__ import annotations

import pytest

from advisor.model.rounds import Walked
from advisor.questions.recursion import growth, recursion
from tests.linking import linked


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("return work(n - 1)", Walked.LINEAR_RECURSION),
        ("if n > 3:\n        return work(n - 1)\n    return work(n - 2)", Walked.LINEAR_RECURSION),
        ("return work(n - 1) if n > 3 else work(n - 2)", Walked.LINEAR_RECURSION),
        ("for each in work(n - 1):\n        print(each)", Walked.LINEAR_RECURSION),
        ("return work(n - 1) + work(n - 2)", Walked.TREE_RECURSION),
        ("if n > 3:\n        work(n - 1)\n    work(n - 2)", Walked.TREE_RECURSION),
        ("for each in n:\n        work(each)", Walked.TREE_RECURSION),
        ("while n:\n        n = work(n)", Walked.TREE_RECURSION),
        ("return [work(each) for each in n]", Walked.TREE_RECURSION),
        ("return [each for each in work(n)]", Walked.LINEAR_RECURSION),
        ("return other(n)", None),
        ("return n.work(n)", None),
        ("return lambda: work(n)", None),
    ],
)
def test_how_a_function_calls_itself(body: str, kind: Walked | None) -> None:
    found = linked(f"def other(n):\n    return n\ndef work(n):\n    {body}\n")
    assert recursion(found.program, found.work) is kind


def test_a_method_may_call_itself_too() -> None:
    found = linked("class Node:\n    def depth(self):\n        return 1 + max(each.depth() for each in self.below)\n"
                   "    def root(self):\n        return self.root() if self.up else self\n")  # fmt: skip
    assert recursion(found.program, found.function("Node.root")) is Walked.LINEAR_RECURSION


@pytest.mark.parametrize(
    ("body", "factor"),
    [
        ("return n if n < 2 else work(n - 1) + work(n - 2)", 1.62),
        ("return 1 if n == 0 else work(n - 1) + work(n - 1)", 2.0),
        ("return n * work(n - 1)", None),  # once a run
        ("return work(n[1:]) + work(n[:1])", None),  # no number
    ],
)
def test_numbers_that_are_counted_down_multiply_the_runs(body: str, factor: float | None) -> None:
    info = linked(f"def work(n):\n    {body}\n").work
    found = growth(info, info.calls)
    assert found is None if factor is None else found == pytest.approx(factor, abs=0.01)


def seconds(text: str) -> float:
    """What a call of `work` costs in Python."""
    program = linked(text)
    return program.summaries.function(program.work.id).cost.interpreter.expected


def test_a_tree_costs_more_than_a_row_and_what_is_remembered_costs_as_much_as_one() -> None:
    tree = "def work(n):\n    return n if n < 2 else work(n - 1) + work(n - 2)\n"
    row = "def work(n):\n    return n if n < 2 else work(n - 1) + n\n"
    assert seconds(tree) > 1e3 * seconds(row)
    assert seconds(f"import functools\n@functools.cache\n{tree}") < 1e2 * seconds(row)
