"""Halfway: a failure ends the loop, somebody handles it, and what the rounds have left in objects tells how far they came."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from advisor.model import code, tree
from advisor.stages.generate.apart import Parts
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.failures import may_stop, passes_handlers
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.work import Cut

LATER_EFFECTS = "later-effects"


def check_left_behind(draft: Draft, made: Cut, parts: Parts) -> None:
    """Refused where the work changes what outlives it, may fail, and somebody goes on after that: side by side, what belongs
    to later rounds would have been changed as well."""
    changed = next((write for write in parts.work.writes if not write.memo), None)
    if changed is None or LATER_EFFECTS in draft.order.accepted or not may_stop(draft, made):
        return
    line = next(_goes_on(draft, made), None)
    if line is not None:
        because = f"if an item fails, line {line} goes on, and `{changed.place.label}` (line {changed.where.line})"
        because += f" would have been changed for later items already; --accept {LATER_EFFECTS} allows it"
        raise Refused(LATER_EFFECTS, because, draft.loop)


def _goes_on(draft: Draft, made: Cut) -> Iterator[int]:
    """The lines of handlers behind which the program goes on after a failure of the work: around the site, and, where the
    work is known to raise something, around a call that leads to it."""
    program, here = draft.order.program, draft.order.site.function
    inner: ast.AST = draft.loop
    for outer in draft.source.above(draft.loop):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            break
        if isinstance(outer, ast.Try) and any(inner is each for each in outer.body):
            yield from (each.lineno for each in outer.handlers if not isinstance(each.body[-1], ast.Raise))
        inner = outer
    for info in program.functions.values() if passes_handlers(draft, made) else ():
        for statement in info.statements:
            tried = tuple(tree.calls(statement.body)) if isinstance(statement, code.Try) else ()
            if isinstance(statement, code.Try) and here in draft.order.summaries.reached(info.id, tried):
                yield from (each.line for each in statement.handlers if not isinstance(each.body[-1], code.Raise))
