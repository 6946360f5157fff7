"""Gathered coroutines and tasks: bounded where they wait, on threads or processes where they only compute."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from advisor.model.concurrency import Executor, Model
from advisor.model.refactor import Edit, Needed, Order, Rewrite
from advisor.model.state import RootKind
from advisor.stages.generate.bounded import Comprehension, gathered, rewrite_gather, rewrite_tasks
from advisor.stages.generate.comprehensions import head_of
from advisor.stages.generate.draft import new_draft
from advisor.stages.generate.flavors import flavor, through_threads
from advisor.stages.generate.independence import check_independent
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.loops import rewrite_loop
from advisor.stages.generate.names import calm, dotted, free, fresh, here, taken
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import importable
from advisor.stages.generate.source import Source
from advisor.stages.generate.travel import check_travel
from advisor.stages.generate.work import Cut

_COROUTINE = (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.Yield, ast.YieldFrom)


def rewrite_coroutines(order: Order, source: Source, inquiry: Inquiry) -> Rewrite:
    """What is gathered, or started as tasks in a loop, at the order's site."""
    call = _call(order, source, inquiry)
    gathers = order.site.rule == "gather-call"
    if order.model is not Model.ASYNCIO or order.executor is Executor.TO_THREAD:
        return _computed_elsewhere(order, source, inquiry, call)
    if gathers:
        return rewrite_gather(order, source, inquiry, call)
    loop = source.enclosing(call, ast.For, ast.While, ast.ListComp, ast.FunctionDef, ast.AsyncFunctionDef)
    if isinstance(loop, ast.For) and _awaited_at_once(source, loop, call):
        return rewrite_loop(order, source, inquiry, loop)
    return rewrite_tasks(order, source, inquiry, call)


def _call(order: Order, source: Source, inquiry: Inquiry) -> ast.Call:
    wanted = "gather" if order.site.rule == "gather-call" else ("create_task", "ensure_future")
    site = order.site
    for node in ast.walk(source.tree):
        within = isinstance(node, ast.Call) and site.line <= node.lineno <= max(site.end_line, site.line)
        if isinstance(node, ast.Call) and within and any(n.endswith(wanted) for n in _names(order, inquiry, node)):
            return node
    raise Refused("layout", "the coroutines were not found in the source", site.line)


def _names(order: Order, inquiry: Inquiry, node: ast.Call) -> Iterator[str]:
    """What a call may lead to, by its place in the program and as it is written."""
    yield dotted(node.func) or ""
    found = inquiry.call(node)
    if found is not None:
        yield from (target.name for target in order.program.targets(order.site.function, found))


def _awaited_at_once(source: Source, loop: ast.For, call: ast.Call) -> bool:
    """`task = create_task(…)` with the task awaited in the same round."""
    match source.parents[call]:
        case ast.Assign(targets=[ast.Name(id=task)]):
            return any(
                isinstance(n, ast.Await) and isinstance(n.value, ast.Name) and n.value.id == task
                for n in here(loop.body)
            )
    return False


# ---- coroutines that compute


def _computed_elsewhere(order: Order, source: Source, inquiry: Inquiry, gather: ast.Call) -> Rewrite:
    """The coroutines never wait: as plain functions, on threads or processes, they are gathered just the same."""
    made = gathered(source, gather)
    if made is None or not isinstance(made.elt, ast.Call):
        raise Refused("layout", "the gathered coroutines are not made by one comprehension", gather)
    work = made.elt
    definition = _definition(order, source, work)
    edits = [Edit(*_async_word(source, definition), "")]
    _check_apart(order, source, inquiry, made, work)
    for write in inquiry.handed_over(work).writes:
        if write.place.root.kind is not RootKind.LOCAL:
            because = f"the work changes `{write.place.label}` (line {write.where.line}), one coroutine at a time"
            raise Refused("shared-write", because, work)
    parts = [source.segment(part) for part in (work.func, *work.args, *work.keywords)]
    if order.model is not Model.MULTIPROCESSING:
        edits.append(Edit(*source.span(work), f"asyncio.to_thread({', '.join(parts)})"))
        return _rewrite(order, source, gather, edits, frozenset({Needed("asyncio")}))
    if not importable(source, work.func, work) or work.keywords:
        raise Refused("unpicklable-function", "the function cannot be sent to a process as it is called", work)
    statement = source.statement(gather)
    if source.statement(made) is not statement or not source.owns_its_lines([statement]):
        raise Refused("layout", "the coroutines are made in one statement and gathered in another", gather)
    used = set(taken(source.function(gather) or source.tree))
    pool, loop = fresh("pool", used), fresh("loop", used)
    indent, unit = source.indent(statement), source.unit
    edits.append(Edit(*source.whole_lines([statement]), (
        f"{indent}{loop} = asyncio.get_running_loop()\n{indent}with ProcessPoolExecutor() as {pool}:\n"
        + source.piece([statement], indent + unit, [Edit(*source.span(work), f"{loop}.run_in_executor({pool}, {', '.join(parts)})")])
    )))  # fmt: skip
    needs = frozenset({Needed("asyncio"), Needed("concurrent.futures", "ProcessPoolExecutor")})
    return _rewrite(order, source, gather, edits, needs, guard=True)


def _check_apart(order: Order, source: Source, inquiry: Inquiry, made: Comprehension, work: ast.Call) -> None:
    """Coroutines that never wait run one after the other; on threads or processes they no longer do."""
    way = (
        flavor(order)
        if order.model is Model.MULTIPROCESSING
        else through_threads(flavor(replace(order, model=Model.ASYNCIO)))
    )
    draft = new_draft(order, source, inquiry, source.statement(made), head_of(source, inquiry, made), way)
    cut = Cut(expression=ast.copy_location(ast.Await(work), work), needed=free([work]))
    check_independent(draft, cut, all_run=True)
    check_travel(draft, cut)


def _definition(order: Order, source: Source, work: ast.Call) -> ast.AsyncFunctionDef:
    """The coroutine that is called, where it waits for nothing and nobody else calls it."""
    name = work.func.id if isinstance(work.func, ast.Name) else ""
    found = [n for n in source.tree.body if isinstance(n, ast.AsyncFunctionDef) and n.name == name]
    if len(found) != 1 or found[0].decorator_list or not calm(work.func):
        raise Refused("dynamic-call", "the coroutine is not one function of this file", work)
    if any(isinstance(node, _COROUTINE) for node in here(found[0].body)):
        raise Refused("event-loop", f"`{name}` awaits, so it needs the event loop", found[0])
    known = order.program.functions.values()
    info = next((f for f in known if f.path == order.site.path and f.line == found[0].lineno and f.name == name), None)
    callers = order.program.callers(info.id) if info is not None else ()
    here_used = [n for n in ast.walk(source.tree) if isinstance(n, ast.Name) and n.id == name and n is not work.func]
    if info is None or here_used or any(call.line != work.lineno for _, call in callers):
        raise Refused("event-loop", f"`{name}` is awaited in other places too", found[0])
    return found[0]


def _async_word(source: Source, definition: ast.AsyncFunctionDef) -> tuple[int, int]:
    start = source.span(definition)[0]
    return start, source.text.index("def", start)


def _rewrite(
    order: Order, source: Source, gather: ast.Call, edits: list[Edit], needs: frozenset[Needed], *, guard: bool = False
) -> Rewrite:
    start, end = source.whole_lines([source.statement(gather)])
    return Rewrite(order.site.path, start, end, tuple(edits), needs, guard=guard)
