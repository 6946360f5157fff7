"""Calibrate: what starting workers and handing out tasks costs on this machine, measured in less than ten seconds.

Each figure is the best of a few attempts: other programs can only make it worse. Processes come first, because a
process that has had threads should not fork.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from threading import Thread
from time import perf_counter, process_time
from typing import Any

from advisor.children import end_with_parent, safe_starts, workers_end_with_block
from advisor.inputs.machine import shipped_machine, usable_cores
from advisor.model.estimate import Machine

Progress = Callable[[int, int], None]

_ATTEMPTS = 3
_SPIN = 1_500_000  # steps of pure Python: about a tenth of a second
_RECORDS = 20_000


def calibrate(progress: Progress | None = None) -> Machine:
    """This machine's costs. `progress` is called with (steps done, steps in all)."""
    steps = (_process_starts, _process_tasks, _pickling, _core_scaling, _threads, _event_loop)
    machine = replace(shipped_machine(), calibrated=True)
    with safe_starts(), workers_end_with_block():
        for done, step in enumerate(steps):
            if progress is not None:
                progress(done, len(steps))
            machine = step(machine)
    return machine


def _process_starts(machine: Machine) -> Machine:
    starts = {}
    for method in multiprocessing.get_all_start_methods():
        process: Any = multiprocessing.get_context(method).Process  # type: ignore[attr-defined]
        begin = partial(_start_and_join, partial(process, target=_nothing))
        begin()  # the fork server starts with the first
        starts[method] = _best(begin)
    return replace(machine, process_start=starts)


def _process_tasks(machine: Machine) -> Machine:
    with _processes(2) as pool:
        return replace(
            machine,
            process_task=_each(pool, 400, chunk=1),
            process_task_chunked=_each(pool, 40_000, chunk=1_000),
        )


def _pickling(machine: Machine) -> Machine:
    """Lists of records and of numbers, half and half by size: what most programs hand over. And bytes."""
    records = [{"id": number, "name": f"name {number}", "score": number / 7} for number in range(_RECORDS)]
    payload = [records, [number / 7 for number in range(4 * _RECORDS)]]
    size = len(pickle.dumps(payload))
    flat = bytes(4 * size)
    with _processes(1) as pool:
        seconds = _best(lambda: pool.submit(_nothing, payload).result())
        seconds_flat = _best(lambda: pool.submit(_nothing, flat).result())
    return replace(machine, pickle_bandwidth=size / seconds, flat_bandwidth=len(flat) / seconds_flat)


def _core_scaling(machine: Machine) -> Machine:
    """What each further core adds, as a part of the first: under 1 where cores share caches, power or their silicon.

    The workers' own CPU time tells, which other programs do not lengthen by taking turns with them.
    """
    cores = usable_cores()
    if cores < 2:
        return machine
    with _processes(cores) as pool:
        alone = min(pool.submit(_spin, _SPIN).result() for _ in range(_ATTEMPTS))
        together = min(sum(pool.map(_spin, [_SPIN] * cores)) / cores for _ in range(_ATTEMPTS))
    gain = cores * alone / together
    return replace(machine, core_scaling=min(1.0, max(0.3, (gain - 1) / (cores - 1))))


def _threads(machine: Machine) -> Machine:
    many = 100

    def one_by_one() -> None:
        for _ in range(many):
            _start_and_join(partial(Thread, target=_nothing))

    start = _best(one_by_one) / many
    with ThreadPoolExecutor(2) as pool:
        return replace(machine, thread_start=start, thread_task=_each(pool, 4_000))


def _event_loop(machine: Machine) -> Machine:
    async def tasks(number: int) -> None:
        await asyncio.gather(*(_sleepless() for _ in range(number)))

    async def in_threads(number: int) -> None:
        await asyncio.gather(*(asyncio.to_thread(_nothing) for _ in range(number)))

    many, some = 5_000, 1_000
    return replace(
        machine,
        coroutine_task=_best(lambda: asyncio.run(tasks(many))) / many,
        to_thread=_best(lambda: asyncio.run(in_threads(some))) / some,
    )


def _best(work: Callable[[], object]) -> float:
    """The seconds of the quickest of a few attempts."""
    seconds = []
    for _ in range(_ATTEMPTS):
        begun = perf_counter()
        work()
        seconds.append(perf_counter() - begun)
    return min(seconds)


def _each(pool: Executor, tasks: int, chunk: int = 1) -> float:
    items: Iterable[int] = range(tasks)
    return _best(lambda: list(pool.map(_nothing, items, chunksize=chunk))) / tasks


def _processes(workers: int) -> ProcessPoolExecutor:
    """A pool whose workers are there."""
    pool = ProcessPoolExecutor(workers, initializer=end_with_parent)
    list(pool.map(_nothing, range(workers * 2)))
    return pool


def _start_and_join(worker: Callable[[], Any]) -> None:
    """Makes a thread or process, and waits for its end."""
    started = worker()
    started.start()
    started.join()


def _nothing(*_: object) -> None:
    """A task without work."""


async def _sleepless() -> None:
    """A coroutine without work."""
    await asyncio.sleep(0)


def _spin(steps: int) -> float:
    """The CPU seconds that so many steps of pure Python take."""
    begun, total = process_time(), 0
    for step in range(steps):
        total += step & 3
    return process_time() - begun
