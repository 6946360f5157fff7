"""Confidence: the facts about a case that tell how likely advice on it is taken."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model.case import Case
from advisor.model.confidence import Fact
from advisor.model.effect import Effect
from advisor.model.estimate import Speedup
from advisor.model.site import DependenceKind, SiteKind
from advisor.questions.thresholds import A_PART, SURELY


def facts(case: Case, speedup: Speedup | None) -> frozenset[Fact]:
    """All facts about advice on a case: of its place, its work, and what it would gain (`speedup`)."""
    told = case.facts | frozenset((*_of_the_work(case), *_of_the_gain(case, speedup)))
    if Fact.SERVICE not in told:
        told -= {Fact.HOLDS_UP}
    if case.evidence is not None:
        measured = frozenset({Fact.MAIN_PART}) if case.evidence.share >= A_PART else frozenset()
        told = (told - {Fact.MAIN_PART}) | measured
    aside = _computes(case) and Fact.MAIN_PART not in told
    return told | {Fact.COMPUTES_ASIDE} if aside else told


def _computes(case: Case) -> bool:
    """Does an iteration compute for longer than it waits? What blocks an event loop and what reads files is known as such."""
    files = bool(case.effects) and case.effects[0].effect is Effect.DISK
    if files or case.kind is SiteKind.BLOCKING_IN_ASYNC:
        return False
    work = case.work
    return (work.interpreter + work.native).expected > (work.waiting + work.child).expected


def _of_the_work(case: Case) -> Iterator[Fact]:
    if case.dependence.kind is DependenceKind.UNKNOWN:
        yield Fact.UNPROVEN
    if not case.effects:
        return
    main = case.effects[0]
    if main.effect is Effect.NETWORK:
        yield Fact.SERVICE
    if main.conditional:
        yield Fact.SOMETIMES
    if len(main.trace) <= 1 and case.kind is not SiteKind.BLOCKING_IN_ASYNC:
        yield Fact.IN_SIGHT


def _of_the_gain(case: Case, speedup: Speedup | None) -> Iterator[Fact]:
    if case.kind is SiteKind.BLOCKING_IN_ASYNC or (speedup is not None and speedup.pays >= SURELY):
        yield Fact.PAYS
