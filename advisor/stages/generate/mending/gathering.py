"""What is gathered: bounded, not left running after a failure, and its failures not thrown away."""

from __future__ import annotations

import ast

from advisor.model.refactor import Edit, Needed, Rewrite
from advisor.stages.generate.bounded import rewrite_gather, rewrite_limited
from advisor.stages.generate.mending.mend import Mend
from advisor.stages.generate.names import fresh, taken
from advisor.stages.generate.refused import Refused


def bounded(mend: Mend) -> Rewrite:
    """Each coroutine starts behind a semaphore."""
    return rewrite_gather(mend.order, mend.source, mend.inquiry, _gather(mend))


def limited_each(mend: Mend) -> Rewrite:
    """The semaphore around the gather is taken by each coroutine instead."""
    return rewrite_limited(mend.order, mend.source, mend.inquiry, _gather(mend))


def _gather(mend: Mend) -> ast.Call:
    call = mend.call
    for node in ast.walk(call):
        if isinstance(node, ast.Call) and any(name.endswith("asyncio.gather") for name in mend.leads_to(node)):
            return node
    raise Refused("layout", "the call of `asyncio.gather` was not found in the source", call)


def rest_cancelled(mend: Mend) -> Rewrite:
    """`asyncio.gather` becomes a helper that cancels what still runs before it raises what failed."""
    call = mend.call
    if any(keyword.arg is None for keyword in call.keywords):
        raise Refused("layout", "the options of `gather` are not written out", call)
    note = "what still runs when one fails is now cancelled, and waited for, before the failure is raised"
    return mend.rewrite([Edit(*mend.source.span(call.func), "_all_or_none")], helpers=["_all_or_none"], notes=[note])


def failures_printed(mend: Mend) -> Rewrite:
    """The results are looked through, and the traceback of each failure is printed."""
    source, call = mend.source, mend.call
    statement = source.statement(call)
    waited = source.parents[call]
    if not isinstance(statement, ast.Expr) or statement.value is not waited or not source.owns_its_lines([statement]):
        raise Refused("layout", "the results of `gather` are not dropped by a statement of its own", call)
    result = fresh("result", taken(source.function(call) or source.tree))
    indent, unit = source.indent(statement), source.unit
    text = (
        f"for {result} in {source.segment(waited)}:\n{indent}{unit}if isinstance({result}, Exception):\n"
        f"{indent}{unit * 2}traceback.print_exception({result})"
    )
    note = "failures are printed with their traceback; raising the first would stop the caller, as it did not before"
    return mend.rewrite([Edit(*source.span(statement), text)], Needed("traceback"), notes=[note])
