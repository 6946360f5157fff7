"""Estimate: one case in, what each model would gain at it out, as a range that says what it rests on.

Times are seconds. A model's time is its longest resource (the GIL, the cores, the workers' own clocks) plus what
starting workers and handing out tasks costs. The range takes each input in turn to the worst and the best it may be,
the others as expected: all at their worst at once is not a forecast but a fear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import ceil

from advisor.model.case import Case
from advisor.model.concurrency import Model
from advisor.model.effect import Effect, Range
from advisor.model.estimate import WORTHWHILE, Basis, Forecast, Machine, Speedup, Target

_THREADS = Range(8, 16, 32)  # how many waits at once the other side allows is not known
_COROUTINES = Range(8, 50, 100)
_CONNECTIONS = Range(4, 8, 16)  # a database serves fewer at once: each has a connection of its own
_MAX_ITEMS = 10_000_000
_GIL_CONTENTION = 1.12  # measured: threads that compete for the GIL take 1.1 to 1.15 times as long as one
_OVERHEAD = Range(0.7, 1.0, 2.0)  # other machines, and children that import more


def estimate(case: Case, machine: Machine, target: Target) -> Forecast:
    """Each model's speed-up over running one item after the other, and from how many items on the best one pays."""
    basis: Basis = "static" if case.evidence is None else "profile"
    ways = _ways(case, machine, target)
    speedups = {model: _speedup(case, way, basis) for model, way in ways.items()}
    return Forecast(
        by_model=speedups,
        sequential_seconds=case.work.items * case.work.per_item,
        break_even=_break_even(_expected(case), ways),
    )


@dataclass(frozen=True, slots=True)
class _Sample:
    """One possible run: how many items, seconds and bytes per item, how dear the machinery is (1: as calibrated), and
    how many threads and coroutines may wait at once."""

    items: float
    interpreter: float
    native: float
    waiting: float
    child: float
    payload: float
    threads: float
    coroutines: float
    overhead: float = 1.0

    @property
    def per_item(self) -> float:
        return self.interpreter + self.native + self.waiting + self.child


@dataclass(frozen=True, slots=True)
class _Timing:
    seconds: float
    workers: int


_Way = Callable[[_Sample], _Timing]


def _ways(case: Case, machine: Machine, target: Target) -> dict[Model, _Way]:
    shared = case.work.parallel_native
    awaits = case.async_counterpart is not None or Effect.ASYNC in case.effect_kinds
    return {
        Model.SEQUENTIAL: lambda sample: _Timing(sample.items * sample.per_item, 1),
        Model.THREADING: lambda sample: _threads(sample, machine, target, shared),
        Model.MULTIPROCESSING: lambda sample: _processes(sample, machine, target, shared),
        Model.ASYNCIO: lambda sample: (
            _coroutines(sample, machine, target) if awaits else _threads_from_a_loop(sample, machine, target, shared)
        ),
    }


def _threads(sample: _Sample, machine: Machine, target: Target, shared: bool) -> _Timing:
    workers = _workers(sample, target.cores, min(sample.threads, sample.items))
    seconds = _overlapped(sample, workers, target, shared, one_gil=target.gil)
    cost = workers * machine.thread_start + sample.items * machine.thread_task
    return _Timing(seconds + cost * sample.overhead, workers)


def _threads_from_a_loop(sample: _Sample, machine: Machine, target: Target, shared: bool) -> _Timing:
    """`asyncio.to_thread`: threads of the loop's own pool, which has four more than there are cores."""
    workers = _workers(sample, target.cores, min(sample.threads, target.cores + 4, sample.items))
    seconds = _overlapped(sample, workers, target, shared, one_gil=target.gil)
    cost = workers * machine.thread_start + sample.items * machine.to_thread
    return _Timing(seconds + cost * sample.overhead, workers)


def _processes(sample: _Sample, machine: Machine, target: Target, shared: bool) -> _Timing:
    """More processes than cores only where they wait. The items travel in chunks, a quarter of each worker's part; half
    of what a trip costs is the parent's, who serves all in turn, half the worker's."""
    travel = sample.payload / machine.pickle_bandwidth
    loaded = replace(sample, interpreter=sample.interpreter + travel / 2)
    workers = _workers(sample, target.cores, min(target.cores * 2 + 4, sample.items))
    chunk = max(1.0, sample.items // (4 * workers))
    on_cores = sample.items * travel / 2 / target.cores
    seconds = _overlapped(loaded, workers, target, shared, one_gil=False, chunk=chunk) + on_cores
    task = machine.process_task_chunked + (machine.process_task - machine.process_task_chunked) / chunk
    cost = _start_processes(workers, machine, target) + sample.items * task
    return _Timing(max(seconds, sample.items * travel / 2) + cost * sample.overhead, workers)


def _coroutines(sample: _Sample, machine: Machine, target: Target) -> _Timing:
    """One thread computes for all; only the waits overlap, and children have the cores to themselves."""
    workers = max(1, ceil(min(sample.coroutines, sample.items)))
    busy = sample.items * (sample.interpreter + sample.native)
    turns = sample.items / workers * sample.per_item + _straggler(sample.per_item, workers)
    seconds = max(busy, turns, sample.items * sample.child / target.cores)
    return _Timing(seconds + sample.items * machine.coroutine_task * sample.overhead, workers)


def _overlapped(
    sample: _Sample, workers: int, target: Target, shared: bool, one_gil: bool, chunk: float = 1.0
) -> float:
    """The longest of: the workers' own time, the cores' time, and the time of what only one can do at a time."""
    native_on_cores = 0.0 if shared else sample.native
    alone = sample.native if shared else 0.0  # native code that fills every core leaves none for a second worker
    if one_gil:
        alone += sample.interpreter * (_GIL_CONTENTION if workers > 1 else 1.0)
    own = sample.items / workers * sample.per_item + _straggler(chunk * sample.per_item, workers)
    on_cores = sample.items * (sample.interpreter + native_on_cores + sample.child) / target.cores
    return max(own, on_cores, sample.items * alone)


def _straggler(task: float, workers: int) -> float:
    """What the last task still takes when the other workers are done: half a task, on average."""
    return task / 2 * (1 - 1 / workers)


def _workers(sample: _Sample, cores: int, limit: float) -> int:
    """As many as keep the cores busy while others wait, up to `limit`."""
    busy = sample.per_item - sample.waiting
    useful = cores * sample.per_item / busy if busy > 0 else limit
    return max(1, ceil(min(limit, max(cores, useful))))


def _start_processes(workers: int, machine: Machine, target: Target) -> float:
    """Forked children are made one after the other; fresh interpreters import their modules side by side."""
    method = "forkserver" if target.python >= (3, 14) else "fork"
    starts = machine.process_start
    if method not in starts:
        method = "spawn"
    start = starts.get(method, max(starts.values(), default=0.0))
    return workers * start if method == "fork" else start * (1 + (workers - 1) / target.cores)


def _speedup(case: Case, way: _Way, basis: Basis) -> Speedup:
    evidence, expected = case.evidence, _expected(case)
    timing = way(expected)
    gains = [_gain(sample, way) for sample in _samples(case, expected)]
    low, high = min(gains), max(gains)
    share = None if evidence is None else evidence.share
    return Speedup(
        low=low,
        expected=_gain(expected, way),
        high=high,
        basis=basis,
        workers=timing.workers,
        program_low=None if share is None else _amdahl(share, low),
        program_high=None if share is None else _amdahl(share, high),
    )


def _gain(sample: _Sample, way: _Way) -> float:
    seconds = way(sample).seconds
    return sample.items * sample.per_item / seconds if seconds > 0 else 1.0


def _amdahl(share: float, speedup: float) -> float:
    return 1 / ((1 - share) + share / speedup) if speedup > 0 else 1.0


def _at_once(case: Case) -> tuple[Range, Range]:
    """How many waits threads and coroutines overlap: as many as the pool that is there has workers, else as is usual."""
    if case.workers is not None:
        return Range.exactly(case.workers), Range.exactly(case.workers)
    if case.work_kind == "database":
        return _CONNECTIONS, _CONNECTIONS
    if case.work_kind == "subprocess":
        return _THREADS, _THREADS  # nobody starts programs by the hundred
    return _THREADS, _COROUTINES


def _expected(case: Case) -> _Sample:
    work, (threads, coroutines) = case.work, _at_once(case)
    return _Sample(
        items=max(1.0, work.items.expected),
        interpreter=work.interpreter.expected,
        native=work.native.expected,
        waiting=work.waiting.expected,
        child=work.child.expected,
        payload=work.payload.expected,
        threads=threads.expected,
        coroutines=coroutines.expected,
    )


def _samples(case: Case, expected: _Sample) -> Iterator[_Sample]:
    """The expected run, and runs in which one input is as low or as high as it may be."""
    work, (threads, coroutines) = case.work, _at_once(case)
    yield expected
    for low_or_high in ("low", "high"):
        yield replace(expected, items=max(1.0, getattr(work.items, low_or_high)))
        yield replace(expected, interpreter=getattr(work.interpreter, low_or_high))
        yield replace(expected, native=getattr(work.native, low_or_high))
        yield replace(expected, waiting=getattr(work.waiting, low_or_high))
        yield replace(expected, child=getattr(work.child, low_or_high))
        yield replace(expected, payload=getattr(work.payload, low_or_high))
        yield replace(expected, overhead=getattr(_OVERHEAD, low_or_high))
        yield replace(expected, threads=getattr(threads, low_or_high), coroutines=getattr(coroutines, low_or_high))


def _break_even(sample: _Sample, ways: dict[Model, _Way]) -> int | None:
    """The fewest items from which the best model gains enough; None when no number of items is enough."""
    if sample.per_item <= 0:
        return None

    def pays(items: int) -> bool:
        return any(_gain(replace(sample, items=float(items)), way) >= WORTHWHILE for way in ways.values())

    too_few, enough = 1, 2
    while not pays(enough):
        too_few, enough = enough, enough * 2
        if enough > _MAX_ITEMS:
            return None
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (too_few, middle) if pays(middle) else (middle, enough)
    return enough
