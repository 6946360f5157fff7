"""A producer, a bounded queue and consumers, on threads.

For a stream of work in a synchronous program: reading goes on while the results of
earlier reads are written, sent or stored. Not for a list that is there already
(thread-map), nor for computing in Python, which the GIL keeps on one core (process-map).

Put your own code into `items` and `work`, and set the limits. Good to know:

- The producer waits while the queue is full, so memory stays bounded.
- Threads share everything: what several consumers write to needs a lock.
- A thread cannot be stopped from outside, so every wait inside `items` and `work` needs a
  timeout.
- An item that fails is logged and the others go on; the exit code is then 1. An error in
  `items` ends the run, after the items before it, with its traceback.
- Ctrl-C reads no further item, drops those in the queue, finishes those under way and
  exits with 130.
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
import queue
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait

CONSUMERS = 4
WAITING = 16  # items that may wait in the queue before the producer has to
TIMEOUT = 10.0  # seconds for one item

log = logging.getLogger(__name__)

# ---- yours: where items come from, and the work

Item = str


def items() -> Iterator[Item]:
    """Where the items come from: a directory, a socket, a device. Runs in one thread."""
    for number in range(60):
        time.sleep(0.005)  # stands for a read
        yield f"record {number}"


def work(item: Item) -> None:
    """One item, in one of several threads. Its result goes wherever it belongs."""
    send(item, timeout=TIMEOUT)
    with printing:
        print(item, len(item))


def send(item: Item, timeout: float) -> None:
    """Stands for a write to something slow."""
    time.sleep(min(0.02, timeout))
    log.debug("%s sent", item)


printing = threading.Lock()


# ---- the machinery

Queue = queue.Queue[Item | None]  # None: no more items


def main() -> int:
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(message)s")
    try:
        failed = run()
    except KeyboardInterrupt:
        log.warning("interrupted: stopped before the end")
        return 130
    if failed:
        log.error("failed items: %d", failed)
    return 1 if failed else 0


def run() -> int:
    """Works on everything; returns how many items failed. An error of `items` is raised."""
    line: Queue = queue.Queue(WAITING)
    stop = threading.Event()
    with ThreadPoolExecutor(1 + CONSUMERS) as threads:
        producer = threads.submit(produce, line, stop)
        consumers = [threads.submit(consume, line, stop) for _ in range(CONSUMERS)]
        try:
            wait([producer])
            wait(consumers)
        finally:
            stop.set()  # the threads see it at their next item, and the block waits for them
    producer.result()
    return sum(consumer.result() for consumer in consumers)


def produce(line: Queue, stop: threading.Event) -> None:
    """Fills the queue, and always tells the consumers that there is no more."""
    try:
        for item in items():
            if stop.is_set():
                return
            line.put(item)  # waits while the queue is full: the back-pressure
    finally:
        for _ in range(CONSUMERS):
            line.put(None)


def consume(line: Queue, stop: threading.Event) -> int:
    """One item after another until there are no more; returns how many failed."""
    failed = 0
    while (item := line.get()) is not None:
        if stop.is_set():
            continue  # empties the queue, so that the producer gets on and can end
        try:
            work(item)
        except Exception:
            log.exception("%s failed", item)
            failed += 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
