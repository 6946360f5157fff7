"""All that is known of one site: everything a rule may ask about, and how it answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from advisor.model.concurrency import Model
from advisor.model.confidence import Fact
from advisor.model.effect import Effect, EffectTrace
from advisor.model.estimate import Forecast, Target, Work
from advisor.model.evidence import Evidence
from advisor.model.rule import RangeTest, When
from advisor.model.site import Context, Dependence, DependenceKind, Detail, Hazard, HazardKind, SiteKind


@dataclass(frozen=True)
class Case:
    """A site with its effects, dependence, hazards and costs.

    `work_kind` is the effect that takes most of an iteration's time, `mixed` where waiting and computing both weigh,
    `tiny` where nothing does, `unknown` where the calls could not be resolved. `rule` is the site rule that found the
    place. `batch` is what one call would replace the loop, in words. `subject` is the text of the place with its
    white space evened out: a fingerprint of it survives moves. `concurrent_now` names the model that an existing
    pool, thread or gather already uses, `workers` the size of an existing pool where the source tells. `line` and
    `end_line` count from 1, `column` from 0. `device` when an effect waits for the disk itself. `facts` are those
    that the place itself tells. `elsewhere` when every iteration asks a database of its own. `once` is what only the
    first of many rounds does, and so no effect of a round.
    """

    path: str
    function: str
    kind: SiteKind
    rule: str
    line: int
    end_line: int
    column: int
    contexts: frozenset[Context]
    work_kind: str
    effects: tuple[EffectTrace, ...]
    dependence: Dependence
    hazards: tuple[Hazard, ...]
    work: Work
    evidence: Evidence | None = None
    batch: str | None = None
    async_counterpart: str | None = None
    blast_radius: int = 0
    subject: str = ""
    concurrent_now: Model | None = None
    device: bool = False
    elsewhere: bool = False
    workers: int | None = None
    once: tuple[EffectTrace, ...] = ()
    facts: frozenset[Fact] = frozenset()

    @property
    def model_now(self) -> Model:
        """The model that the site uses as it stands."""
        return self.concurrent_now or _CONCURRENT_ALREADY.get(self.kind, Model.SEQUENTIAL)

    @cached_property
    def effect_kinds(self) -> frozenset[Effect]:
        return frozenset(trace.effect for trace in self.effects)

    @cached_property
    def barriers(self) -> tuple[Hazard, ...]:
        """The hazards, and with them those that the dependence and the surroundings amount to."""
        first = next(iter(self.dependence.details), Detail(self.function, self.line, ""))
        here = Detail(self.function, self.line, "")
        implied = [(_DEPENDENCE_HAZARDS.get(self.dependence.kind), first)]
        implied += [(_DEPENDENCE_HAZARDS.get(kind), here) for kind in sorted(self.dependence.also)]
        implied += [(_CONTEXT_HAZARDS.get(context), here) for context in sorted(self.contexts)]
        found = {hazard.kind for hazard in self.hazards}
        new: dict[HazardKind, Hazard] = {}
        for kind, detail in implied:
            if kind is not None and kind not in found:
                new.setdefault(kind, Hazard(kind, detail.name, detail.line, detail.because))
        return self.hazards + tuple(new.values())


_CONCURRENT_ALREADY = {
    SiteKind.POOL: Model.THREADING,
    SiteKind.THREAD: Model.THREADING,
    SiteKind.GATHER: Model.ASYNCIO,
}
_DEPENDENCE_HAZARDS = {
    DependenceKind.CARRIED: HazardKind.CARRIED_DEPENDENCE,
    DependenceKind.EXIT: HazardKind.EARLY_EXIT,
    DependenceKind.ORDERED: HazardKind.ORDERED_OUTPUT,
}
_CONTEXT_HAZARDS = {
    Context.POOL_WORKER: HazardKind.INSIDE_POOL,
    Context.MODULE_LEVEL: HazardKind.NO_MAIN_GUARD,
}


def holds(when: When, case: Case, forecast: Forecast, target: Target, model: Model | None = None) -> bool:
    """Whether every condition given in `when` is true of the case; `gain` is that of `model` (None: of the best)."""
    return _place_holds(when, case) and _work_holds(when, case) and _numbers_hold(when, case, forecast, target, model)


def _place_holds(when: When, case: Case) -> bool:
    return (
        (not when.site or case.kind in when.site)
        and (not when.found_by or case.rule in when.found_by)
        and (not when.concurrent_now or case.concurrent_now in when.concurrent_now)
        and (when.context is None or when.context.holds(frozenset(case.contexts)))
    )


def _work_holds(when: When, case: Case) -> bool:
    return (
        (not when.work or case.work_kind in when.work)
        and (when.effects is None or when.effects.holds(case.effect_kinds))
        and (not when.dependence or case.dependence.kind in when.dependence)
        and (when.device is None or when.device == case.device)
        and (when.elsewhere is None or when.elsewhere == case.elsewhere)
        and (when.hazards is None or when.hazards.holds(frozenset(hazard.kind for hazard in case.barriers)))
        and (when.batch is None or when.batch == (case.batch is not None))
        and (when.async_counterpart is None or when.async_counterpart == (case.async_counterpart is not None))
    )


def _numbers_hold(when: When, case: Case, forecast: Forecast, target: Target, model: Model | None) -> bool:
    return (
        (when.items_known is None or when.items_known == case.work.items_known)
        and (when.gil is None or when.gil == target.gil)
        and _within(when.items, case.work.items.expected)
        and _within(when.per_item, case.work.per_item.expected)
        and _within(when.per_item_surely, case.work.per_item.low)
        and _within(when.total, forecast.sequential_seconds.expected)
        and _within(when.payload, case.work.payload.expected)
        and _within(when.python, target.python[1])
        and _within(when.cores, target.cores)
        and (when.gain is None or when.gain.holds(_gain(forecast, model)))
        and _within(when.share, None if case.evidence is None else case.evidence.share)
    )


def _gain(forecast: Forecast, model: Model | None) -> float:
    if model is None:
        return max((speedup.expected for speedup in forecast.by_model.values()), default=1.0)
    return forecast.by_model[model].expected if model in forecast.by_model else 1.0


def _within(test: RangeTest | None, value: float | None) -> bool:
    """No test holds always; a test of what is not known never does."""
    return test is None or (value is not None and test.holds(value))
