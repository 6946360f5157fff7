"""Coroutines: what is forgotten, held or started in them that should not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import Waiter
from advisor.model.fault import Around, Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.questions.locks import lock_type
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot

_KNOWS_BETTER = frozenset(
    ["get_running_loop", "is_running", "nest_asyncio", "_get_running_loop", "run_coroutine_threadsafe", "Thread"]
)


def _never_awaited(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A coroutine function of the project that is called as a statement."""
    for spot in sight.spots(info):
        if spot.fate is not Fate.DROPPED or _in_the_other_flavour(info, spot.call.line):
            continue
        targets = [t for t in sight.program.targets(info.id, spot.call) if not t.callback]
        called = [sight.program.functions[t.name] for t in targets if t.kind == "function"]
        if not called or len(called) < len(targets) or any(t.guessed for t in targets):
            continue
        if all(f.is_async and not f.is_generator and not f.decorators for f in called):
            because = f"`{called[0].name}` is an `async def`"
            yield at(spot.call, written(spot.call), because, 0)


def _in_the_other_flavour(info: FunctionInfo, line: int) -> bool:
    """Is it under `if IS_SYNC:`, in source from which a version without coroutines is generated?"""
    for statement in info.statements:
        if isinstance(statement, code.If) and statement.line < line:
            last = max((s.line for s in tree.statements(statement.body)), default=0)
            names = (n.id.lower() for n in tree.every(statement.test) if isinstance(n, code.Name))
            if line <= last and any("sync" in name for name in names):
                return True
    return False


def _loop_below(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """An ordinary function called from a coroutine that starts an event loop of its own."""
    if not info.is_async:
        return
    for spot in sight.spots(info):
        for target in sight.program.targets(info.id, spot.call):
            if target.kind != "function" or target.callback or target.guessed or target.conditional:
                continue
            called = sight.program.functions[target.name]
            start = None if called.is_async else _starts_a_loop(sight, called)
            if start is not None:
                because = f"`{called.name}` calls `{written(start.call)}` in line {start.call.line}"
                yield at(spot.call, written(spot.call), because)
                break


def _starts_a_loop(sight: Sight, info: FunctionInfo) -> Spot | None:
    """The call by which a function surely starts an event loop; None where it first asks whether one runs."""
    spots = sight.spots(info)
    names = {node.id for e in tree.expressions(info.body) for node in tree.every(e) if isinstance(node, code.Name)}
    if not _KNOWS_BETTER.isdisjoint(names | {spot.last for spot in spots}):
        return None
    first = info.body[0].line if info.body else 0
    starts = (spot for spot in spots if any(map(sight.catalog.runs_loop, spot.names)))
    always = [spot for spot in starts if Around.TRY not in spot.around]
    conditional = {s.line for s in info.statements if isinstance(s, code.If)}
    return next((s for s in always if not any(first <= line < s.call.line for line in conditional)), None)


def _lock_across_await(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`with lock:` around an `await`: every thread that wants the lock waits for the event loop, which may be one of them."""
    if not info.is_async:
        return
    for statement in info.statements:
        if not isinstance(statement, code.With) or statement.is_async:
            continue
        awaited = next((line for line in _awaits(statement.body)), 0)
        for context, _ in statement.items:
            kinds = sight.kinds(info.id, context)
            blocks = (lock_type(sight.catalog, kind) in (Waiter.THREAD, Waiter.PROCESS) for kind in kinds)
            if awaited and kinds and all(blocks):
                named = tree.dotted(context) or "the lock"
                because = f"`{named}` is a `{min(kinds)}`, held while line {awaited} awaits"
                yield Clue(statement.line, statement.column, statement.line, named, because, awaited)


def _awaits(block: tree.Block) -> Iterator[int]:
    for statement in tree.statements(block):
        for head in tree.heads(statement):
            for node in tree.every(head):
                if isinstance(node, code.Await):
                    yield node.line
        if isinstance(statement, code.With | code.For) and statement.is_async:
            yield statement.line


COROUTINE_FACTS: Mapping[str, Detector] = {
    Fact.COROUTINE_NEVER_AWAITED: _never_awaited,
    Fact.LOOP_STARTED_BELOW_A_COROUTINE: _loop_below,
    Fact.LOCK_HELD_ACROSS_AWAIT: _lock_across_await,
}
