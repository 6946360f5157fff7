"""What comes in: a file's text, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple


class Cell(NamedTuple):
    """A cell of a notebook by its number, from 1, and the line of the text at which it begins."""

    number: int
    line: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be read or parsed; `line` where known (from 1)."""

    path: str
    why: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: `path` relative to the project root in POSIX form, `text` decoded, `reported` when the user named it.

    Of a notebook, `cells` are those of code, whose lines `text` holds, and `unread` those of them that are not Python.
    """

    path: str
    text: str
    reported: bool = True
    cells: tuple[Cell, ...] = ()
    unread: tuple[Skipped, ...] = ()


def digest(source: Source | Skipped) -> str:
    """What changes with the text of a file, or with the reason why it has none."""
    told = (
        repr(source)
        if isinstance(source, Skipped)
        else f"{source.reported} {source.cells} {source.unread} {source.text}"
    )
    return blake2b(told.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
