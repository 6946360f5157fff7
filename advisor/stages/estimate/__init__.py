"""Estimate: one case in, what each model would gain at it out, as a distribution that says what it rests on.

Every input is drawn from what it may be, all at once, in the same fixed set of quasi-random runs each time. The share of
those runs that would be worth it is how likely the advice pays.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache, partial
from statistics import NormalDist

from msgspec import structs

from advisor.model.case import Case
from advisor.model.concurrency import Executor, Model
from advisor.model.effect import Range
from advisor.model.estimate import WORTHWHILE, Basis, Curves, Forecast, Machine, Outlook, Speedup, Speedups, Target
from advisor.questions.at_once import at_once
from advisor.stages.estimate.raced import with_race
from advisor.stages.estimate.timing import Sample, Way, interpreters, ways

__all__ = ["curves", "estimate", "outlook", "with_race"]

_RUNS = 40
_TENTH = _RUNS // 10 - 1  # a range is told from the 10th percentile to the 90th
_INPUTS = 10
_LONG = 1.0  # seconds: about a program that takes less nobody asks
_HARDLY_ANY = 0.05  # of all runs
_MAX_ITEMS = 10_000_000
_DECADES = 6.0  # an item may take so many powers of ten more or less
_PRECISION = 0.02  # of a power of ten
_FIRST_INTERPRETERS = (3, 14)
_OVERHEAD = Range(0.7, 1.0, 2.0)  # other machines, and children that import more
_SCALING = Range(0.8, 1.0, 1.1)  # a core that others use too, or that runs hot, does less
_CORES_DRAWN = (1, 2, 4, 8, 16, 32, 64)
_ITEMS_DRAWN = (*(digit * 10**decade for decade in range(6) for digit in (1, 2, 5)), 1_000_000)
_ITEMS_BEYOND = 10  # a curve goes on to so many times the items that there may be, and at least to
_ITEMS_AT_LEAST = 1_000
_CROWDING = Range(1.0, 1.0, 1.5)  # the other side serves many at once more slowly than one


def estimate(case: Case, machine: Machine, target: Target) -> Forecast:
    """Each model's speed-up over running one item after the other."""
    by_model = Speedups(partial(_by_model, case, machine, target))
    return Forecast(by_model=by_model, sequential_seconds=case.work.items * case.work.per_item)


def _by_model(case: Case, machine: Machine, target: Target) -> dict[Model, Callable[[], Speedup]]:
    runs = cache(partial(_runs, case))
    return {model: partial(_speedup, case, way, runs) for model, way in ways(case, machine, target).items()}


def outlook(
    case: Case, model: Model, executor: Executor, machine: Machine, target: Target, cores: Iterable[int] = ()
) -> Outlook:
    """What else a reader wants to know of the advice: from how many items on it pays, what other numbers of `cores`
    would make of it, and what interpreters would gain in place of processes."""

    on = partial(_way, case, model, executor, machine)
    runs = cache(partial(_runs, case))
    side_by_side = target.python >= _FIRST_INTERPRETERS and model is Model.MULTIPROCESSING
    return Outlook(
        break_even=_break_even(_expected(case), on(target)),
        break_even_seconds=_break_even_seconds(_expected(case), on(target)),
        on_cores={number: _speedup(case, on(replace(target, cores=number)), runs) for number in cores},
        interpreters=_speedup(case, interpreters(case, machine, target), runs) if side_by_side else None,
    )


def curves(case: Case, model: Model, executor: Executor, machine: Machine, target: Target) -> Curves:
    """The gain of the advice on 1 to 64 cores, and with 1 item up to far more than there may be."""
    on, items = partial(_way, case, model, executor, machine), case.work.items
    most = max(_ITEMS_AT_LEAST, _ITEMS_BEYOND * items.expected)
    expected = round(_expected(case).items)

    def with_items(number: int) -> Speedup:
        these = replace(case, work=replace(case.work, items=Range.exactly(number)))
        return _speedup(these, on(target), cache(partial(_runs, these)))

    runs = cache(partial(_runs, case))
    cores = sorted({*_CORES_DRAWN, target.cores})
    numbers = sorted({*(number for number in _ITEMS_DRAWN if number <= most), expected})
    return Curves(
        by_cores={number: _speedup(case, on(replace(target, cores=number)), runs) for number in cores},
        by_items={number: with_items(number) for number in numbers},
        items=items,
    )


def _way(case: Case, model: Model, executor: Executor, machine: Machine, target: Target) -> Way:
    """How the advice would run on such a target."""
    if executor is Executor.INTERPRETER_POOL:
        return interpreters(case, machine, target)
    return ways(case, machine, target)[model]


def _speedup(case: Case, way: Way, runs: Callable[[], Sequence[Sample]]) -> Speedup:
    evidence, expected = case.evidence, _expected(case)
    basis: Basis = "static" if evidence is None else "profile"
    timing = way(expected)
    drawn = [(sample.items * sample.per_item, _gain(sample, way)) for sample in runs()]
    gains = sorted(gain for _, gain in drawn)
    long = [gain for seconds, gain in drawn if seconds >= _LONG]
    gain = _gain(expected, way)
    low, high = min(gain, gains[_TENTH]), max(gain, gains[-1 - _TENTH])
    return Speedup(
        low=low,
        expected=gain,
        high=high,
        basis=basis,
        workers=timing.workers,
        because=timing.because,
        program_low=None if evidence is None else _amdahl(evidence.share, low),
        program_high=None if evidence is None else _amdahl(evidence.share, high),
        pays=_share(gains),
        pays_if_long=_share(long) if len(long) >= _HARDLY_ANY * len(gains) else None,
    )


def _share(gains: Sequence[float]) -> float:
    """Of so many runs, how many are worth it."""
    return sum(each >= WORTHWHILE for each in gains) / len(gains)


def _gain(sample: Sample, way: Way) -> float:
    seconds = way(sample).seconds
    return sample.items * sample.per_item / seconds if seconds > 0 else 1.0


def _amdahl(share: float, speedup: float) -> float:
    return 1 / ((1 - share) + share / speedup) if speedup > 0 else 1.0


def _expected(case: Case) -> Sample:
    work, (threads, coroutines) = case.work, at_once(case)
    return Sample(
        items=max(1.0, work.items.expected),
        interpreter=work.interpreter.expected,
        native=work.native.expected,
        waiting=work.waiting.expected,
        child=work.child.expected,
        payload=work.payload.expected,
        flat=work.flat.expected,
        threads=threads.expected,
        coroutines=coroutines.expected,
    )


def _runs(case: Case) -> tuple[Sample, ...]:
    """Runs that may be, drawn from what each input may be."""
    work, (threads, coroutines) = case.work, at_once(case)

    def run(at: tuple[float, ...]) -> Sample:
        return Sample(
            items=max(1.0, work.items.at(at[0])),
            interpreter=work.interpreter.at(at[1]),
            native=work.native.at(at[2]),
            waiting=work.waiting.at(at[3]),
            child=work.child.at(at[4]),
            payload=work.payload.at(at[5]),
            flat=work.flat.at(at[5]),
            threads=threads.at(at[6]),
            coroutines=coroutines.at(at[6]),
            overhead=_OVERHEAD.at(at[7]),
            scaling=_SCALING.at(at[8]),
            crowding=_CROWDING.at(at[9]),
        )

    return tuple(run(at) for at in _deviations())


@cache
def _deviations() -> tuple[tuple[float, ...], ...]:
    """Points that fill the space of the inputs evenly, as standard deviations: the additive recurrence with the generalised
    golden ratio (Roberts 2018)."""
    ratio = 2.0
    for _ in range(60):
        ratio = (1 + ratio) ** (1 / (_INPUTS + 1))
    normal = NormalDist()
    return tuple(
        tuple(normal.inv_cdf((0.5 + (run + 1) * ratio ** -(place + 1)) % 1) for place in range(_INPUTS))
        for run in range(_RUNS)
    )


def _break_even_seconds(sample: Sample, way: Way) -> float | None:
    """What an item must take, made up as expected, for so many of them to gain enough; None when no time is enough."""
    if sample.per_item <= 0:
        return None

    def pays(logarithm: float) -> bool:
        parts = {part: getattr(sample, part) * 10**logarithm for part in ("interpreter", "native", "waiting", "child")}
        return _gain(structs.replace(sample, **parts), way) >= WORTHWHILE

    too_short, enough = -_DECADES, _DECADES
    if not pays(enough):
        return None
    while enough - too_short > _PRECISION:
        middle = (too_short + enough) / 2
        too_short, enough = (too_short, middle) if pays(middle) else (middle, enough)
    return sample.per_item * 10**enough


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
