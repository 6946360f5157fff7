"""Many awaits at once, bounded, results in order.

For hundreds or thousands of independent network calls through an asynchronous client.
Not for computing (process-map), nor for libraries that block: those need threads
(thread-map), or `asyncio.to_thread` around the call.

Put your own code into `items`, `work` and `use`, and set the limits. Good to know:

- One blocking call inside `work` stops all the others: nothing in it may sleep, read or
  compute for long without an `await`.
- Make one client for the whole run, in `run`, not one for each item.
- Results are kept until all are there. Where order does not matter, call `use` in `runner`.
- An item that fails or takes too long is logged and the others go on; the exit code is
  then 1.
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
import sys
from collections.abc import Iterable, Iterator

AT_ONCE = 50  # items under way; never more than the other side allows
TIMEOUT = 10.0  # seconds for one item

log = logging.getLogger(__name__)

# ---- yours: what to work on, the work, and what to do with a result

Item = str
Result = int


def items() -> Iterable[Item]:
    """What to work on; a generator is read no faster than the work goes on."""
    return (f"https://example.org/page/{number}" for number in range(400))


async def work(item: Item) -> Result:
    """One item. Several are under way at once, and take turns where they await."""
    return len(await fetch(item))


async def fetch(url: str) -> bytes:
    """Stands for a real call, as `(await client.get(url)).content`."""
    await asyncio.sleep(0.05)
    return url.encode()


def use(item: Item, result: Result) -> None:
    """One result, when all are there, in the order of the items."""
    print(item, result)


# ---- the machinery


def main() -> int:
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(message)s")
    try:
        failed = asyncio.run(run(items()))
    except KeyboardInterrupt:
        log.warning("interrupted: stopped before the end")
        return 130
    if failed:
        log.error("failed items: %d", failed)
    return 1 if failed else 0


async def run(source: Iterable[Item]) -> int:
    """Works on everything; returns how many items failed."""
    done: dict[int, tuple[Item, Result]] = {}
    failures: list[Item] = []
    numbered = enumerate(source)  # shared: each runner takes the next one from it
    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(runner(numbered, done, failures))
    for number in sorted(done):
        use(*done[number])
    return len(failures)


async def runner(
    numbered: Iterator[tuple[int, Item]],
    done: dict[int, tuple[Item, Result]],
    failures: list[Item],
) -> None:
    """One item after another. As many of these as AT_ONCE are what bounds the work."""
    for number, item in numbered:
        try:
            async with asyncio.timeout(TIMEOUT):
                done[number] = item, await work(item)
        except Exception:
            log.exception("%s failed", item)
            failures.append(item)


if __name__ == "__main__":
    sys.exit(main())
