"""Marks in comments: `# advisor: ignore`, `# advisor: ignore[slug, other] reason`, `# advisor: ignore-file`, and those
for other linters: `# noqa`, `# noqa: CODE, OTHER`, `# ruff: noqa: CODE`, `# flake8: noqa`, `# pylint: disable=CODE`."""

from __future__ import annotations

import re

from advisor.model.facts import WHOLE_FILE, Ignore
from advisor.stages.extract.syntax import SgNode, find_all

_MARK = re.compile(r"#\s*advisor:\s*ignore(?P<file>-file)?(?:\[(?P<slugs>[^\]]*)\])?(?![\w\[-])")
_CODE = r"[A-Z]+[0-9]+"
_NOQA = re.compile(
    rf"#\s*(?P<file>(?:flake8|ruff)\s*[:=]\s*)?noqa\b(?P<some>\s*:\s*(?P<codes>{_CODE}(?:[\s,]+{_CODE}\b)*)?)?",
    re.IGNORECASE,
)
_PYLINT = re.compile(r"#\s*pylint:\s*(?P<where>disable|disable-next)\s*=\s*(?P<names>[\w-]+(?:\s*,\s*[\w-]+)*)")
_BY_NAME = {"cell-var-from-loop": "W0640"}
"""Pylint is silenced by names as a rule; these are of faults that rules report too."""


def ignores(root: SgNode, text: str) -> tuple[Ignore, ...]:
    """The comments that silence the advisor, in their order; one with empty brackets silences nothing.

    At the end of a line a comment counts there; on a line of its own, for the whole statement or block below it.
    """
    if "advisor:" not in text:
        return ()
    lines = text.split("\n")
    found = []
    for comment in find_all(root, {"kind": "comment"}, {}):
        for mark in _MARK.finditer(comment.text()):
            row = comment.range().start.line
            first, last = row + 1, row + 1
            if mark["file"]:
                first = last = WHOLE_FILE
            elif lines[row].lstrip().startswith("#"):
                first, last = _below(root, lines, row)
            slugs = tuple(dict.fromkeys(slug for part in (mark["slugs"] or "").split(",") if (slug := part.strip())))
            if slugs or mark["slugs"] is None:
                found.append(Ignore(row + 1, first, last, slugs))
    return tuple(sorted(found, key=lambda ignore: ignore.line))


def _below(root: SgNode, lines: list[str], row: int) -> tuple[int, int]:
    """The lines (from 1) of the outermost statement that begins directly below the comment in `row` (from 0)."""
    below = row + 1
    while below < len(lines) and lines[below].lstrip().startswith("#"):
        below += 1
    if below == len(lines) or not lines[below].strip():
        return row + 1, row + 1
    node = root
    while True:
        around = (child for child in node.children() if child.range().start.line <= below <= child.range().end.line)
        inner = next((child for child in around if child.kind() != "comment"), None)
        if inner is None:
            return below + 1, below + 1
        if inner.range().start.line == below and inner.kind() != "block":
            return below + 1, inner.range().end.line + 1
        node = inner


def noqa(root: SgNode, text: str) -> dict[int, tuple[str, ...]]:
    """The codes of other linters that comments silence, by line; an empty tuple silences all, as `# noqa` alone does.

    What a colon is followed by that is no code silences nothing, as with ruff.
    """
    if "noqa" not in text.lower() and "pylint:" not in text:
        return {}
    silenced: dict[int, tuple[str, ...]] = {}
    for comment in find_all(root, {"kind": "comment"}, {}):
        for mark in _NOQA.finditer(comment.text()):
            line = WHOLE_FILE if mark["file"] else comment.range().start.line + 1
            codes = tuple(re.findall(_CODE, (mark["codes"] or "").upper()))
            if codes or mark["some"] is None:
                silenced[line] = _joined(silenced.get(line), codes)
        for mark in _PYLINT.finditer(comment.text()):
            line = comment.range().start.line + (2 if mark["where"] == "disable-next" else 1)
            names = [name.strip() for name in mark["names"].split(",")]
            silenced[line] = _joined(silenced.get(line), tuple(_BY_NAME.get(name, name) for name in names))
    return dict(sorted(silenced.items()))


def _joined(before: tuple[str, ...] | None, slugs: tuple[str, ...]) -> tuple[str, ...]:
    """Two marks on one line silence what either silences."""
    if before is None:
        return slugs
    return tuple(sorted({*before, *slugs})) if before and slugs else ()
