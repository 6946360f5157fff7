"""Thresholds that several stages hold results against."""

from __future__ import annotations

CLEARLY_MORE = 1.15  # estimates nearer to each other than this are equal
COSTLY = 0.05  # share of an iteration's time from which a call counts as costly
THE_POINT = 0.3  # share of an iteration's time that makes a call the point of it
TINY_ROUND = 2e-5  # seconds: below, an iteration is not worth submitting however many there are
TINY_TOTAL = 3e-3  # seconds: below, the whole site is not worth a pool


def is_too_little(iteration: float, iterations: float, *, counted: bool = True) -> bool:
    """Is work of so many seconds an iteration cheaper than handing it to a pool?

    Where a measured total was divided by a guess (not `counted`), only the total tells.
    """
    return (counted and iteration < TINY_ROUND) or iteration * iterations < TINY_TOTAL
