"""Download on an event loop, crunch on processes.

For items that each wait for the network and then compute for milliseconds or more in
Python. Not where one of the two hardly counts: then async-fanout or process-map alone is
simpler.

Put your own code into `items`, `download`, `crunch` and `use`, and set the limits. Good
to know:

- Downloads run ahead of the computing by no more than WAITING items, which bounds memory.
- What `download` returns travels to a process by pickle: bytes are best. `crunch` stays at
  module level.
- Results come as they are ready, not in the order of the items.
- An item that fails in either stage is logged and the others go on; the exit code is then
  1. If a process dies or takes too long, the run ends with 1.
- Ctrl-C cancels the downloads, waits for the computing under way and exits with 130.
- It runs under every start method; fork, spawn and forkserver all need the guard below.
"""

# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.advisor]
# model = "asyncio"
# ///

from __future__ import annotations

import asyncio
import hashlib
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager

AT_ONCE = 20  # downloads under way; never more than the other side allows
CORES = os.cpu_count() or 1  # processes
WAITING = 2 * CORES  # downloaded items that may wait for a process
TIMEOUT = 10.0  # seconds for one download
CRUNCH_TIMEOUT = 60.0  # seconds for the computing of one item

log = logging.getLogger(__name__)

# ---- yours: what to work on, the two stages, and what to do with a result

Item = str
Data = bytes
Result = str


def items() -> Iterable[Item]:
    """What to work on; a generator is read no faster than the work goes on."""
    return (f"https://example.org/page/{number}" for number in range(100))


async def download(item: Item) -> Data:
    """The first stage, in the event loop."""
    await asyncio.sleep(0.05)  # stands for `(await client.get(item)).content`
    return item.encode() * 1_000


def crunch(data: Data) -> Result:
    """The second stage, in a process of the pool."""
    for _ in range(20):
        data = hashlib.sha256(data).digest() * 1_000
    return data[:8].hex()


def use(item: Item, result: Result) -> None:
    """One result, as soon as it is there, in the event loop."""
    print(item, result)


# ---- the machinery

Queue = asyncio.Queue[tuple[Item, Data] | None]  # None: no more downloads


def main() -> int:
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(message)s")
    try:
        with processes() as pool:
            failed = asyncio.run(run(items(), pool))
    except KeyboardInterrupt:
        log.warning("interrupted: stopped before the end")
        return 130
    except ExceptionGroup as errors:
        lost, others = errors.split(BrokenProcessPool)
        if others or not lost:
            raise
        log.error("a process is lost: killed, out of memory, or stuck")
        return 1
    if failed:
        log.error("failed items: %d", failed)
    return 1 if failed else 0


async def run(source: Iterable[Item], pool: ProcessPoolExecutor) -> int:
    """Works on everything; returns how many items failed."""
    queue: Queue = asyncio.Queue(WAITING)
    todo = iter(source)  # each loader takes the next item from it
    async with asyncio.TaskGroup() as crunching:
        crunchers = [crunching.create_task(cruncher(queue, pool)) for _ in range(CORES)]
        async with asyncio.TaskGroup() as loading:
            loaders = [loading.create_task(loader(todo, queue)) for _ in range(AT_ONCE)]
        for _ in crunchers:
            await queue.put(None)
    return sum(task.result() for task in loaders + crunchers)


async def loader(todo: Iterator[Item], queue: Queue) -> int:
    """Downloads one item after another; returns how many failed."""
    failed = 0
    for item in todo:
        try:
            async with asyncio.timeout(TIMEOUT):
                data = await download(item)
        except Exception:
            log.exception("%s failed", item)
            failed += 1
        else:
            await queue.put((item, data))  # waits while the queue is full
    return failed


async def cruncher(queue: Queue, pool: ProcessPoolExecutor) -> int:
    """Hands over one item after another and waits for it; returns how many failed."""
    loop = asyncio.get_running_loop()
    failed = 0
    while (downloaded := await queue.get()) is not None:
        item, data = downloaded
        try:
            async with asyncio.timeout(CRUNCH_TIMEOUT):
                result = await loop.run_in_executor(pool, crunch, data)
        except TimeoutError:
            end_processes()
            raise BrokenProcessPool("stuck") from None
        except BrokenProcessPool:
            raise
        except Exception:
            log.exception("%s failed", item)
            failed += 1
        else:
            use(item, result)
    return failed


@contextmanager
def processes() -> Iterator[ProcessPoolExecutor]:
    """A pool for the time of the block. What has not begun by its end is dropped."""
    pool = ProcessPoolExecutor(CORES, initializer=ignore_interrupts)
    try:
        yield pool
    finally:  # ending one that hands over its result would jam the pool: wait
        pool.shutdown(cancel_futures=True)


def end_processes() -> None:
    """For those that hang; nothing less would end them."""
    for process in multiprocessing.active_children():
        process.terminate()


def ignore_interrupts() -> None:
    """The first thing a process does. Ctrl-C reaches it too, but is for the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main())
