"""Fit how often loops run: `fit_rounds.py [--record CLASS NAME ROOT COUNTS]… [--check]` writes `rules/rounds.yml`.

What was counted is `tests/truth/rounds.jsonl`: a line for each program and kind of loop, with the median rounds of each loop.
`scripts/count_rounds.py` counts them in a run; `--record` puts such COUNTS of a program NAME, the files of which lie under
ROOT, into that file, in place of what it has of it: the advisor's own reading tells what each loop walks, and loops whose
length it knows are left out, as are those that are tried again until they succeed. CLASS is what kind of run it was:

    benchmark  a program of pyperformance, run once as `run_benchmark.py --worker -l1 -w0 -n1`
    example    a public tool or library at its usual work, on data as people have them
    workload   a small program with one piece of work worth running concurrently
    tests      the test suite of a public project

Only rounds of entries with at least one count: a loop over nothing costs nothing. The table rests on the first three
classes, each as much as the others and no program for more than twenty loops; test data are small on purpose, so these
only stand in the report. A kind is drawn towards all loops by as much as predicts programs best that were left out; where
that predicts them no better than all loops together do, the kind has no prior of its own and counts as `other`.

With `--check`, nothing is written, and the exit code is 1 where the file is not what it would be.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

from advisor.inputs.discover import read
from advisor.inputs.knowledge import builtin_rules, load_knowledge
from advisor.inputs.project import Project
from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.program import FunctionInfo, Program
from advisor.model.rounds import Prior, Rounds, Walked
from advisor.model.source import Source
from advisor.questions.recursion import recursion
from advisor.questions.rounds import once_or_more, walked
from advisor.reading import read_facts
from advisor.stages.link import link

ROOT = Path(__file__).resolve().parents[1]
TRUTH = ROOT / "tests" / "truth" / "rounds.jsonl"
WRITTEN = ROOT / "rules" / "rounds.yml"
RUNS = ("benchmark", "example", "workload")
_MOST = 20  # loops for which one program counts
_PULLS = (3.0, 10.0, 30.0, 100.0)  # as many loops of all kinds are laid to those of one
_QUANTILES = (0.05, 0.5, 0.95)
_SPLITS = 6  # in two halves of the programs
_FEW = 8  # programs: a kind that fewer have is not told apart
_RECURSION = (Walked.LINEAR_RECURSION, Walked.TREE_RECURSION)
_ALWAYS = (Walked.OTHER, *_RECURSION)  # these have a prior in any case
_REPEATS = ("benchmark", Walked.RANGE, 1)  # what a benchmark repeats its work by, which `-l1` sets to one round
_DEEP = 12_000  # frames: expressions nest
Numbers = NDArray[np.float64]
_Place = tuple[str, int, int, int]  # path, line, column, which clause


class Loop(NamedTuple):
    """A loop of one program, or a function that calls itself."""

    run: str
    program: str
    walked: Walked
    rounds: float


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--record", nargs=4, action="append", default=[], metavar=("CLASS", "NAME", "ROOT", "COUNTS"))
    options.add_argument("--check", action="store_true")
    given = options.parse_args()
    rows = [json.loads(line) for line in TRUTH.read_text(encoding="utf-8").splitlines()] if TRUTH.exists() else []
    if given.record:
        rows = recorded(rows, given.record)
        TRUTH.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    loops = loops_of(rows)
    text = written(fit(loops))
    if given.check:
        return int(WRITTEN.read_text(encoding="utf-8") != text)
    WRITTEN.write_text(text, encoding="utf-8")
    print("\n".join(report(loops)))
    return 0


def loops_of(rows: Iterable[dict[str, Any]]) -> list[Loop]:
    """The loops that the rows tell of."""
    return [
        Loop(row["class"], row["program"], Walked(row["walked"]), float(rounds))
        for row in rows
        for rounds in row["rounds"]
    ]


# ---- fitting


class Counted(NamedTuple):
    """Loops as numbers: the decimal logarithms of their rounds, what each counts, and what it walks."""

    rounds: Numbers
    weights: Numbers
    walked: NDArray[np.str_]

    def quantiles(self, kind: Walked | None, pull: float) -> Numbers:
        """Those of the rounds of one kind (None: of all loops), drawn towards all by `pull` loops."""
        weights = self.weights
        if kind is not None:
            own = np.where(self.walked == kind.value, weights, 0.0)
            equal = own.sum() ** 2 / max(1e-12, (own**2).sum())  # loops of equal weight that would tell as much
            weights = own / max(1e-12, own.sum()) * equal + weights / weights.sum() * pull
        return np.array([_quantile(self.rounds, weights, at) for at in _QUANTILES])


def fit(loops: Sequence[Loop]) -> Rounds:
    """The table: a prior for each kind that the counts tell apart, and one for all others together."""
    real = [loop for loop in loops if loop.run in RUNS]
    priors = {}
    for family in _families():
        own = [loop for loop in real if loop.walked in family]
        split = halves(own)
        pull = chosen_pull(split, family)
        kept = [kind for kind in family if kind in _ALWAYS or _is_told_apart(own, split, kind, pull)]
        own = [loop if loop.walked in kept else loop._replace(walked=Walked.OTHER) for loop in own]
        priors.update({kind: _prior(own, kind, pull) for kind in kept})
    programs = len({(loop.run, loop.program) for loop in real})
    return Rounds(
        about=f"How many rounds loops of unknown length have, from {len(real)} loops of {programs} programs.",
        sources=(
            "benchmark: programs of pyperformance, with the libraries that they measure",
            "example: public tools and libraries at work on source code, documents, tables and graphs",
            "workload: small programs with one piece of work worth running concurrently",
        ),
        priors=priors,
    )


def _families() -> tuple[tuple[Walked, ...], ...]:
    """The kinds that are drawn towards each other: loops, and recursion."""
    return tuple(kind for kind in Walked if kind not in _RECURSION), _RECURSION


def _prior(own: Sequence[Loop], kind: Walked, pull: float) -> Prior:
    low, expected, high = (float(f"{10**value:.2g}") for value in counted(own).quantiles(kind, pull))
    return Prior(
        low=low,
        expected=expected,
        high=high,
        loops=sum(loop.walked is kind for loop in own),
        programs=_programs(own, kind),
    )


def _programs(own: Iterable[Loop], kind: Walked) -> int:
    return len({(loop.run, loop.program) for loop in own if loop.walked is kind})


def counted(loops: Sequence[Loop]) -> Counted:
    """The loops as numbers: classes of runs count alike, and within one no program for more than so many loops."""
    of_program = Counter((loop.run, loop.program) for loop in loops)
    single = [min(1.0, _MOST / of_program[loop.run, loop.program]) for loop in loops]
    of_run = {run: sum(w for w, loop in zip(single, loops, strict=True) if loop.run == run) for run in RUNS}
    return Counted(
        np.log10([loop.rounds for loop in loops]),
        np.array([weight / of_run[loop.run] for weight, loop in zip(single, loops, strict=True)]),
        np.array([loop.walked.value for loop in loops]),
    )


def _quantile(values: Numbers, weights: Numbers, at: float) -> float:
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    return float(values[order][min(len(values) - 1, int(np.searchsorted(reached, at * reached[-1])))])


# ---- programs that were left out

Halves = list[tuple[Counted, Counted]]


def halves(loops: Sequence[Loop]) -> Halves:
    """Half of the programs to fit to and the others to look at, and the other way round; split several times."""
    programs = sorted({(loop.run, loop.program) for loop in loops})
    found: Halves = []
    for split in range(_SPLITS):
        order = np.random.default_rng(split).permutation(len(programs))
        side = dict(zip(programs, order % 2, strict=True))
        one, other = (counted([x for x in loops if side[x.run, x.program] == which]) for which in (0, 1))
        found += [(one, other), (other, one)]
    return found


def chosen_pull(split: Halves, family: Iterable[Walked]) -> float:
    """The pull that predicts best what was left out."""
    kinds = tuple(family)
    return min(_PULLS, key=lambda pull: sum(_loss(split, kind, pull) for kind in kinds))


def _is_told_apart(own: Sequence[Loop], split: Halves, kind: Walked, pull: float) -> bool:
    return _programs(own, kind) >= _FEW and _loss(split, kind, pull) < _loss(split, kind, None)


def _loss(split: Halves, kind: Walked, pull: float | None) -> float:
    """How far the quantiles of a kind (with no `pull`, those of all loops) lie from its loops in programs left out."""
    lost = 0.0
    for fitted, left in split:
        of_kind = left.walked == kind.value
        for share, value in zip(_QUANTILES, fitted.quantiles(None if pull is None else kind, pull or 0.0), strict=True):
            off = left.rounds[of_kind] - value
            lost += float((left.weights[of_kind] * np.maximum(share * off, (share - 1) * off)).sum())
    return lost


def report(loops: Sequence[Loop]) -> Iterator[str]:
    """Medians by class of run, and how the priors do on programs that were left out."""
    table = fit(loops)
    for family in _families():
        split = halves([loop for loop in loops if loop.run in RUNS and loop.walked in family])
        pull = chosen_pull(split, family)
        yield f"pull {pull}"
        for kind in family:
            medians = (_median_of(loops, run, kind) for run in (*RUNS, "tests"))
            prior = table.priors.get(kind)
            shown = "as other" if prior is None else f"{prior.low:g} {prior.expected:g} {prior.high:g}"
            yield f"{kind.value:18} {shown:16} {_held(split, kind, pull)}; medians: {', '.join(medians)}"


def _median_of(loops: Iterable[Loop], run: str, kind: Walked) -> str:
    found = [loop.rounds for loop in loops if (loop.run, loop.walked) == (run, kind)]
    return f"{run} {np.median(found):g} ({len(found)})" if found else f"{run} -"


def _held(split: Halves, kind: Walked, pull: float) -> str:
    """How a prior that is fitted to half of the programs does on the other half."""
    off, inside = [], []
    for fitted, left in split:
        low, expected, high = fitted.quantiles(kind, pull)
        of_kind = left.walked == kind.value
        rounds, weights = left.rounds[of_kind], left.weights[of_kind]
        if rounds.size:
            inside.append(weights[(rounds >= low) & (rounds <= high)].sum() / weights.sum())
            off.append(_quantile(rounds, weights, 0.5) - expected)
    gain = 1 - _loss(split, kind, pull) / max(1e-12, _loss(split, kind, None))
    apart = f"median off by x{10 ** np.abs(off).mean():.2g}, {np.mean(inside):.0%} between low and high"
    return f"left out: {apart}, loss {-gain:+.0%} beside all loops"


# ---- recording


def recorded(rows: list[dict[str, Any]], runs: Iterable[Sequence[str]]) -> list[dict[str, Any]]:
    """The rows with those of these runs, in place of what they have of the same programs."""
    catalog = load_knowledge((builtin_rules(),)).catalog
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEEP))
    for run, name, root, counts in runs:
        found: dict[Walked, list[int]] = {}
        counted = json.loads(Path(counts).read_text(encoding="utf-8"))
        for kind, rounds in _counted(catalog, Path(root).resolve(), counted):
            if (run, kind, rounds) != _REPEATS:
                found.setdefault(kind, []).append(rounds)
        rows = [row for row in rows if (row["class"], row["program"]) != (run, name)]
        rows += [
            {"class": run, "program": name, "walked": kind.value, "rounds": sorted(found[kind])}
            for kind in Walked
            if kind in found
        ]
    return sorted(rows, key=lambda row: (row["class"], row["program"], row["walked"]))


def _counted(catalog: Catalog, root: Path, counts: list[dict[str, Any]]) -> Iterator[tuple[Walked, int]]:
    """What each loop of unknown length walks, and its median rounds."""
    project = Project.around((root,), root, catalog.libraries)
    paths = sorted({each["path"] for each in counts})
    sources = (source for path in paths if isinstance(source := read(project, path), Source))
    program = link(read_facts(project, sources, (), map, None).modules, catalog, project.candidates)
    medians: dict[_Place, int] = {}
    runs: dict[tuple[str, int], int] = {}
    for each in counts:
        median = _median(each["rounds"])
        if median and each["is_function"]:
            runs[each["path"], each["line"]] = median
        elif median:
            medians[each["path"], each["line"], each["column"], each["part"]] = median
    for info in program.functions.values():
        kind = recursion(program, info) if (info.path, info.line) in runs else None
        if kind is not None:
            yield kind, runs[info.path, info.line]
        for place, of in _loops(program, catalog, info):
            if place in medians:
                yield of, medians[place]


def _loops(program: Program, catalog: Catalog, info: FunctionInfo) -> Iterator[tuple[_Place, Walked]]:
    """The loops of a function whose length is not known."""
    for statement in info.statements:
        if not isinstance(statement, code.For | code.While) or once_or_more(statement.body) is not None:
            continue
        place = (info.path, statement.line, statement.column, 0)
        if isinstance(statement, code.While):
            yield place, Walked.TEST
        elif program.length(info.id, statement.iterable) is None:
            yield place, walked(program, catalog, info.id, statement.iterable)
    for made in tree.expressions(info.body):
        for part, clause in enumerate(made.clauses if isinstance(made, code.Comprehension) else ()):
            if isinstance(made, code.Comprehension) and program.length(info.id, clause.iterable) is None:
                place = (info.path, made.line, made.column, part)
                yield place, walked(program, catalog, info.id, clause.iterable)


def _median(rounds: Sequence[Sequence[int]]) -> int | None:
    """The median of the entries with any rounds; None where there is none."""
    some = [(number, entries) for number, entries in rounds if number > 0]
    total, seen = sum(entries for _, entries in some), 0
    for number, entries in some:
        seen += entries
        if 2 * seen >= total:
            return number
    return None


def written(rounds: Rounds) -> str:
    """The text of the file."""
    head = "# yaml-language-server: $schema=schema/rounds.json\n# Written by scripts/fit_rounds.py: do not edit.\n"
    data = rounds.model_dump(mode="json")
    return head + yaml.safe_dump(data, sort_keys=False, default_flow_style=None, width=120)


if __name__ == "__main__":
    sys.exit(main())
