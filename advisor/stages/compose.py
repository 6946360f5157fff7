"""Compose: everything that was judged becomes one report, with what was asked for and in one order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from advisor import __version__
from advisor.errors import did_you_mean
from advisor.model.changes import Changes
from advisor.model.concurrency import Level, Model
from advisor.model.estimate import Target
from advisor.model.facts import WHOLE_FILE, Ignore, ModuleFacts
from advisor.model.report import (
    SCHEMA_VERSION,
    SELECTABLE_KINDS,
    About,
    CellReport,
    Finding,
    Remark,
    Report,
    SkippedReport,
    Summary,
    TargetReport,
)
from advisor.model.source import Skipped
from advisor.model.verdict import ONE_CAUSE, ONE_LEVEL, UNEXAMINED
from advisor.questions.silence import Silence
from advisor.settings import Settings

_LEVELS = tuple(Level)
_HOT = 0.25  # of a run
_SHORT = 1e-3  # seconds of an iteration
_HOTSPOTS = 2
_ANY = SELECTABLE_KINDS | {""}
"""What a comment says that means no rule of its own."""
_OPEN = frozenset({ONE_LEVEL, ONE_CAUSE, UNEXAMINED})
"""Rules by which there may be advice on a place though none is given: it is left to another one, and a comment counts as soon
as that one is gone, or it was not looked for."""


def compose(
    found: Iterable[tuple[Finding, frozenset[str]]],
    sites: int,
    silence: Silence,
    skipped: Iterable[Skipped],
    settings: Settings,
    target: Target,
    calibrated: bool,
    slugs: Collection[str],
    known: Collection[str] = (),
    changes: Changes | None = None,
) -> Report:
    """The report on the modules of `silence`. Each finding comes with the slugs by which it is selected, ignored or silenced;
    `slugs` are all there are. What is `known` by its id is left out, and what `changes` (None: all) do not touch."""
    found = tuple(found)
    least = _LEVELS.index(settings.shown_from)
    hotspots = _hotspots((finding for finding, _ in found), least)
    asked_for = [
        (finding, names)
        for finding, names in found
        if (settings.all or finding.change or finding in hotspots) and _asked_for(names, finding.path, settings)
    ]
    spoken = [finding for finding, names in asked_for if not silenced(names, finding, silence)]
    fresh = [finding for finding in spoken if finding.id not in known]
    here = [finding for finding in fresh if changes is None or _touched(finding, changes)]
    shown = [finding for finding in here if _sure(finding, least) or finding in hotspots]
    ordered = tuple(_in_its_cell(finding, silence.modules) for finding in sorted(shown, key=_place))
    return Report(
        schema_version=SCHEMA_VERSION,
        advisor=About(version=__version__),
        target=TargetReport(python=str(target), gil=target.gil, cores=target.cores, calibrated=calibrated),
        findings=ordered,
        summary=_summary(ordered, silence.modules, sites, len(here) - len(shown), _unexamined(found, settings)),
        skipped=tuple(
            SkippedReport(path=each.path, why=each.why, line=each.line)
            for each in sorted(skipped, key=lambda s: (s.path, s.line or 0))
        ),
        silenced=sum(_sure(finding, least) for finding, _ in asked_for)
        - sum(_sure(finding, least) for finding in spoken),
        known=len(spoken) - len(fresh),
        unchanged=sum(_sure(finding, least) for finding in fresh) - sum(_sure(finding, least) for finding in here),
        remarks=tuple(sorted(_remarks(found, silence, slugs), key=lambda remark: (remark.path, remark.line or 0))),
    )


def _in_its_cell(finding: Finding, modules: Mapping[str, ModuleFacts]) -> Finding:
    """Of a notebook, with the cell: that is what its readers know, and no line of the file."""
    cell = modules[finding.path].cell(finding.line)
    if cell is None:
        return finding
    place = CellReport(number=cell.number, line=finding.line - cell.line + 1)
    message = f"Cell {place.number}, line {place.line}: {finding.message}"
    return finding.model_copy(update={"cell": place, "message": message})


def _hotspots(findings: Iterable[Finding], least: int) -> list[Finding]:
    """Where a measured run spent most of its time, if no advice that is shown is about that: who measured wants to know why
    there is none. Of loops with short iterations their callers speak."""
    measured = [finding for finding in findings if finding.share_of_run and finding.measured]
    most = max(map(_share, measured), default=0.0)
    hot = [finding for finding in measured if _share(finding) >= max(_HOT, most / 2)]
    advised = [finding for finding in hot if finding.change and _sure(finding, least)]
    left = [finding for finding in hot if not any(_overlap(finding, other) for other in advised)]
    long = [finding for finding in left if _iteration(finding) >= _SHORT]
    ranked = sorted(long or left, key=lambda each: (not each.change, -_share(each), each.path, each.line))
    return ranked[:_HOTSPOTS]


def _share(finding: Finding) -> float:
    return finding.share_of_run or 0.0


def _overlap(one: Finding, other: Finding) -> bool:
    """Did the two run within each other: as they stand, or because together they took longer than the run?"""
    stands = one.path == other.path and one.line <= other.end_line and other.line <= one.end_line
    return stands or _share(one) + _share(other) > 1.0


def _iteration(finding: Finding) -> float:
    """Seconds of an iteration; of all of them together where they were not counted."""
    assert finding.measured is not None
    return finding.measured.seconds / (finding.measured.rounds or 1)


def _sure(finding: Finding, least: int) -> bool:
    return _LEVELS.index(finding.confidence) >= least


def _touched(finding: Finding, changes: Changes) -> bool:
    return finding.path in changes and changes[finding.path].touches(finding.line, finding.end_line)


def _place(finding: Finding) -> tuple[float, str, int, int, str, str]:
    """By path, line and column; with a profile, what saves most of the whole run comes first."""
    share, gain = finding.share_of_run or 0.0, finding.speedup.expected
    saved = share * (1 - 1 / gain) if finding.change and gain > 1 else 0.0
    return -saved, finding.path, finding.line, finding.column, finding.site.value, finding.rule


def _asked_for(slugs: frozenset[str], path: str, settings: Settings) -> bool:
    """Is it selected, and not ignored, by any of its slugs?"""
    return not (settings.select and slugs.isdisjoint(settings.select)) and slugs.isdisjoint(settings.ignored_in(path))


def silenced(slugs: frozenset[str], place: Finding, silence: Silence) -> bool:
    """Does a comment on its first or last line, above a block around it, or for its file, keep it from being told?"""
    steps = [effect.trace[0] for effect in place.work.effects[:1] if effect.trace]
    proofs = [step.line for step in steps if step.path == place.path]
    return silence.holds(place.path, (place.line, place.end_line), slugs, proofs)


def _remarks(
    found: Iterable[tuple[Finding, frozenset[str]]], silence: Silence, known: Collection[str]
) -> Iterator[Remark]:
    """Comments that silence nothing, and those that name a rule which does not exist."""
    used: set[tuple[str, Ignore, str]] = set()
    undecided: set[tuple[str, int]] = set()
    for place, slugs in found:
        matching = silence.silencing(place.path, (place.line, place.end_line), slugs)
        used.update((place.path, ignore, slug) for ignore, slug in matching if place.change or slug not in _ANY)
        if place.rule in _OPEN:
            undecided.update({(place.path, place.line), (place.path, place.end_line)})
    for path, module in silence.modules.items():
        for ignore in module.ignores:
            line = None if ignore.first == WHOLE_FILE else ignore.line
            left = [slug for slug in ignore.slugs or ("",) if (path, ignore, slug) not in used]
            if left and any(where == path and ignore.covers(at) for where, at in undecided):
                left = [slug for slug in left if slug and slug not in known]
            for slug in left:
                yield Remark(path=path, line=line, text=_unused(ignore, slug, known))


def _unused(ignore: Ignore, slug: str, known: Collection[str]) -> str:
    if slug and slug not in known:
        hint = did_you_mean(slug, known) or "`advisor rules` lists them all"
        return f'there is no rule "{slug}" to ignore; {hint}'
    kind = "ignore-file" if ignore.first == WHOLE_FILE else "ignore"
    return f"unused `advisor: {kind}{f'[{slug}]' if slug else ''}`, it silences nothing"


def _unexamined(found: Iterable[tuple[Finding, frozenset[str]]], settings: Settings) -> int:
    return sum(finding.rule == UNEXAMINED and _asked_for(names, finding.path, settings) for finding, names in found)


def _summary(
    findings: Sequence[Finding], modules: Mapping[str, ModuleFacts], sites: int, not_shown: int, not_examined: int
) -> Summary:
    counts = Counter(finding.model for finding in findings)
    return Summary(
        files=len(modules),
        lines=sum(module.lines for module in modules.values()),
        sites=sites,
        by_model={model: counts[model] for model in Model},
        not_shown=not_shown,
        not_examined=not_examined,
    )
