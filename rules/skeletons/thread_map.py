"""Blocking calls on a bounded pool, results in order.

For independent calls that wait, up to a few hundred at once: HTTP through a blocking
client, databases, network drives, child processes. Not for computing in Python, which
the GIL keeps on one core (process-map), nor for thousands of waits (async-fanout).

Put your own code into `items`, `work` and `use`, and set the limits. Good to know:

- A thread cannot be stopped from outside, so every wait inside `work` needs a timeout.
- Threads share everything. Make what is not thread-safe, such as most clients, once
  for each thread (`threading.local`), and let `work` return its result.
- An item that fails is logged and the others go on; the exit code is then 1.
- Ctrl-C begins no further item, waits for those under way and exits with 130.
"""

# /// script
# requires-python = ">=3.11"
# dependencies = []
#
# [tool.advisor]
# model = "threading"
# ///

from __future__ import annotations

import logging
import sys
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor

AT_ONCE = 8  # calls under way; never more than the other side allows
AHEAD = 4 * AT_ONCE  # items taken from `items` before the first of them is used
TIMEOUT = 10.0  # seconds for one call

log = logging.getLogger(__name__)

# ---- yours: what to work on, the work, and what to do with a result

Item = str
Result = int


def items() -> Iterable[Item]:
    """What to work on; a generator is read no faster than the work goes on."""
    return (f"https://example.org/page/{number}" for number in range(40))


def work(item: Item) -> Result:
    """One item, in a thread of the pool."""
    return len(fetch(item, timeout=TIMEOUT))


def fetch(url: str, timeout: float) -> bytes:
    """Stands for a real call, as `requests.get(url, timeout=timeout).content`."""
    time.sleep(min(0.05, timeout))
    return url.encode()


def use(item: Item, result: Result) -> None:
    """One result, in the main thread, in the order of the items."""
    print(item, result)


# ---- the machinery

Submitted = tuple[Item, Future[Result]]


def main() -> int:
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(message)s")
    try:
        failed = run(items())
    except KeyboardInterrupt:
        log.warning("interrupted: stopped before the end")
        return 130
    if failed:
        log.error("failed items: %d", failed)
    return 1 if failed else 0


def run(source: Iterable[Item]) -> int:
    """Works on everything; returns how many items failed."""
    failed = 0
    pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="work")
    try:
        for item, future in submitted(pool, source):
            try:
                result = future.result()
            except Exception:
                log.exception("%s failed", item)
                failed += 1
            else:
                use(item, result)
    finally:  # after Ctrl-C there may be calls that have not begun
        pool.shutdown(cancel_futures=True)
    return failed


def submitted(pool: Executor, source: Iterable[Item]) -> Iterator[Submitted]:
    """Each item with its future, in order; no more than AHEAD are handed over at once."""
    waiting: deque[Submitted] = deque()
    for item in source:
        waiting.append((item, pool.submit(work, item)))
        if len(waiting) >= AHEAD:
            yield waiting.popleft()
    yield from waiting


if __name__ == "__main__":
    sys.exit(main())
