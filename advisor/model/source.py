"""What comes in: a file's text, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: `path` relative to the project root in POSIX form, `text` decoded, `reported` when the user named it."""

    path: str
    text: str
    reported: bool = True


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be read or parsed; `line` where known (from 1)."""

    path: str
    why: str
    line: int | None = None
