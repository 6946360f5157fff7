"""The pipeline: from paths to a report. The only file that knows the order of the stages."""

from __future__ import annotations

import sys
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache as remembered
from functools import cached_property, partial
from pathlib import Path

from advisor.inputs.baseline import read_baseline, stale, to_baseline
from advisor.inputs.discover import discover
from advisor.inputs.kept_facts import KeptFacts
from advisor.inputs.knowledge import builtin_rules, load_knowledge, user_cache
from advisor.inputs.machine import this_machine, this_target
from advisor.inputs.memory import Memory
from advisor.inputs.profile import TooShort, read_profile
from advisor.inputs.project import Project
from advisor.inputs.races import read_races
from advisor.inputs.rule_folders import state_of
from advisor.inputs.view import DISK
from advisor.model.case import Case
from advisor.model.changes import Changes
from advisor.model.estimate import Forecast, Machine, Target
from advisor.model.evidence import Profile
from advisor.model.facts import ModuleFacts
from advisor.model.fault import Fault
from advisor.model.knowledge import Knowledge
from advisor.model.program import Program
from advisor.model.race import Kept
from advisor.model.report import SELECTABLE_KINDS, Finding, FindingKind, Report
from advisor.model.site import Site
from advisor.model.source import Skipped
from advisor.model.summary import Summaries
from advisor.model.verdict import Verdict
from advisor.questions.calls import calls_of
from advisor.questions.silence import Silence
from advisor.reading import Facts, Progress, read_facts
from advisor.settings import Settings, check_slugs
from advisor.sharing import Lazily, may_fork, share
from advisor.stages.assemble import assemble, assemble_fault, fingerprint, with_unique_ids
from advisor.stages.compose import compose, silenced
from advisor.stages.decide import decide, may_change
from advisor.stages.estimate import curves, estimate, outlook, with_race
from advisor.stages.extract import check_site
from advisor.stages.faults import Sight, find_faults, with_linked_sites
from advisor.stages.link import link
from advisor.stages.locate import locate
from advisor.stages.measure import measure
from advisor.stages.settle import Judged, settle
from advisor.stages.trace import prove, trace
from advisor.stages.weigh import Shared, weigh

_PART = 1_500  # lines that one process judges at a time: a second or less
_DEEP = 12_000  # frames: expressions nest, and questions about values ask further questions


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """What a run knows: the program, what its functions do, its sites with what was judged of each, in the same order,
    and the misuses."""

    project: Project
    knowledge: Knowledge
    facts: Facts
    target: Target
    machine: Machine
    program: Program
    summaries: Summaries
    sites: Sequence[Site]
    judged: tuple[Judged, ...]
    faults: tuple[Fault, ...]


def advise(
    paths: tuple[Path, ...], settings: Settings, progress: Progress | None = None, changes: Changes | None = None
) -> Report:
    """Everything the advisor has to say about the files at `paths`, linked with the project around them.

    `progress` is called with (files done, files in all). With `changes` only what they touch is reported. Raises
    AdvisorError for a path that does not exist, a broken rule file or baseline, or a setting that makes no sense.
    """
    return report(examine(paths, settings, progress, every=settings.all), settings, changes)


def report(seen: Examined, settings: Settings, changes: Changes | None = None) -> Report:
    """What of all that was judged is to be told under these settings."""
    baseline = () if settings.baseline is None else read_baseline(settings.baseline)
    found, silence = _found(seen, settings), Silence(seen.facts.reported, seen.knowledge.noqa)
    known = frozenset(entry.id for entry in baseline)
    composed = compose(
        found,
        len(seen.judged),
        silence,
        seen.facts.skipped,
        settings,
        seen.target,
        seen.knowledge.slugs,
        known,
        changes,
    )
    ids = frozenset(finding.id for finding, _ in found if finding.change)
    return composed.model_copy(update={"stale": len(stale(baseline, seen.project, seen.facts.reported, ids))})


def as_baseline(seen: Examined, settings: Settings) -> str:
    """The text of a baseline with every finding that no comment silences, however sure it is and whatever rule it is of.
    What the present one lists of other files stays."""
    silence = Silence(seen.facts.reported, seen.knowledge.noqa)
    found = [each for each, slugs in _found(seen, settings) if each.change and not silenced(slugs, each, silence)]
    before = read_baseline(settings.baseline) if settings.baseline is not None and settings.baseline.exists() else ()
    elsewhere = [entry for entry in before if entry.path not in seen.facts.reported]
    return to_baseline(found, set(elsewhere).difference(stale(elsewhere, seen.project, (), ())))


def _found(seen: Examined, settings: Settings) -> tuple[tuple[Finding, frozenset[str]], ...]:
    findings, slugs = zip(*_findings(seen, settings), strict=True) if seen.judged or seen.faults else ((), ())
    return tuple(zip(with_unique_ids(findings), slugs, strict=True))


def examine(
    paths: tuple[Path, ...],
    settings: Settings,
    progress: Progress | None = None,
    *,
    every: bool = True,
    memory: Memory | None = None,
    cache: Path | None = None,
) -> Examined:
    """Every site of the files at `paths`, judged, and every misuse; without `every`, the reasons why places stay as they are
    may be others, since most of these places are not looked at for long.

    `memory` gives what is known of earlier analyses, and the files as they are to be seen; `cache` is the folder where the
    facts of files are kept between runs. `progress` is called with (files
    done, files in all). Raises AdvisorError for a path that does not exist, a
    broken rule file, or a setting that makes no sense.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEEP))
    target, machine = this_target(settings.target_python, settings.cores), this_machine(user_cache())
    directories = (builtin_rules(), *settings.rules)
    load = partial(load_knowledge, directories, check_site, user_cache())
    knowledge = load() if memory is None else memory.knowledge(directories, load)
    check_slugs(settings, knowledge.slugs | SELECTABLE_KINDS)

    view = DISK if memory is None else memory.view
    project = Project.around(paths, settings.project, knowledge.catalog.libraries, view)
    project = project if memory is None else memory.project(project)
    profile, unread = _profile(settings, project)
    named = discover(paths, project, settings.exclude, force_exclude=settings.force_exclude)
    workers = settings.jobs or this_target().cores
    kept = None if cache is None else KeptFacts(cache, state_of(directories))
    facts = read_facts(project, named, knowledge.sites, workers, progress, memory, kept)
    facts.skipped.extend(unread)
    if profile is not None and facts.reported and profile.paths.isdisjoint(facts.reported):
        why = "this profile saw nothing of the given files running, so nothing of them would be noticed"
        facts.skipped.append(Skipped(str(settings.profile), why))

    races = read_races(user_cache(), project.root)
    judge = partial(_judge, project, knowledge, facts, target, machine, profile, races, every, workers)
    if memory is None:
        return judge()
    rests_on = (
        project.root,
        id(knowledge),
        target,
        machine,
        profile,
        races,
        facts.modules,
        list(facts.reported),
        facts.skipped,
    )
    seen = memory.judged((paths, every), rests_on, judge)
    return replace(seen, project=project)  # whose texts may differ by what no judgement rests on


def _judge(
    project: Project,
    knowledge: Knowledge,
    facts: Facts,
    target: Target,
    machine: Machine,
    profile: Profile | None,
    races: dict[str, Kept],
    every: bool,
    workers: int,
) -> Examined:
    """All that follows from the facts, and from nothing else that may change."""
    program = link(facts.modules, knowledge.catalog, project.candidates, project.some_files)
    summaries = trace(program, knowledge.catalog)
    judge = _Judge(knowledge, machine, target, every or profile is not None or bool(races), races)
    look = _Look(program, summaries, facts.reported, judge, profile)
    judged, faults = look.all(workers)
    places = _places(each.case.path for each in judged)
    sites = Lazily(len(judged), lambda number: look.site(*places[number]))
    return Examined(project, knowledge, facts, target, machine, program, summaries, sites, settle(judged), faults)


@dataclass(frozen=True)
class _Look:
    """What is found in files of a linked program, and what is judged of it: of each file by itself, so that several
    processes may do it."""

    program: Program
    summaries: Summaries
    reported: Mapping[str, ModuleFacts]
    judge: _Judge
    profile: Profile | None
    _located: dict[str, list[Site]] = field(default_factory=dict)  # by path

    def all(self, workers: int) -> tuple[tuple[Judged, ...], tuple[Fault, ...]]:
        """The sites of all files, judged, in the order of path, line and column, and the misuses likewise."""
        paths = sorted(self.reported)
        parts = list(_parts(paths, self.reported))
        if workers > 1 and len(parts) > 1 and may_fork():
            self.program.workers()  # half the program has to be asked: once, and not in each process
            told = [self._received(*sent) for sent in share(self._sent, parts, workers)]
        else:
            told = [self._of(paths)] if paths else []
        return (
            tuple(each for judged, _ in told for each in judged),
            tuple(sorted(fault for _, faults in told for fault in faults)),
        )

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
            silenced = silence.holds(case.path, (case.line, case.end_line), _slugs(case, verdict))
            judged.append(Judged(case, forecast, verdict, site.function, self._reached(*place), silenced))
        return tuple(judged), find_faults(self._sight, self._facts(paths), knowledge.sites)

    def _sites(self, paths: Iterable[str]) -> tuple[Site, ...]:
        knowledge = self.judge.knowledge
        linked = with_linked_sites(self._sight, self._facts(paths), knowledge.sites)
        return locate(self.program, self.summaries, knowledge.catalog, linked, knowledge.sites)

    def _facts(self, paths: Iterable[str]) -> dict[str, ModuleFacts]:
        return {path: self.reported[path] for path in paths}

    def _reached(self, path: str, number: int) -> Callable[[], frozenset[str]]:
        @remembered
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
        names = {place: remembered(partial(self._names, numbers)) for place, numbers in reached.items()}
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
class _Judge:
    """Forecasts and decides, for one machine and target; `every` where each case is worth to be looked at as a whole."""

    knowledge: Knowledge
    machine: Machine
    target: Target
    every: bool  # a measured place may take long after all
    races: dict[str, Kept]
    _left: dict[int, Forecast] = field(default_factory=dict)  # by the identity of cases of which no more is asked

    def is_worth_it(self, case: Case) -> bool:
        """Is it worth to ask more of a case: might the verdict on it be to change something?"""
        if self.every:
            return True
        forecast = estimate(case, self.machine, self.target)
        if may_change(case, forecast, self.target, self.knowledge.rules):
            return True
        self._left[id(case)] = forecast
        return False

    def judged(self, case: Case) -> tuple[Forecast, Verdict]:
        forecast = self._left.get(id(case)) or estimate(case, self.machine, self.target)
        race = self.races.get(fingerprint(case)) if self.races else None
        forecast = with_race(forecast, race, self.target)
        return forecast, decide(case, forecast, self.target, self.knowledge.rules, self.knowledge.calibration)


def _profile(settings: Settings, project: Project) -> tuple[Profile | None, tuple[Skipped, ...]]:
    """The profile that is given; one of too short a run is told of, and the advice rests on the source."""
    if settings.profile is None:
        return None, ()
    try:
        return read_profile(settings.profile, project), ()
    except TooShort as error:
        why = f"{error.title.removeprefix(f'{settings.profile}: ')}, so the advice rests on the source alone: {error.hint}"
        return None, (Skipped(str(settings.profile), why),)


def _findings(seen: Examined, settings: Settings) -> Iterator[tuple[Finding, frozenset[str]]]:
    """Each finding with the slugs by which it may be selected."""
    for each in seen.judged:
        model, executor = each.verdict.model, each.verdict.executor
        further = drawn = None  # of use only where something is advised, which few sites are
        if each.verdict.change:
            further = outlook(each.case, model, executor, seen.machine, seen.target, settings.compare_cores)
        if each.verdict.change and settings.curves:
            drawn = curves(each.case, model, executor, seen.machine, seen.target)
        finding = assemble(each.case, each.verdict, each.forecast, further, each.also, drawn)
        yield finding, _slugs(each.case, each.verdict)
    by_slug = {rule.id: rule for rule in seen.knowledge.sites}
    for fault in seen.faults:
        yield (
            assemble_fault(fault, by_slug[fault.rule], seen.knowledge.calibration),
            frozenset({fault.rule, FindingKind.MISUSE.value}),
        )


def _slugs(case: Case, verdict: Verdict) -> frozenset[str]:
    """The slugs by which a place may be selected, ignored or silenced."""
    return frozenset({verdict.rule, case.rule, FindingKind.ADVICE.value})
