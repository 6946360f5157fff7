"""The pipeline: from paths to a report. The only file that knows the order of the stages."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from advisor import __version__
from advisor.inputs.discover import discover
from advisor.inputs.knowledge import builtin_rules, load_knowledge, user_cache
from advisor.inputs.machine import this_machine, this_target
from advisor.inputs.profile import read_profile
from advisor.inputs.project import Project
from advisor.model.concurrency import Model
from advisor.model.estimate import Machine, Target
from advisor.model.report import SCHEMA_VERSION, About, Finding, Report, SkippedReport, Summary, TargetReport
from advisor.model.source import Skipped
from advisor.reading import Facts, Progress, read_facts
from advisor.settings import Settings, check_slugs
from advisor.stages.assemble import assemble, in_order, with_unique_ids
from advisor.stages.decide import decide
from advisor.stages.estimate import estimate, outlook
from advisor.stages.extract import check_site
from advisor.stages.link import link
from advisor.stages.locate import locate
from advisor.stages.measure import measure
from advisor.stages.settle import Judged, settle
from advisor.stages.trace import prove, trace
from advisor.stages.weigh import weigh

_DEEP = 12_000  # frames: expressions nest, and questions about values ask further questions


def advise(paths: tuple[Path, ...], settings: Settings, progress: Progress | None = None) -> Report:
    """Everything the advisor has to say about the files at `paths`, linked with the project around them.

    `progress` is called with (files done, files in all). Raises AdvisorError for a path that does not exist, a
    broken rule file, or a setting that makes no sense.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _DEEP))
    target, machine = this_target(settings.target_python, settings.cores), this_machine(user_cache())
    knowledge = load_knowledge((builtin_rules(), *settings.rules), check_site, user_cache())
    check_slugs(settings, [*(rule.id for rule in knowledge.rules), *(rule.id for rule in knowledge.sites)])

    project = Project.around(paths, settings.project, knowledge.catalog.libraries)
    profile = read_profile(settings.profile, project) if settings.profile is not None else None
    named = discover(paths, project, settings.exclude)
    facts = read_facts(project, named, knowledge.sites, settings.jobs or this_target().cores, progress)
    if profile is not None and facts.reported and profile.paths.isdisjoint(facts.reported):
        why = "this profile saw nothing of the given files running, so nothing of them would be noticed"
        facts.skipped.append(Skipped(str(settings.profile), why))

    program = link(facts.modules, knowledge.catalog, project.candidates)
    summaries = trace(program, knowledge.catalog)
    sites = locate(program, summaries, knowledge.catalog, facts.reported, knowledge.sites)
    cases = weigh(
        program, summaries, knowledge.catalog, sites, lambda where, proof: prove(program, summaries, where, proof)
    )
    cases = measure(program, sites, cases, profile)

    judged = []
    for case in cases:
        forecast = estimate(case, machine, target)
        judged.append(Judged(case, forecast, decide(case, forecast, target, knowledge.rules)))
    return _report(settle(judged), facts, settings, machine, target)


def _report(judged: Sequence[Judged], facts: Facts, settings: Settings, machine: Machine, target: Target) -> Report:
    def finding(each: Judged) -> Finding:
        model, executor = each.verdict.model, each.verdict.executor
        further = outlook(each.case, model, executor, machine, target, settings.compare_cores)
        return assemble(each.case, each.verdict, each.forecast, further)

    shown = [each for each in judged if (settings.all or each.verdict.change) and _wanted(each, facts, settings)]
    ordered = in_order(with_unique_ids(map(finding, shown)))
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
