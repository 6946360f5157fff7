"""Compose: everything that was judged becomes one report, with what was asked for and in one order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from advisor import __version__
from advisor.model.concurrency import Level, Model
from advisor.model.estimate import Target
from advisor.model.facts import ModuleFacts
from advisor.model.report import SCHEMA_VERSION, About, Finding, Report, SkippedReport, Summary, TargetReport
from advisor.model.source import Skipped
from advisor.settings import Settings

_LEVELS = tuple(Level)


def compose(
    found: Iterable[tuple[Finding, frozenset[str]]],
    sites: int,
    modules: Mapping[str, ModuleFacts],
    skipped: Iterable[Skipped],
    settings: Settings,
    target: Target,
) -> Report:
    """The report on `modules`. Each finding comes with the slugs by which it is selected, ignored or silenced."""
    asked_for = [
        finding
        for finding, slugs in found
        if (settings.all or finding.change) and _wanted(slugs, finding, modules, settings)
    ]
    least = _LEVELS.index(settings.shown_from)
    shown = [finding for finding in asked_for if _LEVELS.index(finding.confidence) >= least]
    ordered = tuple(sorted(shown, key=_place))
    return Report(
        schema_version=SCHEMA_VERSION,
        advisor=About(version=__version__),
        target=TargetReport(python=str(target), gil=target.gil, cores=target.cores),
        findings=ordered,
        summary=_summary(ordered, modules, sites),
        skipped=tuple(
            SkippedReport(path=each.path, why=each.why, line=each.line)
            for each in sorted(skipped, key=lambda s: (s.path, s.line or 0))
        ),
        unsure=len(asked_for) - len(shown),
    )


def _place(finding: Finding) -> tuple[float, str, int, int, str, str]:
    """By path, line and column; with a profile, what saves most of the whole run comes first."""
    share, gain = finding.share_of_run or 0.0, finding.speedup.expected
    saved = share * (1 - 1 / gain) if finding.change and gain > 1 else 0.0
    return -saved, finding.path, finding.line, finding.column, finding.site.value, finding.rule


def _wanted(slugs: frozenset[str], place: Finding, modules: Mapping[str, ModuleFacts], settings: Settings) -> bool:
    """Is it selected by any of its slugs, and not silenced by a comment on its first or last line (or for its file)?"""
    if (settings.select and slugs.isdisjoint(settings.select)) or not slugs.isdisjoint(settings.ignore):
        return False
    ignores = modules[place.path].ignores
    silenced = [ignores[line] for line in (0, place.line, place.end_line) if line in ignores]
    return not any(not listed or not slugs.isdisjoint(listed) for listed in silenced)


def _summary(findings: Sequence[Finding], modules: Mapping[str, ModuleFacts], sites: int) -> Summary:
    counts = Counter(finding.model for finding in findings)
    return Summary(
        files=len(modules),
        lines=sum(module.lines for module in modules.values()),
        sites=sites,
        by_model={model: counts[model] for model in Model},
    )
