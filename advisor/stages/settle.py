"""Settle: one piece of advice a nest.

Of sites within each other, and of a caller and what it calls, only the level that gains most keeps its advice;
pools inside pools would fight for the same cores and connections. The others stay as they are and say why.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from advisor.model.case import Case
from advisor.model.concurrency import Executor, Level, Model
from advisor.model.estimate import Forecast
from advisor.model.site import SiteKind
from advisor.model.verdict import Rejected, Verdict
from advisor.questions.thresholds import CLEARLY_MORE

ONE_LEVEL = "one-level-of-a-nest"
_SURE = tuple(Level)


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with what was forecast and decided for it; `reached` are the ids of the functions its rounds call."""

    case: Case
    forecast: Forecast
    verdict: Verdict
    within: str = ""  # the id of the function it stands in
    reached: Callable[[], frozenset[str]] = frozenset

    @property
    def gain(self) -> float:
        speedup = self.forecast.by_model.get(self.verdict.model)
        return speedup.expected if speedup is not None else 1.0


def settle(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    """The same in the same order, with the advice of lesser levels taken back."""
    advised = [each for each in judged if _advises_a_pool(each)]
    yields_to: dict[int, Judged] = {}
    for inner in advised:
        for outer in advised:
            if outer is not inner and (
                _within(inner.case, outer.case) or (_fights(outer, inner) and _leads_to(outer, inner))
            ):
                loser, winner = (outer, inner) if _gains_clearly_more(inner, outer) else (inner, outer)
                yields_to.setdefault(id(loser), winner)
    # where everything of a circle would yield, the first stands
    kept = {key: winner for key, winner in yields_to.items() if id(winner) not in yields_to}
    return tuple(_taken_back(each, kept[id(each)]) if id(each) in kept else each for each in judged)


def _advises_a_pool(each: Judged) -> bool:
    return each.verdict.change and each.verdict.model is not Model.SEQUENTIAL


def _within(inner: Case, outer: Case) -> bool:
    """Does `inner` stand inside `outer` in the source?"""
    if inner.path != outer.path or (inner.line, inner.column, inner.kind) == (outer.line, outer.column, outer.kind):
        return False
    if inner.function != outer.function and not inner.function.startswith(f"{outer.function}."):
        return False
    begins_inside = (outer.line, outer.column) <= (inner.line, inner.column)
    return begins_inside and inner.end_line <= outer.end_line


def _fights(outer: Judged, inner: Judged) -> bool:
    """Would both levels take workers? Tasks within tasks share one loop and do not."""
    return not outer.verdict.model is inner.verdict.model is Model.ASYNCIO


def _leads_to(outer: Judged, inner: Judged) -> bool:
    """Do the rounds of `outer` run the function that `inner` stands in?"""
    if any(kind.is_concurrent or kind is SiteKind.BLOCKING_IN_ASYNC for kind in (inner.case.kind, outer.case.kind)):
        return False  # what is concurrent already, or a single call
    return inner.within != outer.within and inner.within in outer.reached()


def _gains_clearly_more(inner: Judged, outer: Judged) -> bool:
    sure_in, sure_out = _SURE.index(inner.verdict.confidence), _SURE.index(outer.verdict.confidence)
    if sure_in != sure_out:
        return sure_in > sure_out
    return inner.gain > outer.gain * CLEARLY_MORE


def _taken_back(loser: Judged, winner: Judged) -> Judged:
    where = f"{winner.case.path}:{winner.case.line}"
    because = (
        f"{winner.verdict.model} is advised at {where}, and pools inside pools fight for the same cores and connections"
    )
    verdict = replace(
        loser.verdict,
        rule=ONE_LEVEL,
        model=Model.SEQUENTIAL,
        executor=Executor.NONE,
        change=False,
        message=f"Leave it as it is: {because}.",
        why=f"One level of a nest is enough: {because}.",
        ask_first=(),
        alternatives=(),
        rejected=(Rejected(loser.verdict.model, ONE_LEVEL, because),),
    )
    return replace(loser, verdict=verdict)
