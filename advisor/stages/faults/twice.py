"""Twice: a lock that its holder takes again, and for which it then waits for ever: nobody else can release it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.fault import Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.model.state import BELOW, INSIDE, Piece, Place, RootKind, Use
from advisor.questions.calls import last_name, receiver
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.spots import Spot, always

_ONE_AND_THE_SAME = frozenset({RootKind.SELF, RootKind.GLOBAL, RootKind.PARAM, RootKind.LOCAL})


_DEEPEST = 3  # calls from where the lock is held to where it is taken again
_AWAITED = (Fate.AWAITED, Fate.AWAITED_AND_DROPPED)


@dataclass(frozen=True, slots=True)
class _Held:
    """`lock` is taken in `line`, and held while `body` runs."""

    lock: code.Expr
    line: int
    body: tree.Block


def _taken_twice(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`with self._lock: self.start()`, where `start` takes the same lock."""
    for held in _regions(info.body):
        kind, place = _lock(sight, info, held.lock)
        if place is None:
            continue
        for statement in held.body:
            uses = sight.summaries.state(Piece(info.id, (statement,))).uses
            same = [use for use in uses if use.place == place and use.type == kind]
            if _given_back(info, same):
                break
            again = next((use for use in same if _waits(sight, info, statement, use)), None)
            if again is not None:
                yield _clue(sight, info, held, statement, again)
                break


def _regions(block: tree.Block) -> Iterator[_Held]:
    """Where a lock is held: the blocks of `with lock`, and what stands between `acquire()` and `release()`."""
    for position, statement in enumerate(block):
        if isinstance(statement, code.With):
            yield from (_Held(context, statement.line, statement.body) for context, _ in statement.items)
        taken = _acquired(statement)
        if taken is not None:
            yield _Held(taken, statement.line, tuple(_until_released(block[position + 1 :], taken)))
        for inner in tree.blocks(statement) if not isinstance(statement, code.Function | code.Class) else ():
            yield from _regions(inner)


def _acquired(statement: code.Stmt) -> code.Expr | None:
    """The lock that a statement takes and waits for, `lock.acquire()`."""
    match statement:
        case code.Evaluate(value=code.Call() as call) | code.Evaluate(value=code.Await(value=code.Call() as call)):
            if last_name(call) == "acquire" and not call.arguments and not call.keywords:
                return receiver(call)
    return None


def _until_released(behind: tree.Block, lock: code.Expr) -> Iterator[code.Stmt]:
    for statement in behind:
        if isinstance(statement, code.Try):
            yield from _until_released(statement.body, lock)
            return
        if any(last_name(call) == "release" and receiver(call) == lock for call in tree.calls((statement,))):
            return
        yield statement


def _lock(sight: Sight, info: FunctionInfo, lock: code.Expr) -> tuple[str, Place | None]:
    """The class of a lock that its holder cannot take again, and the one place where it is; None where it is not that."""
    kinds = sorted(sight.kinds(info.id, lock))
    if len(kinds) != 1 or not any(known.reentrant is False for known in sight.catalog.lineage(kinds[0])):
        return "", None
    places = sight.program.objects.places(info.id, lock)
    place = next(iter(places), None)
    if len(places) != 1 or place is None or place.root.kind not in _ONE_AND_THE_SAME:
        return "", None
    some = any(part in (BELOW, INSIDE) or part.startswith("[") for part in place.path)
    return kinds[0], None if some else place


def _given_back(info: FunctionInfo, uses: list[Use]) -> bool:
    """Is the lock released meanwhile, and not only by those who have taken it again themselves?"""
    takers = {use.where.function for use in uses if use.api.endswith(".acquire")} - {info.id}
    return any(use.api.endswith(".release") and use.where.function not in takers for use in uses)


def _waits(sight: Sight, info: FunctionInfo, statement: code.Stmt, use: Use) -> bool:
    """Does what is called surely take the lock, and wait for it however long?"""
    if not use.api.endswith(".acquire"):
        return False
    where = sight.program.functions[use.where.function]
    runs = tree.statements((statement,)) if where.id == info.id else always(where.body)
    taken = [each for each in runs if each.line == use.where.line]
    if not any(isinstance(each, code.With) or _acquired(each) is not None for each in taken):
        return False
    if where.id == info.id and not use.where.calls:
        return True
    here = (spot for spot in sight.spots(info) if spot.call.uid in use.where.calls and _is_in(statement, spot))
    return any(_leads_there(sight, spot, use, _DEEPEST) for spot in here)


def _is_in(statement: code.Stmt, spot: Spot) -> bool:
    return any(each is spot.statement for each in tree.statements((statement,)))


def _leads_there(sight: Sight, spot: Spot, use: Use, steps: int) -> bool:
    """Does a call surely run the function in which the lock is taken, here and now, itself or through others?"""
    targets = [t for t in sight.program.targets(spot.function.id, spot.call) if t.kind == "function"]
    called = [sight.program.functions[t.name] for t in targets]
    if any(t.guessed or t.conditional or t.callback for t in targets):
        return False
    if any(f.is_generator or (f.is_async and spot.fate not in _AWAITED) for f in called):
        return False
    if any(f.id == use.where.function for f in called):
        return True
    sure = {id(each) for f in called for each in always(f.body)} if steps else set()
    further = (s for f in called for s in sight.spots(f) if id(s.statement) in sure)
    return any(_leads_there(sight, each, use, steps - 1) for each in further)


def _clue(sight: Sight, info: FunctionInfo, held: _Held, statement: code.Stmt, again: Use) -> Clue:
    """At the call that leads to the second taking, or where that is."""
    name = tree.dotted(held.lock) or "the lock"
    where = sight.program.functions[again.where.function]
    if where.id == info.id:
        return Clue(again.where.line, 0, again.where.line, name, f"line {held.line} holds it already", held.line)
    because = f"line {held.line} holds it, and `{where.name}` takes it again in line {again.where.line}"
    leading = (s for s in sight.spots(info) if s.call.uid in again.where.calls and _is_in(statement, s))
    spot = max(leading, key=lambda each: each.call.line, default=None)
    if spot is None:
        return Clue(statement.line, 0, statement.line, name, because, again.where.line)
    return at(spot.call, name, because, again.where.line)


TWICE_FACTS: Mapping[str, Detector] = {Fact.LOCK_TAKEN_TWICE: _taken_twice}
