"""All that is known of one site: everything a rule may ask about."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.model.effect import Effect, EffectTrace
from advisor.model.estimate import Work
from advisor.model.evidence import Evidence
from advisor.model.site import Context, Dependence, Hazard, SiteKind


@dataclass(frozen=True, slots=True)
class Case:
    """A site with its effects, dependence, hazards and costs.

    `work` is the effect that takes most of an iteration's time, `mixed` where waiting and computing both weigh,
    `tiny` where nothing does, `unknown` where the calls could not be resolved. `rule` is the site rule that found the place.
    `batch` is what one call would replace the loop, in words. `concurrent_now` names the model a misused pool already uses.
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

    @property
    def effect_kinds(self) -> frozenset[Effect]:
        return frozenset(trace.effect for trace in self.effects)

    @property
    def hazard_kinds(self) -> frozenset[str]:
        return frozenset(hazard.kind.value for hazard in self.hazards)
