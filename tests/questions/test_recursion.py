"""How a function calls itself."""

from __future__ import annotations

import pytest

from advisor.model.rounds import Walked
from advisor.questions.recursion import recursion
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
