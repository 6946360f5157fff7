"""Trifles: tasks of a pool that surely take less than it takes to hand them over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code
from advisor.model.effect import COMPUTING, Effect
from advisor.model.fault import Around, Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import Piece
from advisor.model.summary import Summary
from advisor.questions import pools
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot

_IN_CHUNKS = 3.5e-7  # seconds: an item that goes to a process with many others and back (measured)
_BANDWIDTH = 2.5e7  # bytes a second: small objects pickled, sent and unpickled (measured)
_ALONE = {"process": 1e-4, "thread": 1e-5}  # seconds: a task that is handed in alone, at the least (measured)
_KNOWN = 6.0  # machines differ by so much at most: a wider range comes of something that is not known
_SURELY = 2.0  # so many times less than handing it over
_COMPUTES = COMPUTING - {Effect.PARALLEL_NATIVE} | {Effect.NONE}
_DEEP = 3
_TESTS = frozenset({"and", "or", "not", "if", "is", "is not"})
_GROWS = frozenset({"**", "<<", "@", "slice", "in", "not in"})  # how long these take hangs on how big a value is
_SIMPLE = frozenset(f"builtins.{name}" for name in ("int", "float", "bool", "str"))
_CHUNKED = frozenset("map starmap map_async starmap_async".split())


def _trifles(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Many tasks for a pool, each of them smaller than what it costs to hand it over."""
    for spot in sight.spots(info):
        found = pools.hand_over(sight.program, sight.catalog, info.id, spot.call)
        if found is None or not found.by_pool or not found.runs_elsewhere or found.guessed:
            continue
        if not (found.maps or Around.LOOP in spot.around):
            continue
        limit = _handing_over(sight, spot, found)
        summary = sight.summaries.piece(Piece(info.id, expressions=(spot.call,), handed_over=True))
        if limit is not None and _is_known(sight, spot, summary) and summary.cost.total.expected * _SURELY < limit:
            took = _shown(summary.cost.total.expected)
            because = f"a task takes about {took}, and handing it over at least {_shown(limit)}"
            yield at(spot.call, written(spot.call), because)


def _handing_over(sight: Sight, spot: Spot, found: pools.HandOver) -> float | None:
    """The seconds that it takes at the least to hand a task over; None where that is not known."""
    chunked = any(keyword.name in ("chunksize", None) for keyword in spot.call.keywords)
    if found.where == "thread" or not found.maps:
        return _ALONE.get(found.where)
    if not (chunked or spot.last in _CHUNKED) or _is_executor(spot):
        return None  # one by one: a chunk size may be all that is missing
    walked = pools.given(spot.call, found)
    if len(walked) < 1:
        return None
    items = sight.program.length(spot.function.id, walked[0])
    weight = sight.program.weight(spot.function.id, walked[0])
    return _IN_CHUNKS + (weight / items / _BANDWIDTH if weight is not None and items else 0.0)


def _is_executor(spot: Spot) -> bool:
    """The `map` of an executor hands in one by one, that of `multiprocessing` in chunks."""
    return any(name.startswith("concurrent.futures.") for name in spot.names)


def _is_known(sight: Sight, spot: Spot, summary: Summary) -> bool:
    """Is all known that the task does, and is it nothing but computing of a length that the source tells?"""
    targets = [t for t in sight.program.targets(spot.function.id, spot.call) if t.callback]
    seconds = summary.cost.total
    return (
        bool(targets)
        and all(t.kind == "function" and not (t.guessed or t.conditional) for t in targets)
        and not summary.unresolved
        and not summary.parallel_native
        and seconds.high <= _KNOWN * seconds.expected
        and all(proof.effect in _COMPUTES and not proof.guessed for proof in summary.proofs)
        and all(_is_plain(sight, sight.program.functions[t.name], _DEEP) for t in targets)
    )


def _is_plain(sight: Sight, info: FunctionInfo, depth: int) -> bool:
    """Does a function, with those of the project that it calls, work on plain numbers and texts alone? What an operator or
    an attribute does to anything else may take long."""
    if info.is_generator or info.is_async or not all(_is_light(sight, info, each) for each in info.expressions):
        return False
    called = {t.name for call in info.calls for t in sight.program.targets(info.id, call) if t.kind == "function"}
    return not called or (
        depth > 0 and all(_is_plain(sight, sight.program.functions[name], depth - 1) for name in sorted(called))
    )


def _is_light(sight: Sight, info: FunctionInfo, expression: code.Expr) -> bool:
    match expression:
        case code.Operation(operator=operator) if operator in _TESTS:
            return True
        case code.Operation(operator=operator, operands=operands):
            return operator not in _GROWS and all(_is_simple(sight, info, each) for each in operands)
        case code.Attribute(value=value) | code.Subscript(value=value):
            return bool(sight.program.values(info.id, value))
    return True


def _is_simple(sight: Sight, info: FunctionInfo, operand: code.Expr) -> bool:
    values = sight.program.values(info.id, operand)
    return bool(values) and all(value.kind == "object" and value.name in _SIMPLE for value in values)


def _shown(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds >= 1e-6 else "less than 1 µs"


TRIFLE_FACTS: Mapping[str, Detector] = {Fact.TRIFLES_FOR_A_POOL: _trifles}
