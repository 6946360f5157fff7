"""Timing: how long one possible run of a site would take under each model, with how many workers.

A model's time is its longest resource (the GIL, the cores, the workers' own clocks) plus what starting workers and
handing out tasks costs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil

from msgspec import Struct, structs

from advisor.model.case import Case
from advisor.model.concurrency import Model
from advisor.model.effect import Effect
from advisor.model.estimate import Machine, Target
from advisor.model.site import Context

_GIL_CONTENTION = 1.12  # measured: threads that compete for the GIL take 1.1 to 1.15 times as long as one
_LOOP_START = 2e-3  # seconds that synchronous code pays to start and end an event loop
_INTERPRETER = 0.6  # an interpreter starts so much faster than a process that imports the same modules


class Sample(Struct, frozen=True, gc=False):
    """One possible run: how many items, seconds and bytes per item, and how many threads and coroutines may wait at once.

    `overhead` is how dear the machinery is (1: as calibrated), `scaling` how well the cores work together (1: as
    calibrated), `crowding` how much longer a wait takes when many wait on the same other side.
    """

    items: float
    interpreter: float
    native: float
    waiting: float
    child: float
    payload: float
    flat: float
    threads: float
    coroutines: float
    overhead: float = 1.0
    scaling: float = 1.0
    crowding: float = 1.0

    @property
    def per_item(self) -> float:
        return self.interpreter + self.native + self.waiting + self.child

    @property
    def crowded(self) -> float:
        """What an item takes while others wait on the same."""
        return self.per_item + self.waiting * (self.crowding - 1)


class Timing(Struct, frozen=True, gc=False):
    seconds: float
    workers: int
    because: str = ""


Way = Callable[[Sample], Timing]


def ways(case: Case, machine: Machine, target: Target) -> dict[Model, Way]:
    """For each model the function that times a sample under it."""
    here = _here(case, machine, target)
    awaits = case.async_counterpart is not None or Effect.ASYNC in case.effect_kinds
    return {
        Model.SEQUENTIAL: lambda sample: Timing(sample.items * sample.per_item, 1),
        Model.THREADING: here.threads,
        Model.MULTIPROCESSING: here.processes,
        Model.ASYNCIO: here.coroutines if awaits else here.threads_from_a_loop,
    }


def interpreters(case: Case, machine: Machine, target: Target) -> Way:
    """Interpreters of one process, which have a GIL each: like processes, but quicker to start."""
    starts = {method: seconds * _INTERPRETER for method, seconds in machine.process_start.items() if method != "fork"}
    return _here(case, replace(machine, process_start=starts), target).processes


def _here(case: Case, machine: Machine, target: Target) -> _Here:
    loop_start = 0.0 if Context.ASYNC in case.contexts else _LOOP_START
    return _Here(machine, target, case.work.parallel_native, loop_start)


@dataclass(frozen=True, slots=True)
class _Here:
    """A machine and target; whether the work's native code fills all cores by itself, and what an event loop costs to
    start there."""

    machine: Machine
    target: Target
    shared: bool
    loop_start: float

    def threads(self, sample: Sample) -> Timing:
        workers, because = _workers(sample, self.target.cores, sample.threads)
        seconds = self._overlapped(sample, workers, one_gil=self.target.gil)
        cost = workers * self.machine.thread_start + sample.items * self.machine.thread_task
        return Timing(seconds + cost * sample.overhead, workers, because)

    def threads_from_a_loop(self, sample: Sample) -> Timing:
        """`asyncio.to_thread`: threads of the loop's own pool, which has four more than there are cores."""
        workers, because = _workers(sample, self.target.cores, min(sample.threads, self.target.cores + 4))
        seconds = self._overlapped(sample, workers, one_gil=self.target.gil)
        cost = workers * self.machine.thread_start + sample.items * self.machine.to_thread
        return Timing(seconds + cost * sample.overhead, workers, because)

    def processes(self, sample: Sample) -> Timing:
        """More processes than cores only where they wait. The items travel in chunks, a quarter of each worker's part;
        half of what a trip costs is the parent's, who serves all in turn, half the worker's."""
        flat = min(sample.flat, sample.payload)
        travel = flat / self.machine.flat_bandwidth + (sample.payload - flat) / self.machine.pickle_bandwidth
        loaded = structs.replace(sample, interpreter=sample.interpreter + travel / 2)
        workers, because = _workers(sample, self.target.cores, self.target.cores * 2 + 4)
        chunk = max(1.0, sample.items // (4 * workers))
        on_cores = sample.items * travel / 2 / self.target.cores
        seconds = self._overlapped(loaded, workers, one_gil=False, chunk=chunk) + on_cores
        single, chunked = self.machine.process_task, self.machine.process_task_chunked
        cost = self._start_processes(workers) + sample.items * (chunked + max(0.0, single - chunked) / chunk)
        return Timing(max(seconds, sample.items * travel / 2) + cost * sample.overhead, workers, because)

    def coroutines(self, sample: Sample) -> Timing:
        """One thread computes for all; only the waits overlap, and children have the cores to themselves."""
        workers = max(1, ceil(min(sample.coroutines, sample.items)))
        busy = sample.items * (sample.interpreter + sample.native)
        turns = sample.items / workers * sample.crowded + _straggler(sample.crowded, workers)
        seconds = max(busy, turns, sample.items * sample.child / self._cores(sample))
        because = "one for each item" if workers >= sample.items else "as many as usually may wait at once"
        cost = self.loop_start + sample.items * self.machine.coroutine_task
        return Timing(seconds + cost * sample.overhead, workers, because)

    def _overlapped(self, sample: Sample, workers: int, one_gil: bool, chunk: float = 1.0) -> float:
        """The longest of: the workers' own time, the cores' time, and the time of what only one can do at a time."""
        native_on_cores = 0.0 if self.shared else sample.native
        alone = (
            sample.native if self.shared else 0.0
        )  # native code that fills every core leaves none for a second worker
        if one_gil:
            alone += sample.interpreter * (_GIL_CONTENTION if workers > 1 else 1.0)
        each = sample.crowded if workers > 1 else sample.per_item
        own = sample.items / workers * each + _straggler(chunk * each, workers)
        on_cores = sample.items * (sample.interpreter + native_on_cores + sample.child) / self._cores(sample)
        return max(own, on_cores, sample.items * alone)

    def _cores(self, sample: Sample) -> float:
        """How many times the work of one core all of them do."""
        each = min(1.0, self.machine.core_scaling * sample.scaling)
        return 1 + (self.target.cores - 1) * each

    def _start_processes(self, workers: int) -> float:
        """Forked children are made one after the other; fresh interpreters import their modules side by side."""
        method = "forkserver" if self.target.python >= (3, 14) else "fork"
        starts = self.machine.process_start
        if method not in starts:
            method = "spawn"
        start = starts.get(method, max(starts.values(), default=0.0))
        return workers * start if method == "fork" else start * (1 + (workers - 1) / self.target.cores)


def _straggler(task: float, workers: int) -> float:
    """What the last task still takes when the other workers are done: half a task, on average."""
    return task / 2 * (1 - 1 / workers)


def _workers(sample: Sample, cores: int, limit: float) -> tuple[int, str]:
    """As many as keep the cores busy while others wait, up to `limit`; and why so many."""
    busy = sample.per_item - sample.waiting
    useful = cores * sample.per_item / busy if busy > 0 else limit
    wanted = max(cores, useful)
    workers = max(1, ceil(min(limit, wanted, sample.items)))
    if sample.items <= min(limit, wanted):
        return workers, "one for each item"
    if limit <= wanted and limit > cores:
        return workers, "as many as usually may wait at once"
    if useful > cores:
        return workers, f"{sample.waiting / sample.per_item:.0%} of an item's time is waiting"
    return workers, "one for each core" if workers >= cores else "as many as the pool has"
