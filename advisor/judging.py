"""Judging: from a linked program to what is found in its files and what is decided of it; of each file by itself, so that
several processes may do it side by side."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial

from advisor.model.case import Case
from advisor.model.concurrency import Level
from advisor.model.estimate import Forecast, Machine, Target
from advisor.model.evidence import Profile
from advisor.model.facts import ModuleFacts
from advisor.model.fault import Fault
from advisor.model.knowledge import Knowledge
from advisor.model.program import Program
from advisor.model.race import Kept
from advisor.model.report import FindingKind
from advisor.model.site import Site
from advisor.model.summary import Summaries
from advisor.model.verdict import Verdict
from advisor.questions.calls import calls_of
from advisor.questions.silence import Silence
from advisor.reading import Progress
from advisor.sharing import Lazily, may_fork, share
from advisor.stages.assemble import fingerprint
from advisor.stages.decide import decide, may_be_sure, may_change, rows_may_be_sure, unexamined
from advisor.stages.estimate import estimate, with_race
from advisor.stages.faults import Sight, find_faults, with_linked_sites
from advisor.stages.locate import locate
from advisor.stages.measure import measure
from advisor.stages.settle import Judged
from advisor.stages.trace import prove
from advisor.stages.weigh import Shared, weigh

_PART = 1_500  # lines that one process judges at a time: a second or less


@dataclass(frozen=True)
class Judging:
    """What is found in files of a linked program, and what is judged of it: of each file by itself, so that several
    processes may do it."""

    program: Program
    summaries: Summaries
    reported: Mapping[str, ModuleFacts]
    judge: Judge
    profile: Profile | None
    _located: dict[str, list[Site]] = field(default_factory=dict)  # by path

    def all(
        self, workers: int, progress: Progress | None = None
    ) -> tuple[Sequence[Site], tuple[Judged, ...], tuple[Fault, ...]]:
        """The sites of all files in the order of path, line and column, what was judged of each, and the misuses likewise.

        `progress` is called with (files done, files in all).
        """
        paths = sorted(self.reported)
        parts, done = list(_parts(paths, self.reported)), 0
        self._ask_first(paths)
        if workers > 1 and len(parts) > 1 and may_fork():
            coming = (self._received(*sent) for sent in share(self._sent, parts, workers))
        else:
            coming = (self._of(part) for part in parts)
        told = []
        for part, each in zip(parts, coming, strict=True):
            told.append(each)
            done += len(part)
            if progress is not None:
                progress(done, len(paths))
        judged = tuple(each for those, _ in told for each in those)
        places = _places(each.case.path for each in judged)
        sites = Lazily(len(judged), lambda number: self.site(*places[number]))
        return sites, judged, tuple(sorted(fault for _, faults in told for fault in faults))

    def _ask_first(self, paths: Iterable[str]) -> None:
        """Find what every call leads to, and which functions are workers, before anything rests on it.

        Much of the program has to be asked for that, once and not in each process. And where questions form a circle and
        too many values meet in it, what is left of them rests on which was asked first: then that is no matter of which
        files are judged, nor of where.
        """
        for path in paths:
            for info in self.program.files[path]:
                for call in info.calls:
                    self.program.targets(info.id, call)
        self.program.workers()
        self.program.small()

    def site(self, path: str, number: int) -> Site:
        """One of the sites of a file, counted from 0."""
        if path not in self._located:
            self._located[path] = list(self._sites([path]))
        return self._located[path][number]

    def _of(self, paths: Iterable[str]) -> tuple[tuple[Judged, ...], tuple[Fault, ...]]:
        knowledge, program, summaries = self.judge.knowledge, self.program, self.summaries
        sites = self._sites(paths)
        for site in sites:
            self._located.setdefault(site.path, []).append(site)
        proven, worth = partial(prove, program, summaries), self.judge.is_worth_it
        cases = weigh(program, summaries, knowledge.catalog, sites, proven, worth, self._shared)
        cases = measure(program, sites, cases, self.profile)
        silence = Silence(self.reported, knowledge.noqa)
        judged = []
        for site, case, place in zip(sites, cases, _places(site.path for site in sites), strict=True):
            forecast, verdict = self.judge.judged(case)
            silenced = silence.holds(case.path, (case.line, case.end_line), slugs_of(case, verdict))
            judged.append(Judged(case, forecast, verdict, site.function, self._reached(*place), silenced))
        return tuple(judged), find_faults(self._sight, self._facts(paths), knowledge.sites)

    def _sites(self, paths: Iterable[str]) -> tuple[Site, ...]:
        knowledge = self.judge.knowledge
        linked = with_linked_sites(self._sight, self._facts(paths), knowledge.sites)
        rows = self.judge.tells_of_rows(small=bool(self.program.small()))
        return locate(self.program, self.summaries, knowledge.catalog, linked, knowledge.sites, rows=rows)

    def _facts(self, paths: Iterable[str]) -> dict[str, ModuleFacts]:
        return {path: self.reported[path] for path in paths}

    def _reached(self, path: str, number: int) -> Callable[[], frozenset[str]]:
        @cache
        def reached() -> frozenset[str]:
            site = self.site(path, number)
            return self.summaries.reached(site.function, calls_of(site))

        return reached

    @cached_property
    def _sight(self) -> Sight:
        return Sight(self.program, self.summaries, self.judge.knowledge.catalog, self.judge.target)

    @cached_property
    def _shared(self) -> Shared:
        return Shared(self.program, self.summaries, self.judge.knowledge.catalog)

    # ---- from one process to another, which know the same functions by their numbers

    def _sent(self, paths: Iterable[str]) -> tuple[tuple[Judged, ...], tuple[Fault, ...], dict[int, array[int]]]:
        judged, faults = self._of(paths)
        reached = {place: self._numbers(each.reached()) for place, each in enumerate(judged) if each.advises_a_pool}
        return tuple(replace(each, reached=frozenset) for each in judged), faults, reached

    def _received(
        self, judged: Iterable[Judged], faults: tuple[Fault, ...], reached: Mapping[int, array[int]]
    ) -> tuple[tuple[Judged, ...], tuple[Fault, ...]]:
        names = {place: cache(partial(self._names, numbers)) for place, numbers in reached.items()}
        places = _places(each.case.path for each in judged)
        told = (
            replace(each, reached=names.get(number) or self._reached(*places[number]))
            for number, each in enumerate(judged)
        )
        return tuple(told), faults

    def _numbers(self, functions: Iterable[str]) -> array[int]:
        return array("L", sorted(map(self._number.__getitem__, functions)))

    def _names(self, numbers: array[int]) -> frozenset[str]:
        return frozenset(map(self._functions.__getitem__, numbers))

    @cached_property
    def _functions(self) -> tuple[str, ...]:
        return tuple(self.program.functions)

    @cached_property
    def _number(self) -> dict[str, int]:
        return {function: number for number, function in enumerate(self._functions)}


def _places(paths: Iterable[str]) -> list[tuple[str, int]]:
    """Each path with the number of those before it that are the same."""
    counts: Counter[str] = Counter()
    found = []
    for path in paths:
        found.append((path, counts[path]))
        counts[path] += 1
    return found


def _parts(paths: Iterable[str], facts: Mapping[str, ModuleFacts]) -> Iterator[list[str]]:
    """Files that lie together, enough of them to be worth the way to another process."""
    part, lines = list[str](), 0
    for path in paths:
        part.append(path)
        lines += facts[path].lines
        if lines >= _PART:
            yield part
            part, lines = [], 0
    if part:
        yield part


@dataclass(frozen=True, slots=True)
class Judge:
    """Forecasts and decides, for one machine and target; `every` where each case is worth to be looked at as a whole, else
    those on which advice of the level `least` might be given."""

    knowledge: Knowledge
    machine: Machine
    target: Target
    every: bool  # a measured place may take long after all
    races: dict[str, Kept]
    least: Level = Level.LOW
    _left: dict[int, Forecast] = field(default_factory=dict)  # by the identity of cases of which no more is asked
    _unexamined: set[int] = field(default_factory=set)  # those of them that might be changed after all

    def is_worth_it(self, case: Case) -> bool:
        """Is it worth to ask more of a case: might the verdict on it be to change something, and be told?"""
        if self.every:
            return True
        forecast = estimate(case, self.machine, self.target)
        if may_change(case, forecast, self.target, self.knowledge.rules):
            if may_be_sure(case, forecast, self.knowledge.calibration, self.least):
                return True
            self._unexamined.add(id(case))
        self._left[id(case)] = forecast
        return False

    def tells_of_rows(self, *, small: bool) -> bool:
        """Might advice on statements in a row be told?"""
        return self.every or rows_may_be_sure(self.knowledge.calibration, self.least, small=small)

    def judged(self, case: Case) -> tuple[Forecast, Verdict]:
        forecast = self._left.get(id(case)) or estimate(case, self.machine, self.target)
        if id(case) in self._unexamined:
            return forecast, unexamined(case, self.knowledge.rules)
        race = self.races.get(fingerprint(case)) if self.races else None
        forecast = with_race(forecast, race, self.target)
        return forecast, decide(case, forecast, self.target, self.knowledge.rules, self.knowledge.calibration)


def slugs_of(case: Case, verdict: Verdict) -> frozenset[str]:
    """The slugs by which a place may be selected, ignored or silenced."""
    return frozenset({verdict.rule, case.rule, FindingKind.ADVICE.value})
