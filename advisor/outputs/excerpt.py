"""Which lines of a long site to show: its head, its end, and those that the findings speak of."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise


def excerpt(first: int, last: int, mentioned: Iterable[int], limit: int = 8) -> list[int | None]:
    """At most `limit` line numbers of `first`..`last` in order; None stands where lines are left out.

    The first line always shows, then lines `mentioned`, the last, and the rest from the top as far as there is room.
    """
    inside = [line for line in dict.fromkeys(mentioned) if first <= line <= last]
    wanted = dict.fromkeys([first, *inside, last, *range(first, last + 1)])
    chosen = sorted(list(wanted)[:limit])
    rows: list[int | None] = [chosen[0]]
    for before, line in pairwise(chosen):
        if line > before + 1:
            rows.append(before + 1 if line == before + 2 else None)
        rows.append(line)
    return rows
