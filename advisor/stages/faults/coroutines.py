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
from advisor.stages.faults.tasks import bound_to, is_seen_elsewhere, reads

_ASKS = frozenset(["not", "==", "!=", "<", "<=", ">", ">="])
_DEEPEST = 3
_LEAVE_ALONE = frozenset(["staticmethod", "classmethod"])
_KNOWS_BETTER = frozenset(
    ["get_running_loop", "is_running", "nest_asyncio", "_get_running_loop", "run_coroutine_threadsafe", "Thread"]
)


def _never_awaited(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A coroutine function of the project that is called as a statement, or whose coroutine is only asked whether it is true."""
    made = [(spot, called) for spot in sight.spots(info) if (called := _coroutines(sight, spot))]
    tested = _tested(info) if made else ()
    for spot, called in made:
        if spot.fate is not Fate.DROPPED and not _is_only_tested(info, spot, tested):
            continue
        if _in_the_other_flavour(info, spot.call.line) or sight.asks_what_is_a_coroutine(info):
            continue
        because = f"`{called[0].name}` is an `async def`"
        yield at(spot.call, written(spot.call), because, 0)


def _coroutines(sight: Sight, spot: Spot) -> list[FunctionInfo]:
    """The coroutine functions of the project that a call may run, where it surely runs nothing else."""
    targets = [t for t in sight.program.targets(spot.function.id, spot.call) if not t.callback]
    called = [sight.program.functions[t.name] for t in targets if t.kind == "function"]
    if len(called) < len(targets) or any(t.guessed for t in targets):
        return []
    return called if all(f.is_async and not f.is_generator and not f.decorators for f in called) else []


def _tested(info: FunctionInfo) -> tuple[code.Expr, ...]:
    """The expressions of which a function only asks whether they are true, or how they compare with others."""
    found: list[code.Expr] = []
    for statement in info.statements:
        match statement:
            case code.If(test=test) | code.While(test=test):
                found.append(test)
            case code.Assert(parts=(test, *_)):
                found.append(test)
    for each in info.expressions:
        match each:
            case code.Comprehension(clauses=clauses):
                found += [condition for clause in clauses for condition in clause.conditions]
            case code.Operation(operator="if", operands=(_, test, _)):
                found.append(test)
            case code.Operation(operator="and" | "or", operands=(*operands, _)):
                found += operands  # the last one is what the whole may give
            case code.Operation(operator=operator, operands=operands) if operator in _ASKS:
                found += operands
    for test in found:  # and the last one of what is tested itself
        if isinstance(test, code.Operation) and test.operator in ("and", "or"):
            found.append(test.operands[-1])
    return tuple(found)


def _is_only_tested(info: FunctionInfo, spot: Spot, tested: tuple[code.Expr, ...]) -> bool:
    """Is the value of a call tested where it stands, or bound to a name of the function that is tested and read nowhere else?"""
    if any(each is spot.call for each in tested):
        return True
    name = bound_to(spot)
    if name is None or is_seen_elsewhere(info, name):
        return False
    asked = {id(each) for each in tested}
    read = reads(info, name)
    return bool(read) and all(id(each) in asked for each in read)


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
    """An ordinary function called from a coroutine that starts an event loop of its own, itself or in what it calls."""
    for spot in sight.spots(info) if info.is_async else ():
        found = next((f for each in _surely_called(sight, spot) if (f := _starts_a_loop(sight, each, _DEEPEST))), None)
        if found is not None:
            because = f"`{found.function.name}` calls `{written(found.call)}` in line {found.call.line}"
            yield at(spot.call, written(spot.call), because, found.call.line)


def _surely_called(sight: Sight, spot: Spot) -> Iterator[FunctionInfo]:
    """The ordinary functions of the project that a call runs here and now."""
    for target in sight.program.targets(spot.function.id, spot.call):
        if target.kind == "function" and not (target.callback or target.guessed or target.conditional):
            called = sight.program.functions[target.name]
            if not called.is_async and not called.is_generator and all(map(_leaves_alone, called.decorators)):
                yield called


def _leaves_alone(decorator: code.Expr) -> bool:
    return (tree.dotted(decorator) or "").rpartition(".")[2] in _LEAVE_ALONE


def _starts_a_loop(sight: Sight, info: FunctionInfo, depth: int) -> Spot | None:
    """The call by which a function surely starts an event loop; None where it first asks whether one runs."""
    spots = sight.spots(info)
    if not _KNOWS_BETTER.isdisjoint(info.names_read | {spot.last for spot in spots}):
        return None
    for spot in spots:
        if Around.TRY in spot.around or _may_be_passed_by(sight, info, spot):
            continue
        if any(map(sight.catalog.runs_loop, spot.names)):
            return spot
        for called in _surely_called(sight, spot) if depth > 1 else ():
            found = _starts_a_loop(sight, called, depth - 1)
            if found is not None:
                return found
    return None


def _may_be_passed_by(sight: Sight, info: FunctionInfo, spot: Spot) -> bool:
    """Does an `if` decide whether a run of the function comes to the call? One that asks for an answer kept from before does not
    where coroutines alone call the function: the first of them finds none."""
    first = info.body[0].line if info.body else 0
    before = [s for s in info.statements if isinstance(s, code.If) and first <= s.line < spot.call.line]
    if not before:
        return False
    kept = {name for s in info.statements if isinstance(s, code.Assign) for name in map(_kept_in, s.targets) if name}
    asked = [{name for node in tree.every(s.test) if (name := tree.dotted(node))} for s in before]
    if any(kept.isdisjoint(names) for names in asked):
        return True
    callers = sight.program.callers(info.id)
    return not callers or not all(sight.program.functions[caller].is_async for caller, _ in callers)


def _kept_in(target: code.Expr) -> str | None:
    """What outlives the run that sets it: `self.cache[key] = …`, `self.answer = …`."""
    return (
        tree.dotted(target.value if isinstance(target, code.Subscript) else target)
        if not isinstance(target, code.Name)
        else None
    )


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
                    named = tree.dotted(context) or "the lock"
                    because = _held_while(sight, named, kind, awaited)
                    yield Clue(statement.line, statement.column, statement.line, named, because, awaited)
    for spot in sight.spots(info):
        lock = receiver(spot.call)
        if spot.last == "acquire" and lock is not None and _waits(spot) and tree.dotted(lock) is not None:
            kind = _blocking_lock(sight, info, lock)
            lines, released = _held(info.body, spot.statement, f"{tree.dotted(lock)}.release") or ((), False)
            if kind is not None and released and lines:
                named = tree.dotted(lock) or ""
                yield at(spot.call, named, _held_while(sight, named, kind, lines[0]), lines[0])


def _held_while(sight: Sight, lock: str, kind: str, awaited: int) -> str:
    held = f"`{lock}` is a `{kind}`, held while line {awaited} awaits"
    if any(known.reentrant for known in sight.catalog.lineage(kind)):
        return f"{held}: the other coroutines of this thread get it all the same, so it keeps none of them out"
    return f"{held}: a coroutine that asks for it meanwhile stops the event loop, and both wait for ever"


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
