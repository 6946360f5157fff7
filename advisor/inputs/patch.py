"""Patch: which lines a unified diff has changed, as git, diff and others write it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from advisor.errors import AdvisorError
from advisor.model.changes import Changed

_HUNK = re.compile(r"@@ -(?:\d+)(?:,(?P<old>\d+))? \+(?P<at>\d+)(?:,(?P<new>\d+))? @@")
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)")
_PLAIN = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"v": b"\v", b"f": b"\f"}
_NOTHING = "/dev/null"


def read_patch(text: str) -> dict[str, Changed]:
    """The changes of each file by the name it has after the patch (`b/src/app.py` of git). Removed files are left out.

    AdvisorError for a text with neither file headers nor hunks, for a hunk without a file, and for one that is cut short.
    """
    changed: dict[str, tuple[set[int], set[int]]] = {}
    name: str | None = None
    lines = iter(enumerate(text.split("\n"), 1))
    for number, line in lines:
        if line.startswith("+++ "):
            name = _name(line[4:])
            if name != _NOTHING:
                changed.setdefault(name, (set(), set()))
        elif (hunk := _HUNK.match(line)) is not None:
            if name is None:
                raise AdvisorError(
                    f"the diff: line {number}: a hunk of no file", "give a unified diff, like `git diff`"
                )
            _walk(hunk, lines, *changed.get(name, (set(), set())))
    if text.strip() and not changed and name is None and "diff --git " not in text:
        raise AdvisorError("standard input is not a unified diff", "like: git diff | advisor analyze --diff")
    return {file: Changed(frozenset(touched), frozenset(gaps)) for file, (touched, gaps) in changed.items()}


def _walk(hunk: re.Match[str], lines: Iterable[tuple[int, str]], touched: set[int], gaps: set[int]) -> None:
    """The body of a hunk: as many lines as its head says, so that none of them is taken for a head itself."""
    old, new = (int(hunk[side] or 1) if hunk[side] is not None else 1 for side in ("old", "new"))
    at = int(hunk["at"]) + (0 if new else 1)  # without lines of its own it names the line before
    left = {"old": old, "new": new}
    for _, line in lines:
        if line.startswith("\\"):
            continue
        if line.startswith("-"):
            gaps.add(at - 1)
            left["old"] -= 1
        else:
            if line.startswith("+"):
                touched.add(at)
            else:
                left["old"] -= 1
            left["new"] -= 1
            at += 1
        if left["old"] <= 0 and left["new"] <= 0:
            return
    raise AdvisorError(f"the diff: its last hunk ({hunk[0]}) is cut short", "give the whole of it")


def _name(header: str) -> str:
    """The name in a `+++` line: without the time that `diff` puts behind a tab, and out of git's quotes."""
    header = header.rstrip("\r")
    if header.startswith('"') and (end := header.rfind('"')) > 0:
        raw = header[1:end].encode("utf-8", "surrogateescape")
        return _ESCAPE.sub(_unescaped, raw).decode("utf-8", "surrogateescape")
    return header.partition("\t")[0]


def _unescaped(match: re.Match[bytes]) -> bytes:
    code = match[1]
    return bytes([int(code, 8) & 0xFF]) if len(code) == 3 else _PLAIN.get(code, code)
