"""Own pool: a task that waits for another task of the pool that runs it, which then may have no worker left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code
from advisor.model.effect import Effect
from advisor.model.fault import Around, Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.model.state import Places, RootKind
from advisor.questions import pools
from advisor.questions.calls import entries, receiver
from advisor.stages.faults.relays import Relay, relay
from advisor.stages.faults.same import places_of
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.spots import Spot

_DEEP = 3  # calls followed from a task to where it hands in another one
_ASKS = frozenset("result exception as_completed wait get".split())


def _own_pool(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    for spot in sight.spots(info):
        through, owner = relay(sight, spot), receiver(spot.call)
        if through is not None and through.found.where == "thread":
            worker, pool = through.worker, through.pool
        else:
            through, found = None, _worker(sight, spot)
            if found is None or owner is None:
                continue
            worker, pool = found, places_of(sight, info.id, owner)
        if not _fills_the_pool(sight, spot, worker, through):
            continue
        inner = _waiting(sight, worker, pool, _DEEP) if pool else None
        if inner is not None:
            because = f"`{inner.function.name}` hands in a task in line {inner.call.line} and waits for it"
            yield at(spot.call, worker.name, because, inner.call.line)


def _worker(sight: Sight, spot: Spot) -> FunctionInfo | None:
    """The function of the project that a call surely hands to a pool of threads."""
    found = pools.hand_over(sight.program, sight.catalog, spot.function.id, spot.call)
    if found is None or not found.by_pool or found.where != "thread" or found.guessed:
        return None
    targets = [t for t in sight.program.targets(spot.function.id, spot.call) if t.callback == "thread"]
    if len(targets) != 1 or targets[0].kind != "function" or targets[0].guessed or targets[0].conditional:
        return None
    return sight.program.functions[targets[0].name]


def _fills_the_pool(sight: Sight, spot: Spot, worker: FunctionInfo, through: Relay | None) -> bool:
    """May there be as many such tasks at once as the pool has workers?"""
    workers = _size(sight, spot if through is None else through.at)
    if workers == 1:
        return True
    found = pools.hand_over(sight.program, sight.catalog, spot.function.id, spot.call)
    if found is not None and found.maps:
        walked = next(iter(pools.given(spot.call, found)), None)
    elif Around.LOOP in spot.around and spot.fate not in (Fate.AWAITED, Fate.AWAITED_AND_DROPPED):
        walked = _walked(spot)
    else:
        return worker.id == spot.function.id  # each task hands in another one
    tasks = None if walked is None else sight.program.length(spot.function.id, walked)
    return tasks is None or workers is None or tasks >= workers


def _walked(spot: Spot) -> code.Expr | None:
    match spot.loop:
        case code.For(iterable=iterable) | code.Comprehension(clauses=(code.Clause(iterable=iterable),)):
            return iterable
    return None


def _size(sight: Sight, spot: Spot) -> float | None:
    """The number of workers of the pool, where the source tells."""
    program, owner = sight.program, receiver(spot.call)
    made: list[tuple[str, code.Expr | None]] = []
    match owner:
        case code.Name(id=name):
            made = [(origin.where, origin.expression) for origin in program.objects.origins(spot.function.id, name)]
        case code.Attribute(value=code.Name(id="self"), name=name) if spot.function.owner is not None:
            made = [(where, value) for where, value in program.classes[spot.function.owner].assigned.get(name, ())]
    sizes = [pools.size(program, where, call) for where, call in made if isinstance(call, code.Call)]
    return sizes[0] if len(sizes) == len(made) == 1 else None


def _waiting(
    sight: Sight, info: FunctionInfo, pool: Places, depth: int, seen: frozenset[str] = frozenset()
) -> Spot | None:
    """Where a function hands something to the same pool and waits for it, itself or through what it calls. What is a
    variable of a function on the way is a new pool each time."""
    pool = frozenset(p for p in pool if p.root.kind is not RootKind.LOCAL or p.root.owner not in {*seen, info.id})
    for spot in sight.spots(info):
        found = pools.hand_over(sight.program, sight.catalog, info.id, spot.call)
        owner = receiver(spot.call)
        if found is not None and found.by_pool and owner is not None and not found.guessed:
            same = places_of(sight, info.id, owner) & pool
            if same and _is_waited_for(sight, spot, found):
                return spot
        through = relay(sight, spot)
        if through is not None and through.pool & pool and through.gives_back and _is_asked_for(sight, spot):
            return spot
        for target in sight.program.targets(info.id, spot.call) if depth else ():
            if target.kind != "function" or target.callback or target.guessed or target.conditional:
                continue
            inner = sight.program.functions[target.name]
            if inner.id not in seen and not inner.is_async:
                further = _waiting(sight, inner, pool, depth - 1, seen | {info.id})
                if further is not None:
                    return further
    return None


def _is_waited_for(sight: Sight, spot: Spot, found: pools.HandOver) -> bool:
    """Is the result asked for in the function that handed the task in?"""
    program, function = sight.program, spot.function.id
    if pools.waits_for_result(program, sight.catalog, function, spot.call):
        return True
    if found.maps or spot.fate is Fate.DROPPED:
        return found.maps and spot.fate is Fate.USED and not spot.function.is_generator
    return _is_asked_for(sight, spot)


def _is_asked_for(sight: Sight, spot: Spot) -> bool:
    program, function = sight.program, spot.function.id
    return spot.fate is not Fate.DROPPED and any(
        later.last in _ASKS
        and later.call.line >= spot.call.line
        and any(entry.effect is Effect.LOCK for _, entry in entries(program, sight.catalog, function, later.call))
        for later in sight.spots(spot.function)
    )


OWN_POOL_FACTS: Mapping[str, Detector] = {Fact.WAITS_FOR_OWN_POOL: _own_pool}
