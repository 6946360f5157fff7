"""Positions: between places in a text as Python counts them and positions as an editor does.

An editor breaks lines at `\\n`, `\\r\\n` and `\\r` alone, where `str.splitlines` also breaks them at form feeds and others, and
counts the code units of the encoding that was agreed on, UTF-16 unless both sides know another one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property

_BREAK = re.compile(r"\r\n|\n|\r")
_UNIT = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}

Position = tuple[int, int]  # line from 0, code units from 0
Replacement = tuple[Position, Position, str]


@dataclass(frozen=True)
class Text:
    """A document, whose positions are counted in `encoding`: `utf-8`, `utf-16` or `utf-32`."""

    text: str
    encoding: str = "utf-16"

    @cached_property
    def starts(self) -> list[int]:
        """The offset of each line; a text that ends with a line break has an empty last line."""
        return [0, *(found.end() for found in _BREAK.finditer(self.text))]

    def line(self, number: int) -> str:
        """The line (from 0) without its end; empty where there is none."""
        if not 0 <= number < len(self.starts):
            return ""
        start = self.starts[number]
        end = self.starts[number + 1] if number + 1 < len(self.starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def position(self, offset: int) -> Position:
        number = bisect_right(self.starts, offset) - 1
        return number, self.units(self.text[self.starts[number] : offset])

    def at(self, line: int, column: int) -> Position:
        """The position of a character by line and code points, both from 0."""
        return line, self.units(self.line(line)[:column])

    def units(self, text: str) -> int:
        codec, size = _UNIT[self.encoding]
        return len(text.encode(codec, "surrogatepass")) // size

    def edits(self, after: str) -> list[Replacement]:
        """What makes `after` of this text: whole lines replaced, as few as possible."""
        new = Text(after, self.encoding)
        before_lines, after_lines = self._lines(), new._lines()
        matcher = SequenceMatcher(None, before_lines, after_lines, autojunk=False)
        offsets, new_offsets = [*self.starts, len(self.text)], [*new.starts, len(after)]
        return [
            (self.position(offsets[i1]), self.position(offsets[i2]), after[new_offsets[j1] : new_offsets[j2]])
            for tag, i1, i2, j1, j2 in matcher.get_opcodes()
            if tag != "equal"
        ]

    def _lines(self) -> list[str]:
        ends = [*self.starts[1:], len(self.text)]
        return [self.text[start:end] for start, end in zip(self.starts, ends, strict=True)]
