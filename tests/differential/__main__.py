"""Tries N programs: python -m tests.differential N [--seed S] [--jobs J] [--from FIRST] [--keep DIR].

With --smallest NAME..., instead: for each of these productions the smallest program with it that differs, of N drawn.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, Phase, find, settings
from hypothesis import strategies as st
from hypothesis.errors import HypothesisWarning, NoSuchExample

os.environ.setdefault("ADVISOR_CACHE", str(Path(tempfile.gettempdir()) / "advisor-differential-cache"))

from tests.differential.grammar import Program, drawn, numbered
from tests.differential.harness import Harness, Tried

_SHRINKING = 20.0  # seconds for a production


@dataclass(frozen=True, slots=True)
class Entry:
    """Program `number`, and what became of it."""

    number: int
    program: Program
    tried: Tried


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("programs", type=int, metavar="N", help="how many programs to try")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--from", type=int, default=0, dest="first", help="the number of the first program")
    parser.add_argument("--jobs", type=int, default=1, help="processes that try programs")
    parser.add_argument("--every-start", action="store_true", help="start processes in each way, for every program")
    parser.add_argument("--smallest", nargs="+", metavar="NAME", help="shrink programs with these productions")
    parser.add_argument("--keep", type=Path, help="where to save the programs that differ")
    given = parser.parse_args()
    numbers = range(given.first, given.first + given.programs)
    kept = given.keep or Path(tempfile.mkdtemp(prefix="differing-"))
    if given.smallest:
        return shrunk(given.smallest, given.programs, kept)
    entries = []
    for entry in tried(given.seed, numbers, given.jobs, every_start=given.every_start):
        entries.append(entry)
        if entry.tried.differences or entry.tried.unsteady:
            print(f"{save(entry, kept / f'{given.seed}-{entry.number}')}: {told(entry)}", flush=True)
    print("\n".join(table(entries)))
    return 1 if any(entry.tried.differences or entry.tried.unsteady for entry in entries) else 0


def tried(seed: int, numbers: Iterable[int], jobs: int = 1, *, every_start: bool = False) -> Iterator[Entry]:
    """Each of the programs with these numbers, tried, in order; by `jobs` processes. `every_start`: as of `Harness`."""
    chunks = [list(numbers)[start::jobs] for start in range(jobs)] if jobs > 1 else [list(numbers)]
    if jobs == 1:
        yield from _chunk(seed, chunks[0], every_start)
        return
    pieces = [chunk[at : at + 10] for chunk in chunks for at in range(0, len(chunk), 10)]
    with ProcessPoolExecutor(jobs) as pool:
        for entries in pool.map(partial(_listed, seed, every_start=every_start), pieces):
            yield from entries


def shrunk(names: list[str], most: int, kept: Path) -> int:
    """Saves and prints for each production the smallest program with it that differs, found among `most` and shrunk."""
    code = 0
    with Harness(patience=4) as harness, warnings.catch_warnings():
        warnings.simplefilter("ignore", HypothesisWarning)  # the analysis raises the limit of recursion
        for name in names:
            program = smallest(harness, name, most)
            if program is None:
                print(f"{name}: none of {most} differs", flush=True)
                continue
            code, entry = 1, Entry(0, program, harness.tried(program))
            print(f"{save(entry, kept / name)}: {told(entry)}\n\n{program.text}", flush=True)
    return code


def smallest(harness: Harness, name: str, most: int) -> Program | None:
    """The smallest program with this production that differs, as Hypothesis shrinks it; None if there is none."""
    options = settings(max_examples=most, deadline=None, database=None, suppress_health_check=list(HealthCheck),
                       phases=(Phase.generate, Phase.shrink))  # fmt: skip
    known: dict[str, bool] = {}
    until = time.monotonic() + _SHRINKING

    def differs(program: Program) -> bool:
        if program.text not in known:  # once it has taken long enough, nothing new counts
            known[program.text] = time.monotonic() < until and bool(harness.tried(program).differences)
        return known[program.text]

    try:
        return find(st.randoms(use_true_random=False).map(lambda rng: drawn(rng, name)), differs, settings=options,
                    random=Random(0))  # fmt: skip
    except NoSuchExample:
        return None


def _listed(seed: int, numbers: list[int], every_start: bool) -> list[Entry]:
    return list(_chunk(seed, numbers, every_start))


def _chunk(seed: int, numbers: list[int], every_start: bool) -> Iterator[Entry]:
    with Harness(every_start=every_start) as harness:
        for number in numbers:
            program = numbered(seed, number)
            yield Entry(number, program, harness.tried(program))


def save(entry: Entry, folder: Path) -> Path:
    """The program and what was made of it, as files to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "app.py").write_text(entry.program.text, encoding="utf-8")
    for index, difference in enumerate(entry.tried.differences):
        if difference.rewritten.text:
            (folder / f"rewritten-{index}.py").write_text(difference.rewritten.text, encoding="utf-8")
    (folder / "differences.txt").write_text(told(entry) + "\n", encoding="utf-8")
    return folder


def told(entry: Entry) -> str:
    """What is wrong with a program, with the names of its productions."""
    lines = [" + ".join(entry.program.productions) or "nothing special"]
    lines += [f"unsteady: {entry.tried.unsteady}"] if entry.tried.unsteady else []
    return "\n    ".join([*lines, *map(str, entry.tried.differences)])


def table(entries: list[Entry]) -> list[str]:
    """The counts: of all, of the independent ones by model, and of each production with a difference."""
    lines = [
        f"programs {len(entries)}, rewritten {sum(each.tried.rewritten > 0 for each in entries)}",
        f"texts {sum(each.tried.rewritten for each in entries)},"
        f" orders refused {sum(each.tried.refused for each in entries)}",
        f"differing {sum(bool(each.tried.differences) for each in entries)}, of them independent"
        f" {sum(bool(each.tried.differences) and each.program.independent for each in entries)},"
        f" unsteady {sum(bool(each.tried.unsteady) for each in entries)}",
    ]
    for model, (refused, among) in sorted(refused_independent(entries).items()):
        lines.append(f"independent, {model}: {refused} of {among} refused ({refused / among:.0%})")
    count, differ = Counter[str](), Counter[str]()
    for entry in entries:
        for name in entry.program.ties or {"(independent)"}:
            count[name] += 1
            differ[name] += bool(entry.tried.differences)
    width = max(map(len, count), default=0)
    lines += [f"  {name:{width}}  {differ[name]} of {count[name]} differ" for name in sorted(differ) if differ[name]]
    return lines


def refused_independent(entries: Iterable[Entry]) -> dict[str, tuple[int, int]]:
    """For each model: how many of the independent programs whose work it suits it was refused for, and of how many."""
    found: dict[str, tuple[int, int]] = {}
    for entry in entries:
        if entry.program.independent:
            refused, among = found.get(entry.program.suits, (0, 0))
            found[entry.program.suits] = refused + bool(entry.tried.refusal), among + 1
    return found


if __name__ == "__main__":
    started = time.perf_counter()
    code = main()
    print(f"{time.perf_counter() - started:.0f} s")
    sys.exit(code)
