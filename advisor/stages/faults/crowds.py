"""Crowds: coroutines that are started together, one for each item of something, and what holds them back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.catalog import Elements, Waiter
from advisor.model.fault import Around, Fate
from advisor.model.program import FunctionInfo
from advisor.questions import pools
from advisor.questions.calls import entries, receiver
from advisor.questions.locks import is_limit
from advisor.stages.faults.lifted import names_that_lift
from advisor.stages.faults.sight import Sight
from advisor.stages.faults.spots import Spot

Walk = code.For | code.Comprehension | code.Call

_BOUNDS = ("limit", "throttl", "semaphore", "concurren", "bucket")
_BOUND_WORDS = frozenset(["sem", "slots", "permits", "workers", "tokens"])
_PORTIONS = ("batch", "chunk", "worker", "buffer")
_ADDS = ("append", "add")


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """What `spot` starts: for each round of `walk` the coroutine that `maker` makes.

    `together` when the call is handed them all; `awaited` when somebody waits for all of them before going on.
    """

    spot: Spot
    walk: Walk
    maker: code.Expr
    together: bool
    awaited: bool

    @property
    def iterable(self) -> code.Expr:
        match self.walk:
            case code.Comprehension(clauses=(*_, last)):
                return last.iterable
            case code.For(iterable=iterable):
                return iterable
        assert isinstance(self.walk, code.Call)
        return self.walk.arguments[1]

    @property
    def names(self) -> frozenset[str]:
        """What has another value for each of them."""
        return frozenset() if isinstance(self.walk, code.Call) else frozenset(tree.bound_each_round(self.walk))

    @property
    def comes_in_portions(self) -> bool:
        """Is it one crowd after the other?"""
        return self.together and Around.LOOP in self.spot.around


def crowds(sight: Sight, info: FunctionInfo) -> Iterator[Crowd]:
    """The crowds that a function starts, each once: where its coroutines are gathered, else where each is started."""
    seen: set[int] = set()
    started = [start for spot in sight.spots(info) if (start := _starts(sight, info, spot)) is not None]
    for start in started:
        for walk, maker in _makers(sight, info, start.given) if start.together else ():
            seen.add(walk.uid)
            yield Crowd(start.spot, walk, maker, together=True, awaited=True)
    for start in started:
        loop = start.spot.loop
        if start.together or not isinstance(loop, code.For | code.Comprehension) or loop.uid in seen:
            continue
        if not _takes_its_time(loop, start.given):
            seen.add(loop.uid)
            kept = start.grouped or (isinstance(loop, code.Comprehension) and start.spot.fate is Fate.USED)
            yield Crowd(start.spot, loop, start.given, together=False, awaited=kept)


@dataclass(frozen=True, slots=True, eq=False)
class _Start:
    """A call that starts what `given` gives beside what goes on: all coroutines of a list, or one, in a group or by itself."""

    spot: Spot
    given: code.Expr
    together: bool
    grouped: bool


def _starts(sight: Sight, info: FunctionInfo, spot: Spot) -> _Start | None:
    owner = receiver(spot.call)
    for _, entry in entries(sight.program, sight.catalog, info.id, spot.call):
        group = owner is not None and pools.pool_of(sight.program, sight.catalog, info.id, owner) is Waiter.TASK
        if entry.coroutines:
            match spot.call.arguments:
                case (code.Starred(value=given),):
                    return _Start(spot, given, together=True, grouped=False)
                case (given, *_) if entry.elements is not Elements.SAME:
                    return _Start(spot, given, together=True, grouped=False)
                case (given, *_):
                    return _Start(spot, given, together=False, grouped=group)
        if entry.callback_in == "loop" and group:
            return _Start(spot, spot.call, together=False, grouped=True)
    return None


def _takes_its_time(loop: code.For | code.Comprehension, given: code.Expr) -> bool:
    """Does a loop wait in each round, so that its tasks do not come all at once, or walk what comes in over time?"""
    if isinstance(loop, code.Comprehension):
        return any(clause.is_async for clause in loop.clauses)
    inside = {id(each) for each in tree.every(given)}
    waits = any(isinstance(e, code.Await) and id(e) not in inside for e in tree.expressions(loop.body))
    blocks = any(isinstance(s, code.With | code.For) and s.is_async for s in tree.statements(loop.body))
    return loop.is_async or waits or blocks


def _makers(sight: Sight, info: FunctionInfo, tasks: code.Expr, depth: int = 2) -> Iterator[tuple[Walk, code.Expr]]:
    """What a list of coroutines is made by: pairs of what walks the items and the expression that makes one."""
    match tasks:
        case code.Comprehension(element=element, kind=kind) if kind != "dict":
            yield tasks, _made(sight, info, element)
        case code.Call(function=code.Name(id="map"), arguments=(_, _)):
            yield tasks, tasks
        case code.Call(function=code.Name(id="list" | "tuple" | "set"), arguments=(inner,)):
            yield from _makers(sight, info, inner, depth)
        case code.Starred(value=inner) | code.Display(items=(inner,)):
            yield from _makers(sight, info, inner, depth)
        case code.Name(id=name) if depth:
            for value in sight.program.objects.values_of(info.id, name) or ():
                yield from _makers(sight, info, value, depth - 1)
            for loop, item in additions(sight, info, name):
                if not _takes_its_time(loop, item):
                    yield loop, _made(sight, info, item)


def _made(sight: Sight, info: FunctionInfo, item: code.Expr) -> code.Expr:
    """The call that makes one: what a name stands for, where it has one value."""
    values = sight.program.objects.values_of(info.id, item.id) if isinstance(item, code.Name) else None
    return values[0] if values is not None and len(values) == 1 else item


def additions(sight: Sight, info: FunctionInfo, name: str) -> Iterator[tuple[code.For, code.Expr]]:
    """The loops that put something into the list or set `name` each round, and what they put."""
    for spot in sight.spots(info):
        owner = receiver(spot.call)
        here = isinstance(owner, code.Name) and owner.id == name
        if here and spot.last in _ADDS and isinstance(spot.loop, code.For) and len(spot.call.arguments) == 1:
            yield spot.loop, spot.call.arguments[0]


# ---- what holds them back


def is_bounded(sight: Sight, info: FunctionInfo, crowd: Crowd) -> bool:
    """Does anything that the coroutines run let in only so many at a time, or is a limit spoken of where they are started?"""
    calls = tuple(node for node in tree.every(crowd.maker) if isinstance(node, code.Call))
    if any(t.callback in ("thread", "process") for call in calls for t in sight.program.targets(info.id, call)):
        return True  # a pool has so many workers
    reached = sight.summaries.reached(info.id, calls)
    around = (info, *(sight.program.functions[parent] for parent in _parents(sight, info)))
    inside = [sight.program.functions[function] for function in sorted(reached)]
    return (
        any(_speaks_of(sight, each, (*_BOUNDS, *_PORTIONS)) for each in around)
        or any(_speaks_of(sight, each, _BOUNDS) for each in inside)
        or any(_has_a_limit(sight, each) for each in (*around, *inside))
    )


def _parents(sight: Sight, info: FunctionInfo) -> Iterator[str]:
    parent = info.parent
    while parent is not None and not sight.program.functions[parent].is_module:
        yield parent
        parent = sight.program.functions[parent].parent


def _has_a_limit(sight: Sight, info: FunctionInfo) -> bool:
    return any(
        is_limit(sight.program, sight.catalog, info.id, context)
        for statement in info.statements
        if isinstance(statement, code.With)
        for context, _ in statement.items
    )


def _speaks_of(sight: Sight, info: FunctionInfo, words: tuple[str, ...]) -> bool:
    beside = names_that_lift(sight, info)
    names = [name.lower() for name in _names(info) if name not in beside]
    return any(word in name for name in names for word in words) or any(
        not _BOUND_WORDS.isdisjoint(name.split("_")) for name in names
    )


def _names(info: FunctionInfo) -> Iterator[str]:
    yield info.name.rpartition(".")[2]
    yield from (parameter.name for parameter in info.parameters)
    for decorator in info.decorators:
        yield tree.dotted(decorator.function if isinstance(decorator, code.Call) else decorator) or ""
    for expression in info.expressions:
        if isinstance(expression, code.Name):
            yield expression.id
        elif isinstance(expression, code.Attribute):
            yield expression.name
        elif isinstance(expression, code.Call):
            yield from (keyword.name for keyword in expression.keywords if keyword.name is not None)
