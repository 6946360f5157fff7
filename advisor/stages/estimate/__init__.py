"""Estimate: one case in, what each model would gain at it out, as a range that says what it rests on.

The range takes each input in turn to the worst and the best it may be, the others as expected: all at their worst at
once is not a forecast but a fear.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from msgspec import structs

from advisor.model.case import Case
from advisor.model.concurrency import Executor, Model
from advisor.model.effect import Effect, Range
from advisor.model.estimate import WORTHWHILE, Basis, Forecast, Machine, Outlook, Speedup, Target
from advisor.model.site import DependenceKind
from advisor.stages.estimate.timing import CONNECTIONS, COROUTINES, THREADS, Sample, Way, interpreters, ways

__all__ = ["estimate", "outlook"]

_MAX_ITEMS = 10_000_000
_FIRST_INTERPRETERS = (3, 14)
_OVERHEAD = Range(0.7, 1.0, 2.0)  # other machines, and children that import more
_SCALING = Range(0.8, 1.0, 1.1)  # a core that others use too, or that runs hot, does less
_CROWDING = Range(1.0, 1.0, 1.5)  # the other side serves many at once more slowly than one


def estimate(case: Case, machine: Machine, target: Target) -> Forecast:
    """Each model's speed-up over running one item after the other."""
    speedups = {model: _speedup(case, way) for model, way in ways(case, machine, target).items()}
    return Forecast(by_model=speedups, sequential_seconds=case.work.items * case.work.per_item)


def outlook(
    case: Case, model: Model, executor: Executor, machine: Machine, target: Target, cores: Iterable[int] = ()
) -> Outlook:
    """What else a reader wants to know of the advice: from how many items on it pays, what other numbers of `cores`
    would make of it, and what interpreters would gain in place of processes."""

    def on(these: Target) -> Way:
        if executor is Executor.INTERPRETER_POOL:
            return interpreters(case, machine, these)
        return ways(case, machine, these)[model]

    side_by_side = target.python >= _FIRST_INTERPRETERS and model is Model.MULTIPROCESSING
    return Outlook(
        break_even=_break_even(_expected(case), on(target)),
        on_cores={number: _speedup(case, on(replace(target, cores=number))) for number in cores},
        interpreters=_speedup(case, interpreters(case, machine, target)) if side_by_side else None,
    )


def _speedup(case: Case, way: Way) -> Speedup:
    evidence, expected = case.evidence, _expected(case)
    basis: Basis = "static" if evidence is None else "profile"
    timing = way(expected)
    gains = [_gain(sample, way) for sample in _samples(case, expected)]
    low, high = min(gains), max(gains)
    return Speedup(
        low=low,
        expected=_gain(expected, way),
        high=high,
        basis=basis,
        workers=timing.workers,
        because=timing.because,
        program_low=None if evidence is None else _amdahl(evidence.share, low),
        program_high=None if evidence is None else _amdahl(evidence.share, high),
    )


def _gain(sample: Sample, way: Way) -> float:
    seconds = way(sample).seconds
    return sample.items * sample.per_item / seconds if seconds > 0 else 1.0


def _amdahl(share: float, speedup: float) -> float:
    return 1 / ((1 - share) + share / speedup) if speedup > 0 else 1.0


def _at_once(case: Case) -> tuple[Range, Range]:
    """How many waits threads and coroutines overlap: as many as the pool that is there has workers, else as is usual."""
    if case.workers is not None:
        return Range.exactly(case.workers), Range.exactly(case.workers)
    main = case.effects[0].effect if case.effects else None
    if main is Effect.DATABASE or case.dependence.kind is DependenceKind.EXIT:
        return CONNECTIONS, CONNECTIONS  # where the first hit ends it, what else was asked for is thrown away
    if any(each.effect is Effect.SUBPROCESS or "subprocess" in each.api for each in case.effects):
        return THREADS, THREADS  # nobody starts programs by the hundred, awaited or not
    return THREADS, COROUTINES


def _expected(case: Case) -> Sample:
    work, (threads, coroutines) = case.work, _at_once(case)
    return Sample(
        items=max(1.0, work.items.expected),
        interpreter=work.interpreter.expected,
        native=work.native.expected,
        waiting=work.waiting.expected,
        child=work.child.expected,
        payload=work.payload.expected,
        threads=threads.expected,
        coroutines=coroutines.expected,
    )


def _samples(case: Case, expected: Sample) -> Iterator[Sample]:
    """The expected run, and runs in which one input is as low or as high as it may be."""
    work, (threads, coroutines) = case.work, _at_once(case)
    yield expected
    for end in ("low", "high"):
        yield structs.replace(expected, items=max(1.0, getattr(work.items, end)))
        for part in ("interpreter", "native", "waiting", "child", "payload"):
            yield structs.replace(expected, **{part: getattr(getattr(work, part), end)})
        yield structs.replace(expected, overhead=getattr(_OVERHEAD, end))
        yield structs.replace(expected, scaling=getattr(_SCALING, end))
        yield structs.replace(expected, crowding=getattr(_CROWDING, end))
        yield structs.replace(expected, threads=getattr(threads, end), coroutines=getattr(coroutines, end))


def _break_even(sample: Sample, way: Way) -> int | None:
    """The fewest items from which it gains enough; None when no number of items is enough."""
    if sample.per_item <= 0:
        return None

    def pays(items: int) -> bool:
        return _gain(structs.replace(sample, items=float(items)), way) >= WORTHWHILE

    too_few, enough = 1, 2
    while not pays(enough):
        too_few, enough = enough, enough * 2
        if enough > _MAX_ITEMS:
            return None
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if pays(middle) else (middle, enough)
    return enough
