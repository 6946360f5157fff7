"""Work on a Dask cluster, results in order.

For items that each take tens of milliseconds or more, when one machine is not enough or
soon will not be. Not while one machine is enough: a pool there (process-map, thread-map)
starts faster, costs less for each item and fails in fewer ways.

Put your own code into `items`, `work` and `use`, and set the limits. Good to know:

- DASK_SCHEDULER_ADDRESS names the cluster, as in `tcp://host:8786`. Without it, worker
  processes are started on this machine and ended with the program.
- A cluster needs the same versions of Python and of every package that `work` uses. This
  file travels to it by itself; modules beside it do not (`client.upload_file`).
- An item whose worker dies is tried elsewhere, so `work` may run more than once: let it be
  idempotent.
- An item that fails or takes too long is logged and the others go on; the exit code is
  then 1.
- Ctrl-C gives up what is under way and exits with 130.
"""

# /// script
# requires-python = ">=3.11"
# dependencies = ["distributed>=2024.8"]
#
# [tool.advisor]
# model = "multiprocessing"
# ///

from __future__ import annotations

import logging
import math
import os
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from distributed import Client, Future, LocalCluster

WORKERS = None  # processes on this machine; None is for Dask to choose
AHEAD = 200  # items handed over before the first of them is used
TIMEOUT = 60.0  # seconds to wait for an item

log = logging.getLogger(__name__)

# ---- yours: what to work on, the work, and what to do with a result

Item = int
Result = float


def items() -> Iterable[Item]:
    """What to work on; a generator is read no faster than the work goes on."""
    return range(100)


def work(item: Item) -> Result:
    """One item, in a worker somewhere. A module that it needs is imported there too."""
    return sum(math.cos(item + step) for step in range(10_000))


def use(item: Item, result: Result) -> None:
    """One result, in this process, in the order of the items."""
    print(item, result)


# ---- the machinery


def main() -> int:
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(message)s")
    try:
        with cluster() as client:
            failed = run(client, items())
    except KeyboardInterrupt:
        log.warning("interrupted: stopped before the end")
        return 130
    if failed:
        log.error("failed items: %d", failed)
    return 1 if failed else 0


@contextmanager
def cluster() -> Iterator[Client]:
    """The cluster that the environment names, or one on this machine for the time of the block."""
    if address := os.environ.get("DASK_SCHEDULER_ADDRESS"):
        with Client(address) as client:
            yield client
    else:
        with local_cluster() as local, Client(local) as client:
            # a heartbeat that the end of the program cuts off would be logged as an error
            client.run(logging.getLogger("distributed.worker").setLevel, "CRITICAL")
            yield client


def local_cluster() -> LocalCluster:
    """Worker processes here. They inherit that Ctrl-C, which reaches them too, is ignored."""
    usual = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return LocalCluster(WORKERS, threads_per_worker=1, dashboard_address=None)
    finally:
        signal.signal(signal.SIGINT, usual)


def run(client: Client, source: Iterable[Item]) -> int:
    """Works on everything; returns how many items failed."""
    failed = 0
    for item, future in submitted(client, source):
        try:
            result = future.result(timeout=TIMEOUT)
        except Exception:
            log.exception("%s failed", item)
            failed += 1
        else:
            use(item, result)
    return failed


def submitted(
    client: Client,
    source: Iterable[Item],
) -> Iterator[tuple[Item, Future[Result]]]:
    """Each item with its future, in order; no more than AHEAD are handed over at once."""
    waiting: deque[tuple[Item, Future[Result]]] = deque()
    for item in source:
        waiting.append((item, client.submit(work, item, pure=False)))
        if len(waiting) >= AHEAD:
            yield waiting.popleft()
    yield from waiting


if __name__ == "__main__":
    sys.exit(main())
