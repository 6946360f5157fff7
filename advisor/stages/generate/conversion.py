"""A conversion: the edits that make blocking code await instead, with all they need. They never change the number of lines."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from advisor.model.refactor import Edit, Needed
from advisor.stages.generate.names import dotted
from advisor.stages.generate.source import Source


@dataclass(frozen=True, slots=True)
class Conversion:
    """`edits` of one file, what they import, the helpers they call, and what a reader should know."""

    edits: tuple[Edit, ...]
    needs: frozenset[Needed] = frozenset()
    helpers: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()


def joined(conversions: Iterable[Conversion]) -> Conversion:
    """All of them as one; what two of them say is said once."""
    every = list(conversions)
    return Conversion(
        tuple(dict.fromkeys(edit for each in every for edit in each.edits)),
        frozenset().union(*(each.needs for each in every)),
        frozenset().union(*(each.helpers for each in every)),
        tuple(dict.fromkeys(note for each in every for note in each.notes)),
    )


def awaited(source: Source, call: ast.Call, function: str, after: str = "") -> list[Edit]:
    """`await function(…)` in place of the call, its arguments left where they stand, and `after` read from the result."""
    start, end = source.span(call)
    opened = source.span(call.func)[1]
    if not after and stands_alone(source, call):
        return [Edit(start, opened, f"await {function}")]
    return [Edit(start, opened, f"(await {function}"), Edit(end, end, f"){after}")]


def stands_alone(source: Source, call: ast.expr) -> bool:
    """May `await …` stand there without parentheses? Not where more is done with the result: `(await …).json()`."""
    above = source.parents[call]
    if isinstance(above, ast.Call):
        return above.func is not call
    return isinstance(
        above, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Return | ast.Expr | ast.keyword | ast.NamedExpr
        | ast.List | ast.Tuple | ast.Dict
    )  # fmt: skip


def with_arguments(source: Source, call: ast.Call, more: Iterable[str]) -> list[Edit]:
    """Further arguments at the end of those of a call."""
    text = ", ".join(more)
    given = [*call.args, *call.keywords]
    if not text or not given:
        end = source.span(call)[1] - 1
        return [Edit(end, end, text)] if text else []
    end = max(source.span(each)[1] for each in given)
    if source.text[end:].lstrip().startswith(")") and isinstance(given[-1], ast.GeneratorExp):
        end = source.span(call)[1] - 1
    return [Edit(end, end, f", {text}")]


def keywords(call: ast.Call) -> dict[str, ast.expr] | None:
    """The keywords of a call by name; None where some are not written out."""
    if any(keyword.arg is None for keyword in call.keywords) or any(isinstance(a, ast.Starred) for a in call.args):
        return None
    return {keyword.arg or "": keyword.value for keyword in call.keywords}


def imported_constant(source: Source, expression: ast.expr, names: Iterable[str]) -> str | None:
    """The last part of `subprocess.PIPE`, where it is one of `names` and what stands before it was imported."""
    text = dotted(expression) or ""
    head, last = text.partition(".")[0], text.rpartition(".")[2]
    imported = {
        alias.asname or alias.name.partition(".")[0]
        for node in source.tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    return last if last in set(names) and head in imported else None
