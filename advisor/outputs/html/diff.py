"""What `advisor generate` would write, as a difference with its colours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff

from advisor.model.change import Change, FileChange
from advisor.outputs.characters import visible

_SHOWN = 160  # lines
_KINDS = {"+": "added", "-": "removed", "@": "hunk"}


@dataclass(frozen=True, slots=True)
class Line:
    """`kind` is `added`, `removed`, `hunk`, `file` or empty."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Diff:
    """The lines of a change, and how many more there are."""

    lines: tuple[Line, ...]
    more: int


def diff_of(change: Change) -> Diff:
    lines = [line for file in change.files for line in _lines(file)]
    return Diff(tuple(lines[:_SHOWN]), max(0, len(lines) - _SHOWN))


def _lines(file: FileChange) -> Iterator[Line]:
    yield Line("file", visible(file.path))
    compared = unified_diff(file.before.splitlines(), file.after.splitlines(), lineterm="")
    for number, line in enumerate(compared):
        if number > 1:  # the first two name the files
            yield Line(_KINDS.get(line[:1], ""), visible(line))
