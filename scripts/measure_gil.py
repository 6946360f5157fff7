"""Does native code let go of the GIL? Measure it here, and compare with what `rules/effects/` says.

    python scripts/measure_gil.py                 the whole table, about a minute
    python scripts/measure_gil.py zlib hashlib    only names that begin so

Two threads do the same work side by side, each on data of its own; then one thread does it twice. Where two
threads finish clearly sooner the GIL is free during the call. Prints what disagrees with the catalog, and exits
with 1 if anything does. A busy machine hides speed-ups, so a measurement counts only while two cores are free.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import yaml
from gil_snippets import TABLE, Snippet

from advisor.model.catalog import Catalog, CatalogFile
from advisor.model.effect import Effect

EFFECTS = Path(__file__).resolve().parents[1] / "rules" / "effects"
RELEASED_ABOVE = 1.4
HELD_BELOW = 1.25
OVERLAPS_ABOVE = 1.15
FREE_ABOVE = 1.6
ROUNDS = 3
ATTEMPTS = 8
SECONDS_A_RUN = 0.05


class Measured(NamedTuple):
    """`speedup`: time of doing it twice in turn over time of two threads, which kept `cores` cores busy."""

    speedup: float
    cores: float


class Result(NamedTuple):
    """What the catalog says (None: nothing) and what was seen (None, with the `trouble`: it could not be run)."""

    snippet: Snippet
    effect: Effect | None
    seen: Measured | None
    trouble: str


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("prefix", nargs="*", help="measure only names that begin so")
    parser.add_argument("--all", action="store_true", help="print every result, not only disagreements")
    options = parser.parse_args()
    if not getattr(sys, "_is_gil_enabled", lambda: True)():
        print("this interpreter runs without a GIL: there is nothing to measure", file=sys.stderr)
        return 2
    if (os.cpu_count() or 1) < 2:
        print("this machine has one core: two threads cannot be faster than one", file=sys.stderr)
        return 2
    catalog = load_catalog(EFFECTS)
    chosen = [s for s in TABLE if not options.prefix or s.api.startswith(tuple(options.prefix))]
    results = [examine(snippet, catalog) for snippet in chosen]
    wrong = [r for r in results if disagrees(r)]
    for result in results if options.all else wrong:
        print(line(result))
    measured = sum(r.seen is not None and r.effect is not None for r in results)
    unknown = [r.snippet.api for r in results if r.seen is not None and r.effect is None]
    skipped = Counter(r.trouble for r in results if r.seen is None)
    print(f"{measured} compared with the catalog, {len(wrong)} disagree")
    if unclear := [r.snippet.api for r in results if hidden(r)]:
        print(f"without the GIL as claimed, but hardly faster here: {', '.join(unclear)}")
    if unknown:
        print(f"not in the catalog: {', '.join(unknown)}")
    for trouble, times in skipped.items():
        print(f"{times} not measured: {trouble}")
    return 1 if wrong else 0


def load_catalog(folder: Path) -> Catalog:
    """All effect files of `folder`, validated."""
    paths = sorted(folder.glob("*.yml"))
    loaded = (yaml.safe_load(path.read_text(encoding="utf-8")) for path in paths)
    return Catalog(tuple(CatalogFile.model_validate(content) for content in loaded))


def examine(snippet: Snippet, catalog: Catalog) -> Result:
    """One snippet, measured and laid beside its catalog entry."""
    known = catalog.call(snippet.api)
    effect = known[1].effect if known else None
    try:
        seen = measure_undisturbed(snippet)
    except (ImportError, TimeoutError) as error:
        return Result(snippet, effect, None, str(error))
    except Exception as error:  # noqa: BLE001  a snippet runs other people's code
        return Result(snippet, effect, None, f"{type(error).__name__}: {error}")
    return Result(snippet, effect, seen, "")


def measure_undisturbed(snippet: Snippet) -> Measured:
    """`measure` while two cores were free, just before and just after. Raises TimeoutError if they never were."""
    for _ in range(ATTEMPTS):
        if two_cores_free():
            seen = measure(snippet)
            if seen.speedup > RELEASED_ABOVE or two_cores_free():
                return seen
        time.sleep(0.3)
    raise TimeoutError("the machine is too busy")


def two_cores_free() -> bool:
    """Do two threads of a call that is documented to release the GIL get a core each at this moment?"""
    control = partial(hashlib.pbkdf2_hmac, "sha256", b"key", b"salt")
    return cores_busy([control, control], 40_000)[1] > FREE_ABOVE


def measure(snippet: Snippet) -> Measured:
    """The best of some rounds, as other programs can only slow us down."""
    workers = [prepare(snippet), prepare(snippet)]
    times = calls_for(workers[0], SECONDS_A_RUN)
    workers[1](1)  # the second namespace is warm too
    alone = min(clock(lambda: [work(times) for work in workers]) for _ in range(ROUNDS))
    together = [cores_busy(workers, times) for _ in range(ROUNDS)]
    return Measured(alone / min(together)[0], max(cores for _, cores in together))


def cores_busy(workers: Sequence[Callable[[int], object]], times: int) -> tuple[float, float]:
    """Seconds the workers take side by side, and how many cores they used in that time."""
    computed = time.process_time()
    seconds = clock(lambda: side_by_side(workers, times))
    return seconds, (time.process_time() - computed) / seconds


def prepare(snippet: Snippet) -> Callable[[int], None]:
    """A function that runs the call so many times, in a namespace of its own."""
    namespace: dict[str, object] = {}
    body = "\n".join(f"        {part}" for part in snippet.call.splitlines())
    exec(snippet.setup, namespace)
    exec(f"def work(times):\n    for _ in range(times):\n{body}\n", namespace)
    work = namespace["work"]
    assert callable(work)
    return work


def calls_for(work: Callable[[int], None], seconds: float) -> int:
    """How many calls fill about `seconds`."""
    work(1)
    times, spent = 1, clock(partial(work, 1))
    while spent < seconds / 4:
        times *= 4
        spent = clock(partial(work, times))
    return max(1, round(times * seconds / spent))


def clock(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def side_by_side(workers: Sequence[Callable[[int], object]], times: int) -> None:
    threads = [threading.Thread(target=work, args=(times,)) for work in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def disagrees(result: Result) -> bool:
    """Does the measurement contradict the catalog? Entries whose effect is not computing claim nothing here."""
    if result.seen is None:
        return False
    if result.effect is Effect.CPU_NATIVE_NOGIL:
        return result.seen.speedup <= RELEASED_ABOVE and result.seen.cores <= OVERLAPS_ABOVE
    if result.effect in (Effect.CPU_NATIVE, Effect.CPU_PYTHON):
        return result.seen.speedup >= HELD_BELOW
    return False


def hidden(result: Result) -> bool:
    """The threads did compute at the same time, as claimed, but gained little: both wait for memory, perhaps."""
    claimed = result.effect is Effect.CPU_NATIVE_NOGIL and result.seen is not None and not disagrees(result)
    return claimed and result.seen is not None and result.seen.speedup <= RELEASED_ABOVE


def line(result: Result) -> str:
    said = result.effect.value if result.effect else "not in the catalog"
    if result.seen is None:
        return f"{result.snippet.api:<44} {said:<18} {result.trouble}"
    return f"{result.snippet.api:<44} {said:<18} {result.seen.speedup:.2f}x faster on {result.seen.cores:.2f} cores"


if __name__ == "__main__":
    sys.exit(main())
