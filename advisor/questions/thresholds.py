"""Thresholds that several stages hold results against."""

from __future__ import annotations

from advisor.model.effect import Range

CLEARLY_MORE = 1.15  # estimates nearer to each other than this are equal
COSTLY = 0.05  # share of an iteration's time from which a call counts as costly
THE_POINT = 0.3  # share of an iteration's time that makes a call the point of it
A_PART = 0.1  # of a run: what takes less is none of its main parts
SURELY = 0.9  # odds
HARDLY_EVER = 0.1  # odds: what pays less often is not advised
TINY = 3e-3  # seconds: below, all of a site takes less than it takes to start a pool


HAND_OVER = 4.5e-6  # seconds: what an item costs that goes to a process in a chunk, the least of all (measured)


def is_too_little(iteration: Range, seconds: Range) -> bool:
    """Is it sure that all of it takes less than it takes to start a pool, or an iteration less than it takes to hand it over?"""
    return seconds.high < TINY or iteration.high < HAND_OVER
