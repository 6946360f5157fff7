"""Patterns of `match`: the names that a case binds."""

from __future__ import annotations

from advisor.stages.extract.syntax import SgNode, children, identifier


def bound_names(patterns: list[SgNode]) -> tuple[str, ...]:
    """The names bound by the patterns of one case, in source order; values, classes and keys bind nothing."""
    names: list[str] = []
    pending = list(reversed(patterns))
    while pending:
        node = pending.pop()
        kind = node.kind()
        if kind in {"dotted_name", "identifier"}:
            if (text := identifier(node)).isidentifier():
                names.append(text)
        elif kind in {"class_pattern", "keyword_pattern"}:
            pending.extend(reversed(children(node)[1:]))
        elif not kind.endswith("string"):
            pending.extend(reversed(children(node)))
    return tuple(names)
