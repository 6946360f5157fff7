"""Work at fixed times, with a graceful stop.

For polling, refreshing, reporting: a program that stays up and does something every so
many seconds. Not for a job that runs a few times a day (cron, a systemd timer), nor for
work that blocks or computes: put that behind `asyncio.to_thread` or a process pool.

Put your own code into `setup` and `work`, and set the times. Good to know:

- The beat does not drift: a round that takes long does not shift the ones after it, and
  beats missed meanwhile are left out, not made up for.
- A round that fails or takes too long is logged, and the next one comes on time.
- SIGTERM or Ctrl-C lets the round under way finish, for GRACE seconds at most, then
  closes what `setup` opened. The exit code is 0 after SIGTERM and 130 after Ctrl-C.
- ROUNDS ends the program by itself. Set it to None for a service that stays up.
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
import math
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from typing import Any

PERIOD = 0.2  # seconds from one beat to the next
TIMEOUT = 10.0  # seconds for one round
GRACE = 5.0  # seconds that the round under way may still take after a signal
ROUNDS: int | None = 5

log = logging.getLogger(__name__)

# ---- yours: what is opened once, and the work of one round

Resource = list[int]


@asynccontextmanager
async def setup() -> AsyncIterator[Resource]:
    """What all rounds use, such as a client or a connection; closed at the end."""
    log.info("up")
    try:
        yield []
    finally:
        log.info("down")


async def work(resource: Resource, number: int) -> None:
    """One round."""
    await asyncio.sleep(0.05)  # stands for a real call
    resource.append(number)
    print(f"round {number}", flush=True)


# ---- the machinery


def main() -> int:
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(message)s")
    return asyncio.run(serve())


async def serve() -> int:
    """Rounds until they are done or a signal comes; returns the exit code."""
    stopped: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, partial(on_signal, stopped))
    service = asyncio.create_task(live(stopped))
    either: list[asyncio.Future[Any]] = [service, stopped]
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    try:
        await asyncio.wait_for(service, GRACE)
    except TimeoutError:
        if not service.cancelled():  # an error of its own
            raise
        log.warning("what was under way is cancelled")
    return 130 if stopped.done() and stopped.result() == signal.SIGINT else 0


def on_signal(stopped: asyncio.Future[int], number: int, _frame: object) -> None:
    """Runs between any two instructions, so it only leaves a note for the event loop."""

    def note() -> None:
        if not stopped.done():
            log.info("stopping: %s", signal.Signals(number).name)
            stopped.set_result(number)

    stopped.get_loop().call_soon_threadsafe(note)


async def live(stopped: asyncio.Future[int]) -> None:
    """One round a beat, the first at once, until there are enough or a signal came."""
    time = asyncio.get_running_loop().time
    async with setup() as resource:
        beat = time()
        for number in count() if ROUNDS is None else range(ROUNDS):
            await asyncio.wait([stopped], timeout=max(0, beat - time()))
            if stopped.done():
                return
            await attempt(resource, number)
            beat += PERIOD * max(1, math.ceil((time() - beat) / PERIOD))


async def attempt(resource: Resource, number: int) -> None:
    try:
        async with asyncio.timeout(TIMEOUT):
            await work(resource, number)
    except Exception:
        log.exception("round %d failed", number)


if __name__ == "__main__":
    sys.exit(main())
