"""How long a collection can be at most: what turned a longer one away before the loop, and what does not."""

from __future__ import annotations

from textwrap import indent

import pytest

from advisor.model import code
from advisor.questions.bounds import at_most
from tests.linking import linked

BOUNDED = [
    ("if len(xs) > 5:\n    return\nfor x in xs: use(x)", 5),
    ("if 5 < len(xs): raise ValueError\nfor x in xs: use(x)", 5),
    ("if len(xs) >= MOST or n: return\nwith n:\n    for x in xs: use(x)", 7),
    ("if len(xs) <= 3:\n    for x in xs: use(x)", 3),
    ("if n and len(xs) < 3:\n    for x in xs: use(x)", 2),
    ("if len(xs) > 3:\n    use(xs)\nelse:\n    for x in xs: use(x)", 3),
    ("if not len(xs) > 3:\n    for x in xs: use(x)", 3),
    ("if len(xs) != 1: return\nfor x in xs: use(x)", 1),
    ("for y in n:\n    if len(xs) > 4: continue\n    for x in xs: use(x)", 4),
]
UNBOUNDED = [
    "if len(xs) > 5:\n    log(xs)\nfor x in xs: use(x)",  # nobody leaves
    "if len(xs) < 5: return\nfor x in xs: use(x)",
    "if len(xs) > 5 and n: return\nfor x in xs: use(x)",
    "if len(xs) > 5: return\nxs = n\nfor x in xs: use(x)",  # another one
    "if len(n) > 5: return\nfor x in xs: use(x)",
    "for x in xs: use(x)\nif len(xs) > 5: return",
    "if len(xs) > n: return\nfor x in xs: use(x)",  # how many is not known
    "if n or len(xs) < 3:\n    for x in xs: use(x)",
]


def bound(body: str) -> float | None:
    found = linked(f"MOST = 8\ndef work(xs, n):\n{indent(body, '    ')}\n")
    loops = [s for s in found.work.statements if isinstance(s, code.For) and s.iterable == code.Name("xs")]
    return at_most(found.program, found.work.id, loops[0].iterable)


@pytest.mark.parametrize(("body", "most"), BOUNDED)
def test_a_longer_one_does_not_come_here(body: str, most: float) -> None:
    assert bound(body) == most


@pytest.mark.parametrize("body", UNBOUNDED)
def test_nothing_is_said_of_what_may_come(body: str) -> None:
    assert bound(body) is None
