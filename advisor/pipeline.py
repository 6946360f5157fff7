"""The pipeline: from paths to a report. The only file that knows the order of the stages."""

from __future__ import annotations

import sys
from functools import cache, partial
from pathlib import Path

from advisor.inputs.discover import discover
from advisor.inputs.knowledge import builtin_rules, load_knowledge, user_cache
from advisor.inputs.machine import this_machine, this_target
from advisor.inputs.profile import read_profile
from advisor.inputs.project import Project
from advisor.model.report import Finding, Report
from advisor.model.source import Skipped
from advisor.reading import Progress, read_facts
from advisor.settings import Settings, check_slugs
from advisor.stages.assemble import assemble, assemble_fault, with_unique_ids
from advisor.stages.compose import compose
from advisor.stages.decide import decide
from advisor.stages.estimate import estimate, outlook
from advisor.stages.extract import check_site
from advisor.stages.faults import Sight, find_faults, with_linked_sites
from advisor.stages.link import link
from advisor.stages.locate import calls_of, locate
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
    sight = Sight(program, summaries, knowledge.catalog, target)
    linked = with_linked_sites(sight, facts.reported, knowledge.sites)
    sites = locate(program, summaries, knowledge.catalog, linked, knowledge.sites)
    cases = weigh(
        program, summaries, knowledge.catalog, sites, lambda where, proof: prove(program, summaries, where, proof)
    )
    cases = measure(program, sites, cases, profile)

    judged = []
    for site, case in zip(sites, cases, strict=True):
        forecast = estimate(case, machine, target)
        verdict = decide(case, forecast, target, knowledge.rules)
        reached = cache(partial(summaries.reached, site.function, calls_of(site)))
        judged.append(Judged(case, forecast, verdict, site.function, reached))
    settled = settle(judged)

    findings: list[Finding] = []
    slugs: list[frozenset[str]] = []
    for each in settled:
        model, executor = each.verdict.model, each.verdict.executor
        further = outlook(each.case, model, executor, machine, target, settings.compare_cores)
        findings.append(assemble(each.case, each.verdict, each.forecast, further))
        slugs.append(frozenset({each.verdict.rule, each.case.rule}))
    by_slug = {rule.id: rule for rule in knowledge.sites}
    for fault in find_faults(sight, facts.reported, knowledge.sites):
        findings.append(assemble_fault(fault, by_slug[fault.rule]))
        slugs.append(frozenset({fault.rule}))
    found = zip(with_unique_ids(findings), slugs, strict=True)
    return compose(found, len(settled), facts.reported, facts.skipped, settings, target)
