"""Single: pools that are made for one call, where the event loop has threads of its own, or one pool would serve all calls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code
from advisor.model.catalog import Answer
from advisor.model.fault import Around, Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.questions import pools
from advisor.questions.calls import entries
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot

_BOUND_AND_READ = 2  # times that a name stands in a function which uses it once


def _pool_for_one_call(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`await loop.run_in_executor(ThreadPoolExecutor(), f)`: a pool for each time that the coroutine comes by."""
    if not info.is_async:
        return
    for spot in sight.spots(info):
        found = pools.hand_over(sight.program, sight.catalog, info.id, spot.call)
        if found is None or found.guessed or found.answer is not Answer.AWAITABLE or found.place != 1:
            continue
        made = _made_for_it(sight, spot) if spot.fate in (Fate.AWAITED, Fate.AWAITED_AND_DROPPED) else None
        if made is not None:
            yield at(made, written(made), f"`{written(spot.call)}` is all that it is for", spot.call.line)


def _made_for_it(sight: Sight, spot: Spot) -> code.Call | None:
    """The call that makes the pool to which the work goes, where nothing else does."""
    info, pool = spot.function, spot.call.arguments[0]
    if isinstance(pool, code.Name) and Around.LOOP not in spot.around:
        values = sight.program.objects.values_of(info.id, pool.id) or ()
        uses = sum(node == pool for node in info.expressions)
        seen = any(pool.id in each.names_read for each in _inner(sight, info))
        if len(values) != 1 or uses > _BOUND_AND_READ or seen or _is_entered(info, pool):
            return None
        pool = values[0]
    return pool if isinstance(pool, code.Call) and _makes_pool(sight, info, pool) else None


def _inner(sight: Sight, info: FunctionInfo) -> Iterator[FunctionInfo]:
    return (each for each in sight.program.files[info.path] if each.parent == info.id)


def _is_entered(info: FunctionInfo, pool: code.Name) -> bool:
    """Is it what a `with` statement gives, whose block ends it?"""
    return any(name == pool for s in info.statements if isinstance(s, code.With) for _, name in s.items)


def _makes_pool(sight: Sight, info: FunctionInfo, made: code.Call) -> bool:
    known = entries(sight.program, sight.catalog, info.id, made)
    return bool(known) and all(
        entry.returns is not None and pools.pool_type(sight.catalog, entry.returns) is not None for _, entry in known
    )


SINGLE_FACTS: Mapping[str, Detector] = {Fact.POOL_FOR_ONE_CALL: _pool_for_one_call}
