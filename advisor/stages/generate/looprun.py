"""An event loop for every item becomes one: a coroutine that starts all rounds as bounded tasks, and one `asyncio.run`."""

from __future__ import annotations

import ast
import re
from dataclasses import replace

from advisor.model.concurrency import Model
from advisor.model.refactor import Edit, Needed, Order, Rewrite
from advisor.stages.generate.around import shares_parentheses, statement_of
from advisor.stages.generate.comprehensions import Comprehension, written
from advisor.stages.generate.draft import Draft, opened, rewritten
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.loops import drafted
from advisor.stages.generate.names import binds, calm, dotted, fresh, jumps, parameters, taken, yields
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source

_RUNS = frozenset({"run", "run_until_complete"})
_AWAIT = "(await"
_NEEDLESS = re.compile(r"([(\[{]|= |return |, )\((await \w+)\)(?=[)\]},]|$)", re.MULTILINE)
_NOTE = "all iterations share one event loop: what a coroutine leaves running is cancelled at the end, not after each iteration"


def rewrite_runs(order: Order, source: Source, inquiry: Inquiry) -> Rewrite:
    """The loop or comprehension at the order's site, with all of its coroutines in one event loop."""
    if order.model is not Model.ASYNCIO:
        raise Refused("event-loop", "the work is a coroutine, which needs an event loop", order.site.line)
    run = _run(order, source)
    around = source.enclosing(run, ast.For, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
                              ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)  # fmt: skip
    if isinstance(source.function(run), ast.AsyncFunctionDef):
        raise Refused("event-loop", "an event loop runs already where the coroutines are started", run)
    awaiting = _awaiting(source, run)
    inner = next(n for n in ast.walk(awaiting.tree) if type(n) is type(around) and _same(n, around))
    if isinstance(inner, ast.For):
        return _loop(order, awaiting, inquiry, inner, source.segment(run.func))
    if isinstance(inner, Comprehension):
        return _comprehension(order, awaiting, inquiry, inner, source.segment(run.func))
    raise Refused(
        "carried-dependence", "whether there is another iteration is known only after this one", order.site.line
    )


def _run(order: Order, source: Source) -> ast.Call:
    """The one call in a round that starts an event loop."""
    site = order.site
    found = [
        n for n in ast.walk(source.tree)
        if isinstance(n, ast.Call) and (dotted(n.func) or "").rpartition(".")[2] in _RUNS and "." in (dotted(n.func) or "")
        and site.line <= n.lineno <= max(site.end_line, site.line)
    ]  # fmt: skip
    if len(found) != 1:
        raise Refused("layout", "an iteration starts more than one event loop", site.line)
    run = found[0]
    if len(run.args) != 1 or run.keywords or not isinstance(run.args[0], ast.Call) or not calm(run.func):
        raise Refused("layout", "what the event loop runs is not one call of a coroutine", run)
    return run


def _awaiting(source: Source, run: ast.Call) -> Source:
    """The file with `asyncio.run(f(x))` as `(await f(x))`, in as many characters, so that all positions stay."""
    start = source.span(run)[0]
    inner = source.span(run.args[0])[0]
    head = source.text[start:inner]
    if "\n" in head or len(head) < len(_AWAIT) + 1:
        raise Refused("layout", "the call of the event loop goes over several lines", run)
    return Source(source.text[:start] + _AWAIT.ljust(len(head)) + source.text[inner:])


def _same(node: ast.AST, other: ast.AST | None) -> bool:
    return (getattr(node, "lineno", 0), getattr(node, "col_offset", 0)) == (
        getattr(other, "lineno", 0), getattr(other, "col_offset", 0)
    )  # fmt: skip


def _loop(order: Order, source: Source, inquiry: Inquiry, loop: ast.For, runner: str) -> Rewrite:
    if yields([loop]) or any(isinstance(jump, ast.Return) for jump in jumps(loop.body)):
        raise Refused("early-exit", "an iteration may leave the function, which the coroutine around it cannot", loop)
    draft, text = drafted(order, source, inquiry, loop, source.indent(loop) + source.unit)
    body = _declared(source, loop, draft.indent) + text
    name = _name(draft, source, loop)
    indent = draft.indent.removesuffix(source.unit)
    runs = f"{indent}{runner}({name}())\n"
    return _finished(draft, source, loop, f"{indent}async def {name}():\n{body}\n{runs}")


def _comprehension(order: Order, source: Source, inquiry: Inquiry, node: ast.expr, runner: str) -> Rewrite:
    assert isinstance(node, Comprehension)
    statement = statement_of(source, node)
    indent = source.indent(statement)
    draft, text = written(order, source, inquiry, node, statement, indent + source.unit)
    if any(isinstance(n, ast.NamedExpr) for n in ast.walk(node)):
        raise Refused("shared-write", "the comprehension binds a name of the function around it", node)
    name = _name(draft, source, statement)
    inner = draft.indent + source.unit
    block = opened(draft) + "".join(f"{inner}{line}\n" for line in draft.inside)
    definition = f"{indent}async def {name}():\n{block}{inner}return {text}\n{draft.closes}\n"
    value = f"{runner}({name}())"
    if isinstance(node, ast.GeneratorExp) and shares_parentheses(source, node):
        value = f"({value})"
    changed = source.piece([statement], indent, [Edit(*source.span(node), value)])
    return _finished(draft, source, statement, definition + changed)


def _declared(source: Source, loop: ast.For, indent: str) -> str:
    """`nonlocal` for what the rounds bind and others use; Refused where nobody else binds it."""
    function = source.function(loop)
    scope = function or source.tree
    inside = {id(n) for n in ast.walk(loop)}
    outside = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and id(n) not in inside]
    shared = binds([loop]) & {n.id for n in outside}
    if not shared:
        return ""
    if function is None:
        return f"{indent}global {', '.join(sorted(shared))}\n"
    declared = {n for s in ast.walk(function) if isinstance(s, ast.Global | ast.Nonlocal) for n in s.names}
    before = {n.id for n in outside if isinstance(n.ctx, ast.Store)} | parameters(function.args)
    if declared & shared or not shared <= before:
        raise Refused("shared-write", f"`{min(shared)}` is bound by the iterations and used after them", loop)
    return f"{indent}nonlocal {', '.join(sorted(shared))}\n"


def _name(draft: Draft, source: Source, at: ast.stmt) -> str:
    return fresh("run_all", draft.used | taken(source.function(at) or source.tree))


def _finished(draft: Draft, source: Source, statement: ast.stmt, text: str) -> Rewrite:
    """The rewrite, without the white space and parentheses that stood in for `asyncio.run`."""
    text = re.sub(r"\breturn await {2,}", "return await ", text)
    plain = _NEEDLESS.sub(r"\1\2", re.sub(rf"{re.escape(_AWAIT)} {{2,}}", f"{_AWAIT} ", text))
    made = rewritten(draft, *source.whole_lines([statement]), plain)
    return replace(made, needs=made.needs | {Needed("asyncio")}, notes=(*made.notes, _NOTE))
