"""Marks in comments: `# advisor: ignore`, `# advisor: ignore[slug, other] reason`, `# advisor: ignore-file`, and those
for other linters: `# noqa`, `# noqa: CODE, OTHER`, `# ruff: noqa: CODE`, `# flake8: noqa`."""

from __future__ import annotations

import re

from advisor.model.facts import WHOLE_FILE
from advisor.stages.extract.syntax import SgNode, find_all

_MARK = re.compile(r"#\s*advisor:\s*ignore(?P<file>-file)?(?:\[(?P<slugs>[^\]]*)\])?(?![\w\[-])")
_CODE = r"[A-Z]+[0-9]+"
_NOQA = re.compile(
    rf"#\s*(?P<file>(?:flake8|ruff)\s*[:=]\s*)?noqa\b(?P<some>\s*:\s*(?P<codes>{_CODE}(?:[\s,]+{_CODE}\b)*)?)?",
    re.IGNORECASE,
)


def ignores(root: SgNode, text: str) -> dict[int, tuple[str, ...]]:
    """The slugs that comments silence, by line; an empty tuple silences all, empty brackets none."""
    if "advisor:" not in text:
        return {}
    silenced: dict[int, tuple[str, ...]] = {}
    for comment in find_all(root, {"kind": "comment"}, {}):
        for mark in _MARK.finditer(comment.text()):
            line = WHOLE_FILE if mark["file"] else comment.range().start.line + 1
            slugs = tuple(slug for part in (mark["slugs"] or "").split(",") if (slug := part.strip()))
            if slugs or mark["slugs"] is None:
                silenced[line] = _joined(silenced.get(line), slugs)
    return dict(sorted(silenced.items()))


def noqa(root: SgNode, text: str) -> dict[int, tuple[str, ...]]:
    """The codes of other linters that comments silence, by line; an empty tuple silences all, as `# noqa` alone does.

    What a colon is followed by that is no code silences nothing, as with ruff.
    """
    if "noqa" not in text.lower():
        return {}
    silenced: dict[int, tuple[str, ...]] = {}
    for comment in find_all(root, {"kind": "comment"}, {}):
        for mark in _NOQA.finditer(comment.text()):
            line = WHOLE_FILE if mark["file"] else comment.range().start.line + 1
            codes = tuple(re.findall(_CODE, (mark["codes"] or "").upper()))
            if codes or mark["some"] is None:
                silenced[line] = _joined(silenced.get(line), codes)
    return dict(sorted(silenced.items()))


def _joined(before: tuple[str, ...] | None, slugs: tuple[str, ...]) -> tuple[str, ...]:
    """Two marks on one line silence what either silences."""
    if before is None:
        return slugs
    return tuple(sorted({*before, *slugs})) if before and slugs else ()
