"""Marks in comments: `# advisor: ignore`, `# advisor: ignore[slug, other] reason`, `# advisor: ignore-file`."""

from __future__ import annotations

import re

from advisor.stages.extract.syntax import SgNode, find_all

WHOLE_FILE = 0
"""The line under which marks for a whole file are kept."""

_MARK = re.compile(r"#\s*advisor:\s*ignore(?P<file>-file)?(?:\[(?P<slugs>[^\]]*)\])?(?![\w\[-])")


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


def _joined(before: tuple[str, ...] | None, slugs: tuple[str, ...]) -> tuple[str, ...]:
    """Two marks on one line silence what either silences."""
    if before is None:
        return slugs
    return tuple(sorted({*before, *slugs})) if before and slugs else ()
