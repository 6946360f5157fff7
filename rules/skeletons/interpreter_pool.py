"""Computing on all cores in one process, with interpreters.

For independent items that compute in pure Python, from Python 3.14 on: each interpreter
has its own GIL, starts faster than a process and needs less memory. Not for work that
waits (thread-map, async-fanout), nor where `work` imports extension modules that do not
support interpreters (many do not yet: process-map).

Put your own code into `items`, `work` and `use`, and set the limits. Good to know:

- An interpreter has its own modules and globals: what one changes, no other sees.
- Items and results are copied: keep them small. They may be plain values, or of classes
  from other modules; classes of this file cannot travel.
- An item that fails is logged and the others go on; the exit code is then 1.
- Nothing can stop an interpreter from outside. Ctrl-C begins no further chunk, waits for
  those under way and exits with 130; keep chunks short.
- Each interpreter imports this file again, which is why it needs the guard below.
"""

# /// script
# requires-python = ">=3.14"
# dependencies = []
#
# [tool.advisor]
# model = "multiprocessing"
# ///

from __future__ import annotations

import logging
import os
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from itertools import islice

if sys.version_info < (3, 14):
    sys.exit("this program needs Python 3.14 or newer, for its pool of interpreters")
else:
    from concurrent.futures import InterpreterPoolExecutor

WORKERS = os.cpu_count() or 1  # interpreters
CHUNK = 50  # items in a task: enough for some tens of milliseconds of work
AHEAD = 4 * WORKERS  # chunks handed over before the first of them is used

log = logging.getLogger(__name__)

# ---- yours: what to work on, the work, and what to do with a result

Item = int
Result = int


def items() -> Iterable[Item]:
    """What to work on; a generator is read no faster than the work goes on."""
    return range(1_000)


def work(item: Item) -> Result:
    """One item, in an interpreter of the pool: the sum of its digits' powers."""
    return sum(int(digit) ** 5 for digit in str(7**item))


def use(item: Item, result: Result) -> None:
    """One result, in the main thread, in the order of the items."""
    print(item, result)


# ---- the machinery

Outcome = tuple[Result] | None  # None: it failed, and its interpreter has logged why
Submitted = tuple[list[Item], Future[list[Outcome]]]


def main() -> int:
    set_up_logging()
    try:
        failed = run(items())
    except KeyboardInterrupt:
        log.warning("interrupted: stopped before the end")
        return 130
    if failed:
        log.error("failed items: %d", failed)
    return 1 if failed else 0


def set_up_logging() -> None:
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(message)s")


def run(source: Iterable[Item]) -> int:
    """Works on everything; returns how many items failed."""
    failed = 0
    pool = InterpreterPoolExecutor(WORKERS, initializer=set_up_logging)
    try:
        for chunk, future in submitted(pool, source):
            for item, outcome in zip(chunk, future.result(), strict=True):
                if outcome is None:
                    failed += 1
                else:
                    use(item, *outcome)
    finally:  # after Ctrl-C there may be chunks that have not begun
        pool.shutdown(cancel_futures=True)
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


# ---- in the interpreters


def crunch(chunk: list[Item]) -> list[Outcome]:
    return [attempt(item) for item in chunk]


def attempt(item: Item) -> Outcome:
    try:
        return (work(item),)
    except Exception:
        log.exception("%s failed", item)
        return None


if __name__ == "__main__":
    sys.exit(main())
