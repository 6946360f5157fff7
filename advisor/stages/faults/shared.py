"""Shared: what is one and the same for all the threads that run a function at the same time, and whether a lock guards it."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import FunctionInfo, Value
from advisor.model.state import Place, RootKind, Where
from advisor.model.words import is_named
from advisor.questions.handlers import maker
from advisor.questions.lineage import lineage
from advisor.stages.faults.memory import module_of, values_at
from advisor.stages.faults.sight import Sight
from advisor.stages.faults.workers import (
    Handover,
    alone,
    argument_of,
    handovers,
    is_bound_anew,
    on_the_way,
    several,
)


def crews(sight: Sight, info: FunctionInfo, where: str = "thread") -> Iterator[Handover]:
    """What `info` hands to threads (or processes) of which several run at the same time; of those written out the first."""
    told = set[str]()
    for handover in handovers(sight, info, where):
        if handover.worker is None or handover.worker.id in told or alone(sight, handover):
            continue
        if several(sight, handover) or _written_twice(sight, handover):
            told.add(handover.worker.id)
            yield handover


def _written_twice(sight: Sight, handover: Handover) -> bool:
    """`Thread(target=work)` twice in one block, and neither ended before the other begins."""
    spot, worker = handover.spot, handover.worker
    if worker is None or spot.last != "Thread" or handover.starts_a_class:
        return False
    others = [
        other
        for other in sight.spots(spot.function)
        if other.last == "Thread" and other.call.line > spot.call.line and other.loop is None
        if _function_handed(other.call) == _function_handed(spot.call)
        if any(
            t.callback == "thread" and t.name == worker.id for t in sight.program.targets(spot.function.id, other.call)
        )
    ]
    if not others or spot.loop is not None:
        return False
    first, last = spot.call.line, others[0].call.line
    together = any(
        {id(spot.statement), id(others[0].statement)} <= set(map(id, b)) for b in _blocks(spot.function.body)
    )
    between = (s for s in sight.spots(spot.function) if first < s.call.line < last)
    return together and not any(s.last == "join" for s in between)


def _blocks(block: tree.Block) -> Iterator[tree.Block]:
    yield block
    for statement in block:
        if not isinstance(statement, code.Function | code.Class):
            for inner in tree.blocks(statement):
                yield from _blocks(inner)


def guarded(sight: Sight, handover: Handover, where: Where) -> bool:
    """Is a lock held there, or around a call on the way there, or by what decorates a function on the way?"""
    return any(
        sight.locked(info.id, line) or any(_locks(sight, info, each) for each in info.decorators)
        for info, line in on_the_way(sight, handover, where)
    )


def _locks(sight: Sight, info: FunctionInfo, decorator: code.Expr) -> bool:
    """Does a decorator take a lock around what it decorates: by its name, or in the functions that it makes?"""
    if is_named(maker(decorator), sight.catalog.words.locks):
        return True
    made = decorator.function if isinstance(decorator, code.Call) else decorator
    names = {value.name for value in sight.program.values(info.parent or info.id, made) if value.kind == "function"}
    inner = [f for f in sight.program.functions.values() if any(f.id.startswith(f"{name}.<locals>") for name in names)]
    return any(sight.locked(f.id, call.line) for f in inner for call in f.calls)


def is_shared(sight: Sight, handover: Handover, place: Place, function: str) -> bool:
    """Is the place that `function` touches one and the same for all workers?

    That is a global, a variable of the function that hands them out or of one around it, or their common object.
    """
    if _is_of_each_thread(sight, place, function):
        return False
    if place.root.kind is RootKind.GLOBAL:
        return True
    if place.root.kind is RootKind.LOCAL:
        return _owner(sight, function, place.root.name) in _around(sight, handover.spot.function.id)
    if place.root.kind is not RootKind.SELF or handover.worker is None or handover.worker.owner is None:
        return False
    target = _function_handed(handover.spot.call)
    if not isinstance(target, code.Attribute) or not isinstance(target.value, code.Name | code.Attribute):
        return False
    return target.value == code.Name("self") or not is_bound_anew(handover.spot, target.value)


def _is_of_each_thread(sight: Sight, place: Place, function: str) -> bool:
    """Is it a part of something that each thread has its own of, such as a `threading.local()`?"""
    where, named = function, code.Name(place.root.name)
    if place.root.kind is RootKind.GLOBAL:
        where = module_of(sight, place.root) or function
    for length in range(len(place.path) + 1):
        for value in values_at(sight, where, named, place.path[:length]):
            outside = [value.name] if value.kind == "object" else _bases(sight, value)
            if any(known.per_thread for name in outside for known in sight.catalog.lineage(name)):
                return True
    return False


def _bases(sight: Sight, value: Value) -> list[str]:
    """The classes from outside above one of the project."""
    if value.kind not in ("instance", "some"):
        return []
    above = lineage(sight.program, sight.program.classes[value.name])
    return [
        v.name
        for cls in above
        for base in cls.bases
        for v in sight.program.values(cls.parent, base)
        if v.kind == "external"
    ]


def is_handed(sight: Sight, handover: Handover, place: Place) -> bool:
    """Is it a parameter of the worker, for which one object is handed over each time?"""
    if place.root.kind is not RootKind.PARAM or handover.worker is None:
        return False
    given = argument_of(sight, handover, place.root.index)
    return isinstance(given, code.Name | code.Attribute) and not is_bound_anew(handover.spot, given)


def _owner(sight: Sight, function: str, name: str) -> str:
    """The function around `function` whose variable `name` is, or the top level of the file."""
    where = sight.program.functions[function]
    while where.parent is not None:
        where = sight.program.functions[where.parent]
        if where.is_module or name in {p.name for p in where.parameters} or name in tree.bound_in(where.body):
            break
    return where.id


def _around(sight: Sight, function: str) -> frozenset[str]:
    """A function with all that it stands in, and the top levels of all files."""
    found = {info.id for info in sight.program.functions.values() if info.is_module}
    where: str | None = function
    while where is not None:
        found.add(where)
        where = sight.program.functions[where].parent
    return frozenset(found)


def _function_handed(call: code.Call) -> code.Expr | None:
    for keyword in call.keywords:
        if keyword.name in ("target", "func", "fn"):
            return keyword.value
    return call.arguments[0] if call.arguments else None
