"""What is remembered while one file is converted."""

from __future__ import annotations

from dataclasses import dataclass

DEEPEST = 200
"""Levels of the tree. Python itself refuses 100 indents and 200 brackets; later stages may recurse this far safely."""


class TooDeep(Exception):
    """The file nests more than `DEEPEST` levels at `line`."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(slots=True)
class Reading:
    """`next_uid` numbers nodes, `end` is the last line of the latest simple statement, `depth` counts open levels,
    `yields` says whether the function being read has a `yield` of its own."""

    next_uid: int = 0
    end: int = 0
    depth: int = 0
    yields: bool = False

    def take_uid(self) -> int:
        uid = self.next_uid
        self.next_uid += 1
        return uid
