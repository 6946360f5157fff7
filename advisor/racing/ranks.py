"""The exact rank test of Mann and Whitney: could a lead over several runs be an accident?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import comb


def chance_of_lead(faster: Sequence[float], slower: Sequence[float]) -> float:
    """How likely the times `faster` are at least so far below `slower` if both come from the same distribution.

    One-sided and exact for samples without ties; a tie counts as half a win, rounded against the lead. 1.0 where one is empty.
    """
    if not faster or not slower:
        return 1.0
    halves = sum(2 * (mine > other) + (mine == other) for mine in faster for other in slower)
    losses = (halves + 1) // 2  # pairs that `faster` loses
    ways = sum(_arrangements(len(faster), len(slower), pairs) for pairs in range(losses + 1))
    return ways / comb(len(faster) + len(slower), len(faster))


@cache
def _arrangements(first: int, second: int, losses: int) -> int:
    """In how many orders of `first` and `second` runs the first kind loses exactly so many pairs."""
    if losses < 0:
        return 0
    if first == 0 or second == 0:
        return int(losses == 0)
    # the slowest run of all is of the first kind (and loses to every run of the second), or of the second
    return _arrangements(first - 1, second, losses - second) + _arrangements(first, second - 1, losses)
