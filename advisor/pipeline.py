"""The pipeline: from paths to a report. The only file that knows the order of the stages."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor import __version__
from advisor.inputs.discover import discover
from advisor.inputs.knowledge import builtin_rules, load_knowledge, user_cache
from advisor.inputs.machine import shipped_machine, this_target
from advisor.inputs.project import Project
from advisor.model.concurrency import Model
from advisor.model.estimate import Target
from advisor.model.knowledge import Knowledge
from advisor.model.program import Program
from advisor.model.report import SCHEMA_VERSION, About, Finding, Report, SkippedReport, Summary, TargetReport
from advisor.model.site import Site
from advisor.model.summary import Summaries
from advisor.reading import Facts, Progress, read_facts
from advisor.settings import Settings, check_slugs
from advisor.stages.assemble import assemble, with_unique_ids
from advisor.stages.decide import decide
from advisor.stages.estimate import estimate
from advisor.stages.extract import check_site
from advisor.stages.link import link
from advisor.stages.locate import locate
from advisor.stages.settle import Judged, settle
from advisor.stages.trace import prove, trace
from advisor.stages.weigh import weigh

_DEEP = 12_000  # frames: expressions nest, and questions about values ask further questions


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """What a run knows: the program, what its functions do, its sites, and what was judged of each, in the same order."""

    project: Project
    knowledge: Knowledge
    facts: Facts
    target: Target
    program: Program
    summaries: Summaries
    sites: tuple[Site, ...]
    judged: tuple[Judged, ...]


def advise(paths: tuple[Path, ...], settings: Settings, progress: Progress | None = None) -> Report:
    """Everything the advisor has to say about the files at `paths`, linked with the project around them."""
    examined = examine(paths, settings, progress)
    return _report(examined.judged, examined.facts, settings, examined.target)


def examine(paths: tuple[Path, ...], settings: Settings, progress: Progress | None = None) -> Examined:
    """Every site of the files at `paths`, judged.

    `progress` is called with (files done, files in all). Raises AdvisorError for a path that does not exist, a
    broken rule file, or a setting that makes no sense.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEEP))
    target, machine = this_target(settings.target_python, settings.cores), shipped_machine()
    knowledge = load_knowledge((builtin_rules(), *settings.rules), check_site, user_cache())
    check_slugs(settings, [*(rule.id for rule in knowledge.rules), *(rule.id for rule in knowledge.sites)])

    project = Project.around(paths, settings.project, knowledge.catalog.libraries)
    named = discover(paths, project, settings.exclude)
    facts = read_facts(project, named, knowledge.sites, settings.jobs or this_target().cores, progress)

    program = link(facts.modules, knowledge.catalog, project.candidates)
    summaries = trace(program, knowledge.catalog)
    sites = locate(program, summaries, knowledge.catalog, facts.reported, knowledge.sites)
    cases = weigh(
        program, summaries, knowledge.catalog, sites, lambda where, proof: prove(program, summaries, where, proof)
    )

    judged = []
    for case in cases:
        forecast = estimate(case, machine, target)
        judged.append(Judged(case, forecast, decide(case, forecast, target, knowledge.rules)))
    return Examined(project, knowledge, facts, target, program, summaries, tuple(sites), settle(judged))


def _report(judged: Sequence[Judged], facts: Facts, settings: Settings, target: Target) -> Report:
    shown = [each for each in judged if (settings.all or each.verdict.change) and _wanted(each, facts, settings)]
    findings = with_unique_ids(assemble(each.case, each.verdict, each.forecast) for each in shown)
    ordered = tuple(sorted(findings, key=lambda f: (f.path, f.line, f.column, f.site, f.rule)))
    return Report(
        schema_version=SCHEMA_VERSION,
        advisor=About(version=__version__),
        target=TargetReport(python=str(target), gil=target.gil, cores=target.cores),
        findings=ordered,
        summary=_summary(ordered, facts, len(judged)),
        skipped=tuple(
            SkippedReport(path=each.path, why=each.why, line=each.line)
            for each in sorted(facts.skipped, key=lambda s: (s.path, s.line or 0))
        ),
    )


def _wanted(each: Judged, facts: Facts, settings: Settings) -> bool:
    """Is the finding selected, and not silenced by a comment on the first or last line of its site (or for its file)?"""
    slugs = {each.verdict.rule, each.case.rule}
    if (settings.select and slugs.isdisjoint(settings.select)) or not slugs.isdisjoint(settings.ignore):
        return False
    ignores = facts.reported[each.case.path].ignores
    silenced = [ignores[line] for line in (0, each.case.line, each.case.end_line) if line in ignores]
    return not any(not listed or not slugs.isdisjoint(listed) for listed in silenced)


def _summary(findings: Sequence[Finding], facts: Facts, sites: int) -> Summary:
    counts = Counter(finding.model for finding in findings)
    return Summary(
        files=len(facts.reported),
        lines=sum(module.lines for module in facts.reported.values()),
        sites=sites,
        by_model={model: counts[model] for model in Model},
    )
