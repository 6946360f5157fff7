"""Settle: one piece of advice a nest, and one a blocking statement.

Of sites within each other, and of a caller and what it calls, only the level that gains most keeps its advice;
pools inside pools would fight for the same cores and connections. The others stay as they are and say why.

Of the calls in coroutines that reach one blocking statement, only one keeps its advice, and names the others; so it is with
the calls of one library in one coroutine, which are changed together. Loops that reach one slow call each keep theirs: every
one is a place to change of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from advisor.model.case import Case
from advisor.model.concurrency import Executor, Level, Model
from advisor.model.confidence import Fact
from advisor.model.effect import EffectTrace
from advisor.model.estimate import Forecast
from advisor.model.site import SiteKind
from advisor.model.verdict import ONE_CAUSE, ONE_LEVEL, Rejected, Verdict
from advisor.questions.thresholds import CLEARLY_MORE, THE_POINT

_SURE = tuple(Level)


@dataclass(frozen=True, slots=True)
class Judged:
    """A case with what was forecast and decided for it; `reached` are the ids of the functions its rounds call.

    `silenced` where a comment keeps it from being reported. `also` are the cases for which this one speaks, since they
    have the same cause, and `instead` is what was decided for a case that leaves its advice to another one so.
    """

    case: Case
    forecast: Forecast
    verdict: Verdict
    within: str = ""  # the id of the function it stands in
    reached: Callable[[], frozenset[str]] = frozenset
    silenced: bool = False
    also: tuple[Case, ...] = ()
    instead: Verdict | None = None

    @property
    def advises_a_pool(self) -> bool:
        return self.verdict.change and self.verdict.model is not Model.SEQUENTIAL

    @property
    def gain(self) -> float:
        speedup = self.forecast.by_model.get(self.verdict.model)
        return speedup.expected if speedup is not None else 1.0


def settle(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    """The same in the same order, with the advice of lesser levels taken back, and that for one cause given once."""
    return _one_each_cause(_one_each_nest(_main_work(judged)))


def _main_work(judged: Sequence[Judged]) -> Sequence[Judged]:
    """Who asks about a small program has one that runs for a while: what may take so long counts as doing so, where nothing else
    of the program takes much longer."""
    if all(each.verdict.if_long is None for each in judged):
        return judged
    longest = max(each.forecast.sequential_seconds.expected for each in judged)
    return tuple(
        replace(
            each,
            verdict=replace(each.verdict, probability=sure.probability, confidence=sure.confidence),
        )
        if (sure := each.verdict.if_long) is not None
        and each.forecast.sequential_seconds.expected >= THE_POINT * longest
        else each
        for each in judged
    )


def _one_each_nest(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    advised = [each for each in judged if each.advises_a_pool]
    winners: dict[int, list[Judged]] = {id(each): [] for each in advised}
    all_around, all_callers = _around(advised), _callers(advised)
    for inner in advised:
        around = all_around[id(inner)]
        enclosing = {id(outer) for outer in around}
        callers = [each for each in all_callers[id(inner)] if id(each) not in enclosing and _rivals(each, inner)]
        for outer in (*around, *callers):
            wins = _beats(inner, outer, shared=len(callers) > 1 and id(outer) not in enclosing)
            loser, winner = (outer, inner) if wins else (inner, outer)
            if _shown(winner) or not _shown(loser):  # what nobody sees takes nothing back
                winners[id(loser)].append(winner)
    yields_to = _yielding(advised, winners)
    return tuple(_taken_back(each, yields_to[id(each)]) if id(each) in yields_to else each for each in judged)


def _around(advised: Sequence[Judged]) -> dict[int, list[Judged]]:
    """For each, by identity, those that it stands inside, in their order. Walks down each file once."""
    found: dict[int, list[Judged]] = {}
    order = {id(each): place for place, each in enumerate(advised)}
    path, open_now = "", list[Judged]()
    for each in sorted(advised, key=lambda each: (each.case.path, each.case.line, each.case.column, order[id(each)])):
        if each.case.path != path:
            path, open_now = each.case.path, []
        open_now = [outer for outer in open_now if outer.case.end_line >= each.case.line]
        around = [outer for outer in open_now if _within(each.case, outer.case)]
        for other in open_now:  # what begins at the same place may stand inside either way
            if _begins(other) == _begins(each) and _within(other.case, each.case):
                found[id(other)] = sorted([*found[id(other)], each], key=lambda outer: order[id(outer)])
        found[id(each)] = sorted(around, key=lambda outer: order[id(outer)])
        open_now.append(each)
    return found


def _begins(each: Judged) -> tuple[int, int]:
    return each.case.line, each.case.column


def _callers(advised: Sequence[Judged]) -> dict[int, list[Judged]]:
    """For each, by identity, those whose iterations run the function that it stands in, in their order."""
    found: dict[int, list[Judged]] = {id(each): [] for each in advised}
    by_function: dict[str, list[Judged]] = {}
    for inner in advised:
        if _may_call(inner):
            by_function.setdefault(inner.within, []).append(inner)
    functions = frozenset(by_function)
    for outer in filter(_may_call, advised):
        for name in sorted(outer.reached() & functions):
            if name != outer.within:
                for inner in by_function[name]:
                    found[id(inner)].append(outer)
    return found


def _yielding(advised: Sequence[Judged], winners: dict[int, list[Judged]]) -> dict[int, Judged]:
    """Those that yield, each to a rival that stands; where all of a circle would yield, the first stands."""
    rivals = {beaten: [*over] for beaten, over in winners.items()}
    for each in advised:
        for winner in winners[id(each)]:
            rivals[id(winner)].append(each)
    stands: set[int] = set()
    yields_to: dict[int, Judged] = {}
    undecided = list(advised)
    while undecided:
        free = [each for each in undecided if all(id(winner) in yields_to for winner in winners[id(each)])]
        stands.update(id(each) for each in free or undecided[:1])
        for each in undecided:
            over = next((rival for rival in rivals[id(each)] if id(rival) in stands), None)
            if over is not None and id(each) not in stands:
                yields_to[id(each)] = over
        undecided = [each for each in undecided if id(each) not in stands and id(each) not in yields_to]
    return yields_to


def _within(inner: Case, outer: Case) -> bool:
    """Does `inner` stand inside `outer` in the source?"""
    if inner.path != outer.path or (inner.line, inner.column, inner.kind) == (outer.line, outer.column, outer.kind):
        return False
    if inner.function != outer.function and not inner.function.startswith(f"{outer.function}."):
        return False
    begins_inside = (outer.line, outer.column) <= (inner.line, inner.column)
    return begins_inside and inner.end_line <= outer.end_line


def _rivals(outer: Judged, inner: Judged) -> bool:
    """Would both levels take workers, in one run of the program? Tasks within tasks share one loop and do not; and what a script
    or an example beside the program calls is called by the program too, which has no such level around it."""
    beside = Fact.DEVELOPERS in outer.case.facts and Fact.DEVELOPERS not in inner.case.facts
    return not beside and not outer.verdict.model is inner.verdict.model is Model.ASYNCIO


def _may_call(each: Judged) -> bool:
    """Not what is concurrent already, nor a single call."""
    return not (each.case.kind.is_concurrent or each.case.kind is SiteKind.BLOCKING_IN_ASYNC)


def _beats(inner: Judged, outer: Judged, *, shared: bool) -> bool:
    """What won a race beats what nobody has raced, a proof a guess, what is shown what is not, and then the outer level keeps
    its advice unless the inner one promises clearly more and is as sure. What several loops call (`shared`) is told once,
    unless one of them promises more."""
    if _raced(inner) != _raced(outer):
        return _raced(inner)
    if _guessed(inner) != _guessed(outer):
        return _guessed(outer)
    if _shown(inner) != _shown(outer):
        return _shown(inner)
    mine, theirs = _promise(inner, _part(inner, outer)), _promise(outer, 1.0)
    if shared:
        return mine * CLEARLY_MORE >= theirs
    as_sure = _SURE.index(inner.verdict.confidence) >= _SURE.index(outer.verdict.confidence)
    return as_sure and mine > theirs * CLEARLY_MORE


def _part(inner: Judged, outer: Judged) -> float:
    """The part of an iteration of `outer` that `inner` takes, running once in it: what a level that takes none of the time
    gains is gained by nobody."""
    iteration = outer.case.work.per_item.expected
    return min(1.0, inner.forecast.sequential_seconds.expected / iteration) if iteration else 1.0


def _promise(each: Judged, part: float) -> float:
    """How many times faster the nest becomes by this level, of whose time it is such a `part`; where both are known to be
    likely or not, as likely as the advice is right."""
    faster = 1.0 / (1.0 - part + part / max(each.gain, 1.0))
    probability = each.verdict.probability
    return faster if probability is None else 1.0 + probability * (faster - 1.0)


def _raced(each: Judged) -> bool:
    """Does the advice rest on a race?"""
    forecast = each.forecast.by_model.get(each.verdict.model)
    return forecast is not None and forecast.basis == "measured"


def _guessed(each: Judged) -> bool:
    """Does the advice rest on what a name sounds like?"""
    return bool(each.case.effects) and each.case.effects[0].guessed


def _shown(each: Judged) -> bool:
    """Is it sure enough to be told without `--all`?"""
    return each.verdict.confidence is not Level.LOW


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


def _one_each_cause(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    """What blocks several coroutines is told at the surest of the calls that reach it, of these at the nearest; then what
    blocks one coroutine by calls of one library, at one of these."""
    of_one_statement = _one_of_each(
        judged, lambda each, proof: (*_statement(proof), each.verdict.rule), "reaches the same call of"
    )
    return _one_of_each(of_one_statement, _library_in_coroutine, "stands in the same coroutine as")


def _one_of_each(
    judged: Sequence[Judged], cause: Callable[[Judged, EffectTrace], tuple[str, ...]], said: str
) -> tuple[Judged, ...]:
    """Of the calls with one cause, one keeps its advice and speaks for the others, but for those that speak for some already."""
    causes: dict[tuple[str, ...], list[Judged]] = {}
    for each in judged:
        proof = _blocking(each)
        if proof is not None:
            causes.setdefault(cause(each, proof), []).append(each)
    settled: dict[int, Judged] = {}
    for reaching in (calls for calls in causes.values() if len(calls) > 1):
        first = min(reaching, key=_farness)
        others = sorted((each for each in reaching if each is not first and not each.also), key=_where)
        settled |= {id(each): _left_to(first, each, said) for each in others}
        settled[id(first)] = replace(first, also=(*first.also, *(each.case for each in others)))
    return tuple(settled.get(id(each), each) for each in judged)


def _blocking(each: Judged) -> EffectTrace | None:
    """What proves that this call blocks its coroutine, where that is to be told."""
    if each.case.kind is not SiteKind.BLOCKING_IN_ASYNC or not each.advises_a_pool or each.silenced:
        return None
    return next((effect for effect in each.case.effects[:1] if effect.trace), None)


def _statement(proof: EffectTrace) -> tuple[str, str, str]:
    """The call at the end of the proof."""
    last = proof.trace[-1]
    return last.path, str(last.line), proof.api


def _library_in_coroutine(each: Judged, proof: EffectTrace) -> tuple[str, ...]:
    """The coroutine, and whose call blocks it: who makes a connection, sends and receives does one piece of work."""
    return each.case.path, each.case.function, proof.api.partition(".")[0]


def _farness(each: Judged) -> tuple[int, int, str, int, int]:
    """What is surer comes first, so that whoever asks for it is told of the cause; then what is fewer steps away."""
    return -_SURE.index(each.verdict.confidence), len(each.case.effects[0].trace), *_where(each)


def _where(each: Judged) -> tuple[str, int, int]:
    return each.case.path, each.case.line, each.case.column


def _left_to(first: Judged, each: Judged, said: str) -> Judged:
    api, where = first.case.effects[0].api, f"{first.case.path}:{first.case.line}"
    verdict = replace(
        each.verdict,
        rule=ONE_CAUSE,
        model=Model.SEQUENTIAL,
        executor=Executor.NONE,
        change=False,
        message=f"Advised at {where}: it {said} `{api}`, and one cause is reported once.",
        why=f"It {said} `{api}` at {where}, and the advice for both stands there.",
        ask_first=(),
        alternatives=(),
        rejected=(),
    )
    return replace(each, verdict=verdict, instead=each.verdict)
