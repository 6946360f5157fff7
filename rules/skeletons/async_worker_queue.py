"""A queue of jobs with retries and back-pressure.

For a stream of jobs that call something unreliable: the producer waits while the queue
is full, and a call that fails for the moment is tried again, later and later. Not for a
list of calls that all but always succeed (async-fanout), nor for computing.

Put your own code into `jobs`, `work` and `use`, and set the limits. Good to know:

- Only what `Transient` names is tried again: repeating anything else does no good, and
  repeating what is not idempotent (a payment, an e-mail) may do harm.
- Results come as they are ready, not in the order of the jobs.
- A job that fails for good is logged and the others go on; the exit code is then 1.
- An error in `jobs` or `use` cancels everything and shows its traceback.
- Ctrl-C cancels what is under way (`finally` and `async with` still run) and exits with
  130.
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
import logging
import random
import sys
from collections.abc import AsyncIterator

WORKERS = 10  # jobs under way
WAITING = 20  # jobs that may wait in the queue before the producer has to
TIMEOUT = 10.0  # seconds for one try
TRIES = 4
FIRST_PAUSE = 0.05  # seconds before the second try; it doubles with every further one
LONGEST_PAUSE = 30.0

log = logging.getLogger(__name__)

# ---- yours: where jobs come from, the work, and what to do with a result

Job = int
Result = int
Transient = (TimeoutError, ConnectionError)


async def jobs() -> AsyncIterator[Job]:
    """Where the jobs come from: a file, a socket, a message queue."""
    for number in range(100):
        yield number
        await asyncio.sleep(0)


async def work(job: Job) -> Result:
    """One try of one job."""
    await asyncio.sleep(0.01)  # stands for a real call
    if job % 10 == 0 and job not in refused:  # that fails for the moment now and then
        refused.add(job)
        raise ConnectionError("refused")
    return job * job


refused: set[Job] = set()


def use(job: Job, result: Result) -> None:
    """One result, as soon as it is there."""
    print(job, result)


# ---- the machinery

Queue = asyncio.Queue[Job | None]  # None: no more jobs


def main() -> int:
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(message)s")
    try:
        failed = asyncio.run(run())
    except KeyboardInterrupt:
        log.warning("interrupted: stopped before the end")
        return 130
    if failed:
        log.error("failed jobs: %d", failed)
    return 1 if failed else 0


async def run() -> int:
    """Works on everything; returns how many jobs failed."""
    queue: Queue = asyncio.Queue(WAITING)
    async with asyncio.TaskGroup() as group:
        group.create_task(produce(queue))
        workers = [group.create_task(worker(queue)) for _ in range(WORKERS)]
    return sum(task.result() for task in workers)


async def produce(queue: Queue) -> None:
    async for job in jobs():
        await queue.put(job)  # waits while the queue is full: the back-pressure
    for _ in range(WORKERS):
        await queue.put(None)


async def worker(queue: Queue) -> int:
    """One job after another until there are no more; returns how many failed."""
    failed = 0
    while (job := await queue.get()) is not None:
        try:
            result = await patiently(job)
        except Exception:
            log.exception("job %s failed", job)
            failed += 1
        else:
            use(job, result)
    return failed


async def patiently(job: Job) -> Result:
    """The result of the first try that succeeds. The last one's error is the caller's."""
    number, pause = 1, FIRST_PAUSE
    while True:
        try:
            async with asyncio.timeout(TIMEOUT):
                return await work(job)
        except Transient as error:
            if number == TRIES:
                raise
            log.info("job %s, try %d: %r", job, number, error)
        await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # not all at once
        number, pause = number + 1, min(pause * 2, LONGEST_PAUSE)


if __name__ == "__main__":
    sys.exit(main())
