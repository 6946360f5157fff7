"""The difference of two texts as replacements of regions, which is how formats for editors and code scanning take a fix."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

_LINES = re.compile(r"[^\n]*\n|[^\n]+")  # `splitlines` would also split at form feeds and the like


@dataclass(frozen=True, slots=True)
class Replacement:
    """`text` instead of what stands from `start` up to `end`: (line, column) from 1, columns in UTF-16 code units."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str

    @property
    def region(self) -> dict[str, int]:
        """The region as SARIF writes it."""
        names = ("startLine", "startColumn", "endLine", "endColumn")
        return dict(zip(names, (*self.start, *self.end), strict=True))


def utf16(text: str) -> int:
    """How many UTF-16 code units the text takes."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def replacements(before: str, after: str) -> Iterator[Replacement]:
    """The replacements that turn `before` into `after`, in the order of the text; none overlaps another."""
    old, new = _LINES.findall(before), _LINES.findall(after)
    matcher = SequenceMatcher(a=old, b=new, autojunk=False)
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        if tag != "equal":
            yield Replacement(_start(old, first), _start(old, last), "".join(new[new_first:new_last]))


def _start(lines: list[str], index: int) -> tuple[int, int]:
    """Where the line begins; past the last one, where the text ends."""
    if index < len(lines) or not lines:
        return index + 1, 1
    if lines[-1].endswith("\n"):
        return len(lines) + 1, 1
    return len(lines), utf16(lines[-1]) + 1
