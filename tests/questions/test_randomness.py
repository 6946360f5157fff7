"""Random numbers that would be others, were the work done side by side: generators of the program and of modules, seeded or not."""

from __future__ import annotations

import pytest

from advisor.questions.randomness import drawn_in_turn
from tests.linking import known, linked

HEAD = """
import random
import numpy as np

SHARED = random.Random(1)


"""
FRAME = """
def work(xs):
    {before}
    for x in xs:
        {work}


def main():
    work([random.Random(n) for n in range(3)])
"""

IN_TURN = [
    # before the loop, work, drawn in turn by threads, and from copies
    ("pass", "random.random()", False, False),
    ("random.seed(1)", "random.random()", True, True),
    ("pass", "np.random.rand()", False, True),
    ("np.random.seed(1)", "np.random.rand()", True, True),
    ("np.random.seed(1)", "random.random()", False, False),
    ("pass", "SHARED.random()", True, True),
    ("mine = random.Random(2)", "mine.random()", True, True),
    ("pass", "x.random()", False, True),
    ("pass", "random.Random(x).random()", False, False),
    ("pass", "len(x)", False, False),
]


@pytest.mark.parametrize(("before", "work", "shared", "copied"), IN_TURN)
def test_numbers_come_in_turn(before: str, work: str, shared: bool, copied: bool) -> None:
    found = linked(HEAD + FRAME.format(before=before, work=work))
    state = found.iteration()
    assert any(True for _ in drawn_in_turn(found.program, known(), state)) is shared
    assert any(True for _ in drawn_in_turn(found.program, known(), state, copied=True)) is copied
