"""What the page shows: the report's values in the order and the words in which the templates put them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from markupsafe import Markup

from advisor.model.change import Change
from advisor.model.concurrency import Level, Model
from advisor.model.report import DependenceDetail, Finding, FindingKind, HazardReport, Report
from advisor.model.spoken import spoken
from advisor.outputs.characters import visible
from advisor.outputs.html.charts import Chart, charts
from advisor.outputs.html.diff import Diff, diff_of
from advisor.outputs.html.savings import Savings, savings
from advisor.outputs.html.source import Listing, Row
from advisor.outputs.phrases import (
    advised,
    best_first,
    counted,
    dependences,
    examined,
    executed,
    hazards,
    not_shown,
    rejected,
    silenced,
)
from advisor.outputs.view import View

_EVIDENCE_SHOWN = 5
_PLACES_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Step:
    """A call on the way to what takes the time; `code` is its line, None where the source is not at hand."""

    function: str
    place: str
    code: Markup | None


@dataclass(frozen=True, slots=True)
class Chain:
    effect: str
    api: str
    condition: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A finding as the page shows it. `rank` is its place where the best comes first, `position` its place by file."""

    finding: Finding
    place: str
    file: str
    rank: int
    position: int
    saved: float
    advice: str
    rows: tuple[Row, ...]
    chains: tuple[Chain, ...]
    more_chains: int
    also: tuple[str, ...]
    hazards: tuple[HazardReport, ...]
    bonds: tuple[DependenceDetail, ...]
    rejected: tuple[tuple[str, str], ...]
    charts: tuple[Chart, ...]
    change: Change | None
    diff: Diff | None

    @property
    def label(self) -> str:
        """The word on the badge."""
        return advised(self.finding)


@dataclass(frozen=True, slots=True)
class Card:
    """Of the findings that advise one model, or of the misuses: how many, and the seconds they save in one run of each."""

    label: str
    findings: int
    saved: float
    sure: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that findings may be filtered by, and how many have it."""

    value: str
    findings: int


@dataclass(frozen=True, slots=True)
class Page:
    """`about` says what was examined and what is not shown, `counted` what was found; `profiled` where seconds are those of a
    measured run."""

    report: Report
    about: str
    counted: str
    profiled: bool
    entries: tuple[Entry, ...]
    changes: int
    cards: tuple[Card, ...]
    savings: Savings | None
    kinds: tuple[Choice, ...]
    models: tuple[Choice, ...]
    levels: tuple[Choice, ...]
    skipped: tuple[tuple[str, str], ...]


def page_of(report: Report, view: View) -> Page:
    by_file = sorted(report.findings, key=lambda finding: (finding.path, finding.line, finding.column))
    positions = {finding.id: position for position, finding in enumerate(by_file)}
    entry = partial(_entry, listing=Listing(view.sources), shown=_shown(view.shown_path), cores=report.target.cores)
    entries = tuple(
        entry(finding, change=view.changes.get(finding.id), rank=rank, position=positions[finding.id])
        for rank, finding in enumerate(sorted(best_first(report.findings), key=lambda finding: not finding.change))
    )
    return Page(
        report=report,
        about=" ".join(filter(None, (examined(report), not_shown(report), silenced(report)))),
        counted=counted(report),
        profiled=any(finding.share_of_run is not None for finding in report.findings),
        entries=entries,
        changes=sum(each.finding.change for each in entries),
        cards=_cards(entries),
        savings=savings([(each.place, each.finding) for each in entries]),
        kinds=_choices(FindingKind, [each.finding.kind for each in entries]),
        models=_choices(Model, [each.finding.model for each in entries]),
        levels=_choices(reversed(Level), [each.finding.confidence for each in entries if each.finding.change]),
        skipped=tuple((_shown(view.shown_path)(each.path, each.line), each.why) for each in report.skipped),
    )


def _saved(finding: Finding) -> float:
    return 0.0 if finding.saved is None else finding.saved.expected


def _shown(shown_path: Callable[[str], str]) -> Callable[[str, int | None], str]:
    return lambda path, line: visible(shown_path(path)) + ("" if line is None else f":{line}")


def _entry(
    finding: Finding,
    listing: Listing,
    shown: Callable[[str, int | None], str],
    change: Change | None,
    cores: int,
    rank: int,
    position: int,
) -> Entry:
    concerning = tuple(hazards(finding))
    effects = finding.work.effects if finding.change else ()
    chains = tuple(
        Chain(
            effect=effect.effect.value,
            api=spoken(effect.api),
            condition=effect.condition or "",
            steps=tuple(
                Step(step.function, shown(step.path, step.line), listing.line(step.path, step.line))
                for step in effect.trace
            ),
        )
        for effect in effects[:_EVIDENCE_SHOWN]
    )
    return Entry(
        finding=finding,
        place=shown(finding.path, finding.line),
        file=shown(finding.path, None),
        rank=rank,
        position=position,
        saved=_saved(finding),
        advice=executed(finding),
        rows=_rows(finding, concerning, listing),
        chains=chains,
        more_chains=len(effects) - len(chains),
        also=tuple(f"{shown(other.path, other.line)} {other.function}" for other in finding.also[:_PLACES_SHOWN]),
        hazards=concerning,
        bonds=tuple(dependences(finding)),
        rejected=tuple(rejected(finding)),
        change=change,
        diff=diff_of(change) if change is not None and change.files else None,
        charts=() if finding.curves is None else charts(finding.curves, cores, finding.site.has_rounds),
    )


def _rows(finding: Finding, concerning: Sequence[HazardReport], listing: Listing) -> tuple[Row, ...]:
    """The source: of a place that stays as it is, its first line."""
    if not finding.change:
        return listing.excerpt(finding.path, finding.line, finding.line, ())
    calls = ((effect.trace[0], effect) for effect in finding.work.effects if effect.trace)
    marks = [(hazard.line, hazard.kind.value) for hazard in concerning]
    marks += [(step.line, effect.effect.value) for step, effect in calls if step.path == finding.path]
    return listing.excerpt(finding.path, finding.line, finding.end_line, marks)


def _cards(entries: Sequence[Entry]) -> tuple[Card, ...]:
    """By what is advised, in the order of models; the misuses last."""
    changes = [entry for entry in entries if entry.finding.change]
    labels = [*(model.value for model in Model), "misuse"]
    cards = []
    for label in labels:
        of_label = [entry for entry in changes if entry.label == label]
        sure = sum(entry.finding.confidence is Level.HIGH for entry in of_label)
        cards.append(Card(label, len(of_label), sum(entry.saved for entry in of_label), sure))
    return tuple(card for card in cards if card.findings or card.label != Model.SEQUENTIAL)


def _choices(values: Iterable[StrEnum], of_findings: Sequence[StrEnum]) -> tuple[Choice, ...]:
    """The values that some finding has, with how many have it."""
    found = Counter(of_findings)
    return tuple(Choice(value.value, found[value]) for value in values if found[value])
