"""The pipeline: from paths to a report. With `judging`, which it hands a linked program, it alone knows the order of the stages."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
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
from advisor.judging import Judge, Judging, slugs_of
from advisor.model.changes import Changes
from advisor.model.concurrency import Level
from advisor.model.estimate import Machine, Target
from advisor.model.evidence import Profile
from advisor.model.fault import Fault
from advisor.model.knowledge import Knowledge
from advisor.model.program import Program
from advisor.model.race import Kept
from advisor.model.report import SELECTABLE_KINDS, Finding, FindingKind, Report
from advisor.model.site import Site
from advisor.model.source import Skipped
from advisor.model.summary import Summaries
from advisor.model.verdict import UNEXAMINED
from advisor.questions.silence import Silence
from advisor.reading import Facts, Hands, Progress, read_facts, side_by_side
from advisor.settings import Settings, check_slugs
from advisor.stages.assemble import assemble, assemble_fault, with_unique_ids
from advisor.stages.compose import compose, silenced
from advisor.stages.estimate import curves, outlook
from advisor.stages.extract import check_site
from advisor.stages.link import link
from advisor.stages.settle import Judged, settle
from advisor.stages.trace import trace

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
        seen.machine.calibrated,
        seen.knowledge.slugs,
        known,
        changes,
    )
    ids = frozenset(finding.id for finding, _ in found if finding.change or finding.rule == UNEXAMINED)
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
    may be others, since most of these places are not looked at for long, and those not at all where advice would be less
    sure than what the settings ask for.

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
    with _hands(settings, workers) as hands:
        facts = read_facts(project, named, knowledge.sites, hands, progress, memory, kept)
    facts.skipped.extend(unread)
    if profile is not None and facts.reported and profile.paths.isdisjoint(facts.reported):
        why = "this profile saw nothing of the given files running, so nothing of them would be noticed"
        facts.skipped.append(Skipped(str(settings.profile), why))

    races = read_races(user_cache(), project.root)
    least = Level.LOW if every else settings.shown_from
    judge = partial(_judge, project, knowledge, facts, target, machine, profile, races, every, least, workers, progress)
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
    seen = memory.judged((paths, every, least), rests_on, judge)
    return replace(seen, project=project)  # whose texts may differ by what no judgement rests on


def _hands(settings: Settings, workers: int) -> AbstractContextManager[Hands]:
    """Who reads the files."""
    if settings.executor is None:
        return nullcontext(partial(side_by_side, workers=workers))
    from advisor.cluster import cluster

    return cluster(settings.executor)


def _judge(
    project: Project,
    knowledge: Knowledge,
    facts: Facts,
    target: Target,
    machine: Machine,
    profile: Profile | None,
    races: dict[str, Kept],
    every: bool,
    least: Level,
    workers: int,
    progress: Progress | None,
) -> Examined:
    """All that follows from the facts, and from nothing else that may change."""
    program = link(facts.modules, knowledge.catalog, project.candidates, project.beside)
    summaries = trace(program, knowledge.catalog)
    judge = Judge(knowledge, machine, target, every or profile is not None or bool(races), races, least)
    sites, judged, faults = Judging(program, summaries, facts.reported, judge, profile).all(workers, progress)
    return Examined(project, knowledge, facts, target, machine, program, summaries, sites, settle(judged), faults)


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
        yield finding, slugs_of(each.case, each.verdict)
    by_slug = {rule.id: rule for rule in seen.knowledge.sites}
    for fault in seen.faults:
        yield (
            assemble_fault(fault, by_slug[fault.rule], seen.knowledge.calibration),
            frozenset({fault.rule, FindingKind.MISUSE.value}),
        )
