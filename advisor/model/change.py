"""What `generate` would make of a finding: the files before and after, or why it writes nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file's text before and after; `path` as in the report."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    """`files` are empty where the change is refused; `refused` says why then, and is empty otherwise."""

    files: tuple[FileChange, ...] = ()
    refused: str = ""
