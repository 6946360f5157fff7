"""Coroutines: what is forgotten, held or started in them that should not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import Waiter
from advisor.model.fault import Around, Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.questions.calls import receiver
from advisor.questions.locks import lock_type
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot

_KNOWS_BETTER = frozenset(
    ["get_running_loop", "is_running", "nest_asyncio", "_get_running_loop", "run_coroutine_threadsafe", "Thread"]
)


def _never_awaited(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A coroutine function of the project that is called as a statement."""
    if sight.asks_what_is_a_coroutine(info):
        return
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
    """A thread's lock held around an `await`: who wants it waits for the event loop, which may be the one that waits."""
    if not info.is_async:
        return
    for statement in info.statements:
        if isinstance(statement, code.With) and not statement.is_async:
            awaited = next((line for line in _awaits(statement.body)), 0)
            for context, _ in statement.items if awaited else ():
                kind = _blocking_lock(sight, info, context)
                if kind is not None:
                    because = f"`{tree.dotted(context) or 'the lock'}` is a `{kind}`, held while line {awaited} awaits"
                    named = tree.dotted(context) or "the lock"
                    yield Clue(statement.line, statement.column, statement.line, named, because, awaited)
    for spot in sight.spots(info):
        lock = receiver(spot.call)
        if spot.last == "acquire" and lock is not None and _waits(spot) and tree.dotted(lock) is not None:
            kind = _blocking_lock(sight, info, lock)
            lines, released = _held(info.body, spot.statement, f"{tree.dotted(lock)}.release") or ((), False)
            if kind is not None and released and lines:
                because = f"`{tree.dotted(lock)}` is a `{kind}`, held while line {lines[0]} awaits"
                yield at(spot.call, tree.dotted(lock) or "", because, lines[0])


def _blocking_lock(sight: Sight, info: FunctionInfo, lock: code.Expr) -> str | None:
    """The class of what is surely a lock for threads or processes."""
    kinds = sight.kinds(info.id, lock)
    blocks = all(lock_type(sight.catalog, kind) in (Waiter.THREAD, Waiter.PROCESS) for kind in kinds)
    return min(kinds) if kinds and blocks else None


def _waits(spot: Spot) -> bool:
    """Does `acquire` wait for the lock, as it does unless it is told not to?"""
    return not spot.call.arguments and all(keyword.name == "timeout" for keyword in spot.call.keywords)


def _held(block: tree.Block, taken: code.Stmt, release: str) -> tuple[tuple[int, ...], bool] | None:
    """The lines that await behind the statement `taken` up to the call `release`, and whether that was met in the block; None
    for a block in which the statement does not stand."""
    for index, statement in enumerate(block):
        lines: tuple[int, ...] = ()
        if statement is not taken:
            inside = next(
                (held for b in tree.blocks(statement) if (held := _held(b, taken, release)) is not None), None
            )
            if inside is None:
                continue
            lines, released = inside
            if released or (isinstance(statement, code.Try) and _releases(statement.final, release)):
                return lines, True
            if not isinstance(statement, code.Try | code.With):
                return (), True  # it may or may not be held from here on
        for after in block[index + 1 :]:
            if isinstance(after, code.Try) and _releases(after.final, release):
                return (*lines, *_awaits(after.body), *_awaits(after.orelse)), True
            if _releases((after,), release):
                return lines, True
            lines = (*lines, *_awaits((after,)))
        return lines, False
    return None


def _releases(block: tree.Block, release: str) -> bool:
    return any(tree.callee(call) == release for call in tree.calls(block))


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
