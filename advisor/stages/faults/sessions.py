"""Tasks: one connection or session in the hands of several tasks of an event loop, where it can serve one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import ThreadSafety
from advisor.model.effect import Effect
from advisor.model.fault import Around, Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.model.state import Piece, RootKind, Use
from advisor.questions.pools import starts_coroutines
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.spots import Spot

_COMMON = frozenset({RootKind.GLOBAL, RootKind.SELF, RootKind.PARAM, RootKind.LOCAL})


def _shared_by_tasks(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Coroutines that run at the same time and wait for answers on one connection."""
    if not info.is_async:
        return
    for spot in sight.spots(info):
        if starts_coroutines(sight.program, sight.catalog, info.id, spot.call):
            found = _in_rounds(sight, spot) or _side_by_side(sight, spot)
            if found is not None:
                where = sight.program.functions[found.where.function].name
                because = f"`{where}` awaits `{found.api}` on it in line {found.where.line}"
                yield at(
                    spot.call,
                    found.place.label,
                    f"{because}; a `{found.type}` serves one task at a time",
                    found.where.line,
                )


def _side_by_side(sight: Sight, spot: Spot) -> Use | None:
    """Of `gather(f(session), g(session))`: what two of them use."""
    before: list[Use] = []
    for argument in spot.call.arguments:
        if isinstance(argument, code.Starred):
            continue
        uses = list(_uses(sight, spot, argument, frozenset()))
        twice = next((use for use in uses if any(use.place == other.place for other in before)), None)
        if twice is not None:
            return twice
        before += uses
    return None


def _in_rounds(sight: Sight, spot: Spot) -> Use | None:
    """Of coroutines that a loop or comprehension makes: what all of them use and none has of its own."""
    for element, anew in _makers(spot):
        for use in () if _starts(sight, spot, element) else _uses(sight, spot, element, anew):
            if use.place.root.name not in anew:
                return use
    return None


def _starts(sight: Sight, spot: Spot, element: code.Expr) -> bool:
    """Is it a task that has been started already, of which is told where that is?"""
    return isinstance(element, code.Call) and starts_coroutines(sight.program, sight.catalog, spot.function.id, element)


def _makers(spot: Spot) -> Iterator[tuple[code.Expr, frozenset[str]]]:
    """The coroutines that are made each round and run at the same time, with the names that each round gives a value."""
    loop = spot.loop
    if Around.LOOP in spot.around and loop is not None and spot.call.arguments:
        awaited = spot.fate in (Fate.AWAITED, Fate.AWAITED_AND_DROPPED)
        if not awaited and isinstance(loop, code.For) and not _waits_in(loop):
            yield spot.call.arguments[0], frozenset((*tree.bound_each_round(loop), *tree.bound_in(loop.body)))
        elif isinstance(loop, code.Comprehension):
            yield spot.call.arguments[0], frozenset(tree.bound_each_round(loop))
    for argument in spot.call.arguments:
        given = argument.value if isinstance(argument, code.Starred) else argument
        for made in (given, *_listed(spot.function, given)):
            if isinstance(made, code.Comprehension):
                yield made.element, frozenset(tree.bound_each_round(made))
        for loop, element in _appended(spot.function, given):
            yield element, frozenset((*tree.bound_each_round(loop), *tree.bound_in(loop.body)))


def _waits_in(loop: code.For) -> bool:
    """Does the loop wait before it goes on, so that there may be one task at a time?"""
    heads = (head for statement in tree.statements(loop.body) for head in tree.heads(statement))
    return any(isinstance(node, code.Await) for head in heads for node in tree.every(head))


def _listed(info: FunctionInfo, given: code.Expr) -> Iterator[code.Expr]:
    if isinstance(given, code.Name):
        for statement in info.statements:
            if isinstance(statement, code.Assign) and given in statement.targets and statement.value is not None:
                yield statement.value


def _appended(info: FunctionInfo, given: code.Expr) -> Iterator[tuple[code.For, code.Expr]]:
    """`tasks.append(load(session, x))` in a loop, for what is given to `gather`."""
    if not isinstance(given, code.Name):
        return
    for loop in info.statements:
        if isinstance(loop, code.For) and not _waits_in(loop):
            for call in tree.calls(loop.body):
                if tree.callee(call) == f"{given.id}.append" and isinstance(call.arguments[0], code.Call):
                    yield loop, call.arguments[0]


def _uses(sight: Sight, spot: Spot, coroutine: code.Expr, anew: frozenset[str]) -> Iterator[Use]:
    """What a coroutine awaits of objects that serve one task at a time, without a lock."""
    piece = Piece(spot.function.id, expressions=(coroutine,), private=anew, handed_over=True)
    for use in sight.summaries.state(piece).uses:
        known = next((k for k in sight.catalog.lineage(use.type) if k.tasks is not ThreadSafety.UNKNOWN), None)
        called = sight.catalog.call(use.api)
        if (
            known is None
            or known.tasks is not ThreadSafety.NO
            or called is None
            or called[1].effect is not Effect.ASYNC
        ):
            continue
        if use.place.root.kind in _COMMON and not _is_guarded(sight, spot, coroutine, use):
            yield use


def _is_guarded(sight: Sight, spot: Spot, coroutine: code.Expr, use: Use) -> bool:
    """Is a lock held there, or around a call that leads there?"""
    made = tuple(node for node in tree.every(coroutine) if isinstance(node, code.Call))
    below = (sight.program.functions[each] for each in sight.summaries.reached(spot.function.id, made))
    on_the_way = ((info.id, call.line) for info in below for call in info.calls if call.uid in use.where.calls)
    return any(sight.locked(*each) for each in ((use.where.function, use.where.line), *on_the_way))


SESSION_FACTS: Mapping[str, Detector] = {Fact.SHARED_BY_TASKS: _shared_by_tasks}
