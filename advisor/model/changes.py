"""Changes: the lines of a file that a revision or a patch has touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Changed:
    """`lines` (from 1) are new or other than before; behind each line of `gaps` something was removed.

    `everything` where the file is new, or has no lines to compare.
    """

    lines: frozenset[int] = frozenset()
    gaps: frozenset[int] = frozenset()
    everything: bool = False

    def touches(self, first: int, last: int) -> bool:
        """Is any of the lines `first` to `last` changed, or was anything removed between two of them?"""
        inside = any(first <= line <= last for line in self.lines)
        return self.everything or inside or any(first <= line < last for line in self.gaps)


Changes = Mapping[str, Changed]
"""By path from the project's root; a file that is not among them has not changed."""
