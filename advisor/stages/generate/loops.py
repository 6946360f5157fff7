"""Loops: the worker, the pool around the loop, and the loop itself, which takes results where it did the work before."""

from __future__ import annotations

import ast
import itertools
from dataclasses import replace

from advisor.model.concurrency import Model
from advisor.model.refactor import Order, Rewrite
from advisor.stages.generate import effects, headers
from advisor.stages.generate.cut import cut
from advisor.stages.generate.draft import Draft, awaits_anything, new_draft, rewritten
from advisor.stages.generate.flavors import flavor, lazily, through_threads
from advisor.stages.generate.independence import check_independent
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.liveness import reads_after
from advisor.stages.generate.names import calm_call, dotted, here, yields
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.rounds import Rounds
from advisor.stages.generate.source import Source
from advisor.stages.generate.travel import check_travel
from advisor.stages.generate.work import Cut

_INTO = (True, False)  # a worker may enter a block and leave the rest of it to the caller, or take it as a whole
_MOST = 0.4  # share of a round's time from which one statement alone is worth handing over


def rewrite_loop(order: Order, source: Source, inquiry: Inquiry, loop: ast.For | ast.AsyncFor | ast.While) -> Rewrite:
    """The loop with its work handed to the executor of the order."""
    if not source.owns_its_lines([loop]) or not source.owns_its_lines(loop.body):
        raise Refused("layout", "the loop shares its line with other statements", loop)
    if isinstance(source.enclosing(loop, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef), ast.ClassDef):
        raise Refused("layout", "the loop runs in the body of a class", loop)
    _check_walked(loop, inquiry)
    scope = source.function(loop) or source.tree
    if yields(loop.body) and order.model is Model.ASYNCIO:
        if not isinstance(scope, ast.AsyncFunctionDef):
            raise Refused("lazy-generator", "a generator that becomes a coroutine's is walked in another way", loop)
        if isinstance(loop, ast.AsyncFor):
            raise Refused("streaming", "the items come one by one from another generator", loop)
    if flavor(order).isolated:  # few large tasks before many small ones
        ways = [headers.read(source, inquiry, loop), headers.flattened(source, inquiry, loop)]
    else:
        ways = [headers.flattened(source, inquiry, loop), headers.read(source, inquiry, loop)]
    first: Refused | None = None
    for head in ways:
        if head is None:
            continue
        try:
            return _rewritten_as(order, source, inquiry, loop, head)
        except Refused as refused:
            first = first or refused
    raise first or Refused("layout", "the loop cannot be read", loop)


def _check_walked(loop: ast.For | ast.AsyncFor | ast.While, inquiry: Inquiry) -> None:
    """A list that grows while it is walked gives rounds that nobody can start ahead, nor does what may be one iterator that
    they draw from themselves."""
    walked = None if isinstance(loop, ast.While) else dotted(loop.iter)
    for statement in here(loop.body) if walked is not None else ():
        if isinstance(statement, ast.stmt) and walked in effects.bound_or_changed(statement):
            because = f"line {statement.lineno} changes `{walked}` while the loop walks it"
            raise Refused("carried-dependence", because, statement)
    if isinstance(loop, ast.While):
        return
    match loop.iter:
        case ast.Attribute(value=owner, attr="stdout" | "stderr" | "stdin"):
            talks = next((n for n in here(loop.body) if isinstance(n, ast.expr) and dotted(n) == dotted(owner)), None)
            if talks is not None:
                because = f"line {talks.lineno} talks to `{dotted(owner)}`, which may wait for that before it gives the next line"
                raise Refused("streaming", because, talks)
    names = {dotted(each) for each in ast.walk(loop.iter) if isinstance(each, ast.Name | ast.Attribute)}
    for node in here(loop.body):
        match node:
            case ast.Call(func=ast.Name(id="iter"), args=[again]) if dotted(again) in names and not inquiry.sized(
                again
            ):
                because = (
                    f"line {node.lineno} draws from `{dotted(again)}`, which the loop walks and may be one iterator"
                )
                raise Refused("carried-dependence", because, node)


def _rewritten_as(
    order: Order, source: Source, inquiry: Inquiry, loop: ast.For | ast.AsyncFor | ast.While, head: headers.Head
) -> Rewrite:
    draft, text = _drafted_as(order, source, inquiry, loop, head)
    return rewritten(draft, *source.whole_lines([loop]), text)


def drafted(order: Order, source: Source, inquiry: Inquiry, loop: ast.For, indent: str) -> tuple[Draft, str]:
    """The loop with its work handed over, at another indentation, as text that something else can be put around."""
    if not source.owns_its_lines([loop]) or not source.owns_its_lines(loop.body):
        raise Refused("layout", "the loop shares its line with other statements", loop)
    if isinstance(source.enclosing(loop, ast.FunctionDef, ast.ClassDef), ast.ClassDef):
        raise Refused("layout", "the loop runs in the body of a class", loop)
    return _drafted_as(order, source, inquiry, loop, headers.read(source, inquiry, loop), indent)


def _drafted_as(
    order: Order, source: Source, inquiry: Inquiry, loop: ast.For | ast.AsyncFor | ast.While, head: headers.Head,
    indent: str | None = None,
) -> tuple[Draft, str]:  # fmt: skip
    scope = source.function(loop) or source.tree
    if head.walks:  # how many rounds the outer loop makes says nothing of all of them
        work = replace(order.case.work, items_known=False)
        order = replace(order, case=replace(order.case, work=work))
    way = flavor(order)
    if way.tasks and not awaits_anything(head.body):
        way = through_threads(way)
    if way.tasks and yields(loop.body):
        way = lazily(way, order)
    draft = new_draft(order, source, inquiry, loop, head, way)
    draft.indent = draft.indent if indent is None else indent
    costly = _costly(draft)
    after = reads_after(source, scope, loop)
    made = _cut(draft, scope, costly, after)
    draft.above += [head.above] if head.above else []
    return draft, Rounds(draft, made, scope, after).written()


def _cut(draft: Draft, scope: ast.AST, costly: list[ast.AST], after: frozenset[str]) -> Cut:
    """All the costly part of a round for the workers; where that cannot be, the statement that holds most of it."""
    groups: dict[int, list[ast.AST]] = {}
    for node in costly:
        groups.setdefault(draft.source.statement(node).lineno, []).append(node)
    ways = [costly]
    if len(groups) > 1 and not (draft.way.tasks and not draft.way.through):
        least = _MOST if draft.order.advised else 0.0  # who asks all the same knows more than the estimate
        shares = sorted(((draft.inquiry.share(g), g) for g in groups.values()), key=lambda pair: -pair[0])
        ways += [group for share, group in shares if share >= least]
    if not draft.order.advised and not draft.way.tasks:
        ways += [[call] for call in _others(draft.head.body) if call not in costly and _may_take_long(draft, call)]
    first: Refused | None = None
    fallback: Cut | None = None  # with an answer whether there was anything to do
    for way, into in itertools.product(ways, _INTO if _enters(draft.head.body) else (False,)):
        try:
            made = cut(draft.source, draft.inquiry, draft.head.body, draft.head.names, scope, way, after,
                       isolated=draft.way.isolated, into=into)  # fmt: skip
            if into and made.block is None:
                continue
            check_independent(draft, made)
            check_travel(draft, made)
        except Refused as refused:
            first = first if into else first or refused
        else:
            if not into or not made.may_skip:
                return made
            fallback = fallback or made
    if fallback is not None:
        return fallback
    assert first is not None
    raise first


def _enters(body: list[ast.stmt]) -> bool:
    return any(isinstance(each, ast.With | ast.AsyncWith) for each in here(body))


def _costly(draft: Draft) -> list[ast.AST]:
    """The nodes that take the time: awaits in coroutines, else the calls that the analysis found heavy."""
    body = draft.head.body
    if draft.way.tasks and not draft.way.through:
        found: list[ast.AST] = [n for n in here(body) if isinstance(n, ast.Await | ast.AsyncWith | ast.AsyncFor)]
        return found
    if awaits_anything(body):
        raise Refused("event-loop", "the loop awaits: only asyncio can run its iterations side by side", draft.loop)
    calls: list[ast.AST] = list(draft.inquiry.costly(body))
    if calls:
        return calls
    loops: list[ast.AST] = [
        n for n in here(body) if isinstance(n, ast.For | ast.While | ast.ListComp | ast.GeneratorExp)
    ]
    found = loops or list(_others(body))
    if not found:
        raise Refused("dynamic-call", "nothing in the loop is known to take time", draft.loop)
    return found[:1] if loops else found


def _may_take_long(draft: Draft, call: ast.expr) -> bool:
    """Does a call do anything that takes time, or of which nothing is known? What makes an object and no more is not the work."""
    summary = draft.inquiry.summary(call)
    return bool(summary.unresolved or summary.proofs)


def _others(body: list[ast.stmt]) -> list[ast.Call]:
    """The calls of which nothing is known, but that they are no mere look-ups."""
    return [node for node in here(body) if isinstance(node, ast.Call) and not calm_call(node)]
