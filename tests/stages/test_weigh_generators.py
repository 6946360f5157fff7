"""Generators: whether everyone takes all that a generator gives, told of a loop that yields as it works."""

from __future__ import annotations

import pytest

from advisor.model.site import Context
from tests.linking import linked

WORK = """
from requests import get

def work(xs):
    for x in xs: yield get(x)
"""

TAKERS = [
    ("", False),
    ("def main(): list(work([]))", True),
    ("def main():\n    for x in work([]): print(x)", True),
    ("def main():\n    for x in work([]): break", False),
    ("def main(): next(work([]))", False),
    ("def main():\n    list(work([]))\n    next(work([]))", False),
]


@pytest.mark.parametrize(("taker", "whole"), TAKERS)
def test_who_takes_all_of_a_generator(taker: str, whole: bool) -> None:
    found = linked(f"{WORK}\n{taker}\n")
    case = next(case for site, case in zip(found.sites, found.cases, strict=True) if site.function == found.work.id)
    assert (Context.DRAINED in case.contexts) is whole
