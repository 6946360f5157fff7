"""Computing on all cores, in chunks, with shared memory.

For independent items that compute in Python, where all of them read the same large
data. Not for work that waits (thread-map, async-fanout), nor for items of a few
microseconds: handing over a chunk costs about a quarter of a millisecond.

Put your own code into `table`, `items`, `work` and `use`, and set the limits. Good to know:

- The table is copied once, not once for each worker. Without one, drop what is about it.
- Items and results travel by pickle: keep them small, and `work` at module level.
- A worker has its own memory: what it changes, apart from the table, nobody else sees.
- An item that fails is logged and the others go on; the exit code is then 1. A chunk that
  takes too long, or a worker that dies, ends the run with 1.
- Ctrl-C begins no further chunk, waits for those handed over and exits with 130; keep
  chunks short.
- It runs under every start method; fork, spawn and forkserver all need the guard below.
"""

# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.advisor]
# model = "multiprocessing"
# ///

from __future__ import annotations

import logging
import math
import multiprocessing
import signal
import sys
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import islice
from multiprocessing.shared_memory import SharedMemory

WORKERS = None  # processes; None is one for each core
CHUNK = 50  # items in a task: enough for some tens of milliseconds of work
AHEAD = 64  # chunks handed over before the first of them is used
TIMEOUT = 60.0  # seconds to wait for a chunk

log = logging.getLogger(__name__)

# ---- yours: the table, what to work on, the work, and what to do with a result

Item = int
Result = float


def table() -> array[float]:
    """What every item reads: numbers, one after another."""
    return array("d", (math.sin(number) for number in range(100_000)))


def items() -> Iterable[Item]:
    """What to work on; a generator is read no faster than the work goes on."""
    return range(1_000)


def work(item: Item, table: Sequence[float]) -> Result:
    """One item, in a process of the pool. The table is for reading only."""
    return sum(value * math.cos(item) for value in table[item : item + 500])


def use(item: Item, result: Result) -> None:
    """One result, in the main process, in the order of the items."""
    print(item, result)


# ---- the machinery

Outcome = tuple[Result] | None  # None: it failed, and its worker has logged why
Submitted = tuple[list[Item], Future[list[Outcome]]]


def main() -> int:
    set_up_logging()
    try:
        failed = run(items())
    except KeyboardInterrupt:
        log.warning("interrupted: stopped before the end")
        return 130
    except BrokenProcessPool as error:  # killed, out of memory, or stuck
        log.error("a worker is lost: %s", error)
        return 1
    if failed:
        log.error("failed items: %d", failed)
    return 1 if failed else 0


def set_up_logging() -> None:
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(message)s")


def run(source: Iterable[Item]) -> int:
    """Works on everything; returns how many items failed."""
    failed = 0
    with shared(table()) as (name, length), workers(name, length) as pool:
        for chunk, future in submitted(pool, source):
            try:
                outcomes = future.result(timeout=TIMEOUT)
            except TimeoutError:
                end_workers()
                raise BrokenProcessPool(f"no result in {TIMEOUT:g} seconds") from None
            for item, outcome in zip(chunk, outcomes, strict=True):
                if outcome is None:
                    failed += 1
                else:
                    use(item, *outcome)
    return failed


def submitted(pool: Executor, source: Iterable[Item]) -> Iterator[Submitted]:
    """Each chunk with its future, in order; no more than AHEAD are handed over at once."""
    waiting: deque[Submitted] = deque()
    source = iter(source)
    while chunk := list(islice(source, CHUNK)):
        waiting.append((chunk, pool.submit(crunch, chunk)))
        if len(waiting) >= AHEAD:
            yield waiting.popleft()
    yield from waiting


@contextmanager
def shared(values: array[float]) -> Iterator[tuple[str, int]]:
    """The values in shared memory while the block runs: its name, and their length."""
    memory = SharedMemory(create=True, size=len(values) * values.itemsize)
    try:
        with numbers(memory, len(values)) as view:
            view[:] = memoryview(values)
        yield memory.name, len(values)
    finally:
        memory.close()
        memory.unlink()


def numbers(memory: SharedMemory, length: int) -> memoryview[float]:
    """A view of shared memory, to be released before the memory is closed."""
    assert memory.buf is not None, "closed"
    return memory.buf[: length * array("d").itemsize].cast("d")


@contextmanager
def workers(name: str, length: int) -> Iterator[ProcessPoolExecutor]:
    """A pool for the time of the block. What has not begun by its end is dropped."""
    pool = ProcessPoolExecutor(WORKERS, initializer=attach, initargs=(name, length))
    try:
        yield pool
    finally:  # ending one that hands over its result would jam the pool: wait
        pool.shutdown(cancel_futures=True)


def end_workers() -> None:
    """For those that hang; nothing less would end them."""
    for worker in multiprocessing.active_children():
        worker.terminate()


# ---- in the workers

_memory: SharedMemory
_length: int


def attach(name: str, length: int) -> None:
    """The first thing a worker does. Ctrl-C reaches it too, but is for the parent."""
    global _memory, _length
    set_up_logging()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _memory, _length = SharedMemory(name), length


def crunch(chunk: list[Item]) -> list[Outcome]:
    with numbers(_memory, _length) as table:
        return [attempt(item, table) for item in chunk]


def attempt(item: Item, table: Sequence[float]) -> Outcome:
    try:
        return (work(item, table),)
    except Exception:
        log.exception("%s failed", item)
        return None


if __name__ == "__main__":
    sys.exit(main())
