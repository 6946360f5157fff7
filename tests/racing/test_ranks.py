"""The rank test, against all arrangements counted one by one."""

from __future__ import annotations

from itertools import combinations

import pytest

from advisor.racing.ranks import chance_of_lead


def counted(faster: list[float], slower: list[float]) -> float:
    """The share of all ways to deal out the ranks in which the first kind loses no more pairs than it did."""
    losses = sum(mine > other for mine in faster for other in slower)
    ranks = range(len(faster) + len(slower))
    dealt = list(combinations(ranks, len(faster)))
    return sum(sum(a > b for a in own for b in ranks if b not in own) <= losses for own in dealt) / len(dealt)


@pytest.mark.parametrize(
    ("faster", "slower"),
    [
        ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]),
        ([1.0, 5.0, 3.0], [4.0, 2.0, 6.0]),
        ([4.0, 5.0, 6.0, 7.0], [1.0, 2.0, 3.0]),
        ([1.0, 4.0, 6.0, 7.5, 9.0], [2.0, 3.0, 5.0, 8.0, 10.0]),
    ],
)
def test_it_is_exact(faster: list[float], slower: list[float]) -> None:
    assert chance_of_lead(faster, slower) == pytest.approx(counted(faster, slower))


def test_three_rounds_are_the_fewest_that_can_be_sure() -> None:
    assert chance_of_lead([1, 2, 3], [4, 5, 6]) == pytest.approx(1 / 20)
    assert chance_of_lead([1, 2], [3, 4]) == pytest.approx(1 / 6)


def test_ties_and_nothing_are_no_lead() -> None:
    assert chance_of_lead([1, 1, 1], [1, 1, 1]) > 0.5
    assert chance_of_lead([], [1]) == 1.0
