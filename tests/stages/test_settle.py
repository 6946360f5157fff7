"""Which level of a nest keeps its advice, and which of the calls that reach one blocking statement."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.model.concurrency import Executor, Level, Model
from advisor.model.confidence import Fact
from advisor.model.effect import Effect, EffectTrace, Step
from advisor.model.site import SiteKind
from advisor.model.verdict import ONE_CAUSE, ONE_LEVEL, Verdict
from advisor.stages.settle import Judged, settle
from tests.stages.cases import a_case, a_forecast


def calling(line: int, callee: str, gain: float = 8.0) -> Judged:
    """Threads advised for a loop whose rounds run the function `callee`."""
    caller = at(line, line + 1, gain)
    case = replace(caller.case, function=f"caller{line}")
    return replace(caller, case=case, within=case.function, reached=lambda: frozenset({callee}))


def at(line: int, end: int, gain: float = 8.0, confidence: Level = Level.HIGH, *, guessed: bool = False) -> Judged:
    """Threads advised for a loop of these lines."""
    case = a_case(line=line, end_line=end, column=line, effects=(EffectTrace(Effect.NETWORK, "get", (), guessed),))
    verdict = Verdict("waits", Model.THREADING, Executor.THREAD_POOL, True, confidence, "overlap", "why")
    return Judged(case, a_forecast(threading=gain), verdict)


def kept(*nest: Judged) -> list[int]:
    """The lines that keep their advice."""
    return [each.case.line for each in settle(nest) if each.verdict.change]


def test_of_equal_gain_the_outer_level_keeps_its_advice_though_it_is_less_sure() -> None:
    assert kept(at(1, 9), at(3, 5)) == [1]
    assert kept(at(1, 9, confidence=Level.MEDIUM), at(3, 5)) == [1]


def test_an_inner_level_that_gains_clearly_more_keeps_its_advice() -> None:
    assert kept(at(1, 9, gain=2), at(3, 5, gain=8)) == [3]
    assert kept(at(1, 9, gain=7.5), at(3, 5, gain=8)) == [1]
    assert kept(at(1, 9, gain=2), at(3, 5, gain=8, confidence=Level.MEDIUM)) == [1]


def test_what_won_a_race_is_not_taken_back_for_what_is_estimated() -> None:
    def raced(each: Judged) -> Judged:
        gain = replace(each.forecast.by_model[Model.THREADING], basis="measured")
        return replace(each, forecast=replace(each.forecast, by_model={Model.THREADING: gain}))

    outer, inner = at(1, 9, gain=8), at(3, 5, gain=2)
    assert kept(outer, inner) == [1]
    assert kept(outer, raced(inner)) == [3]
    assert kept(raced(outer), at(3, 5, gain=30)) == [1]
    assert kept(raced(outer), raced(inner)) == [1]


def test_a_guess_never_beats_a_proof() -> None:
    assert kept(at(1, 9), at(3, 5, gain=30, guessed=True)) == [1]
    assert kept(at(1, 9, gain=30, guessed=True), at(3, 5)) == [3]


def test_what_is_not_shown_takes_back_nothing_that_is() -> None:
    low, guess = at(1, 9, confidence=Level.LOW), at(3, 5, confidence=Level.MEDIUM, guessed=True)
    assert kept(low, guess) == [1, 3]
    assert kept(at(1, 9, confidence=Level.LOW), at(3, 5, confidence=Level.MEDIUM)) == [3]
    assert kept(at(1, 9, confidence=Level.LOW), at(3, 5, confidence=Level.LOW)) == [1]


def test_of_three_levels_one_is_left_and_the_others_name_it() -> None:
    nest = (at(4, 5), at(3, 6), at(1, 9))
    assert kept(*nest) == [1]
    taken_back = [each.verdict for each in settle(nest)[:2]]
    assert all(verdict.rule == ONE_LEVEL and "app.py:1" in verdict.message for verdict in taken_back)


def test_what_yields_to_a_level_that_yields_itself_stands() -> None:
    middle = at(3, 8, gain=8)
    assert kept(at(1, 9, gain=40), middle, at(4, 6, gain=60)) == [4]
    assert kept(at(1, 2), middle) == [1, 3]


def test_what_several_loops_call_is_told_once() -> None:
    callee = replace(at(40, 42), within="callee")
    assert kept(calling(1, "callee"), callee) == [1]
    assert kept(calling(1, "callee"), calling(5, "callee"), callee) == [40]
    assert kept(calling(1, "callee", gain=20), calling(5, "callee"), callee) == [1, 5]


def test_a_script_beside_the_program_takes_back_nothing_in_it() -> None:
    def beside(each: Judged) -> Judged:
        return changed(each, facts=frozenset({Fact.DEVELOPERS}))

    callee = replace(at(40, 42), within="callee")
    assert kept(beside(calling(1, "callee", gain=20)), callee) == [1, 40]
    assert kept(beside(calling(1, "callee", gain=20)), beside(callee)) == [1]
    assert kept(calling(1, "callee", gain=20), beside(callee)) == [1]


# ---- pairs: an outer loop on the lines 1 to 9 and one on the lines 3 to 5, of equal gain, but for what is said


def changed(each: Judged, **case: object) -> Judged:
    return replace(each, case=replace(each.case, **case))  # type: ignore[arg-type]


def by(each: Judged, model: Model) -> Judged:
    return replace(each, verdict=replace(each.verdict, model=model), forecast=a_forecast(**{model.value: each.gain}))


def silent(each: Judged) -> Judged:
    """Nothing is advised there."""
    return replace(each, verdict=replace(each.verdict, change=False))


OUTER, INNER = at(1, 9), at(3, 5)
CALLER, CALLEE = calling(1, "callee"), replace(at(40, 42), within="callee")

PAIRS = [
    ("the outer one of two that are alike", OUTER, INNER, [1]),
    ("both of two that stand side by side", at(1, 2), INNER, [1, 3]),
    ("both of two files", OUTER, changed(INNER, path="other.py"), [1, 3]),
    ("both of two functions", OUTER, changed(INNER, function="push"), [1, 3]),
    ("the outer one where the inner one stands in a function within", OUTER, changed(INNER, function="pull.inner"), [1]),
    ("both where only the name begins alike", OUTER, changed(INNER, function="pulled"), [1, 3]),
    ("the inner one where nothing is advised outside", silent(OUTER), INNER, [3]),
    ("the outer one where nothing is advised inside", OUTER, silent(INNER), [1]),
    ("both where the other is told to be sequential", by(OUTER, Model.SEQUENTIAL), INNER, [1, 3]),
    ("the outer one, whatever the model", by(OUTER, Model.MULTIPROCESSING), INNER, [1]),
    ("one of two levels of tasks in one function", by(OUTER, Model.ASYNCIO), by(INNER, Model.ASYNCIO), [1]),
    ("the inner one that gains more", at(1, 9, 2), INNER, [3]),
    ("the outer one that gains more", OUTER, at(3, 5, 2), [1]),
    ("the proof of the two", at(1, 9, guessed=True), INNER, [3]),
    ("the one that is shown", at(1, 9, confidence=Level.LOW), INNER, [3]),
    ("the caller of two", CALLER, CALLEE, [1]),
    ("both where it calls something else", calling(1, "other"), CALLEE, [1, 40]),
    ("both where tasks start tasks in what they call", by(CALLER, Model.ASYNCIO), by(CALLEE, Model.ASYNCIO), [1, 40]),
    ("the caller where tasks start threads", by(CALLER, Model.ASYNCIO), CALLEE, [1]),
    ("both where the callee is concurrent already", CALLER, changed(CALLEE, kind=SiteKind.POOL), [1, 40]),
    ("both where the caller is concurrent already", changed(CALLER, kind=SiteKind.GATHER), CALLEE, [1, 40]),
    ("both where one call blocks", CALLER, changed(CALLEE, kind=SiteKind.BLOCKING_IN_ASYNC), [1, 40]),
    ("the callee that gains more", calling(1, "callee", 2), CALLEE, [40]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "outer", "inner", "lines"), PAIRS)
def test_of_two_sites_these_keep_their_advice(sentence: str, outer: Judged, inner: Judged, lines: list[int]) -> None:
    for pair in ((outer, inner), (inner, outer)):
        assert sorted(kept(*pair)) == lines, sentence


# ---- one cause: calls in coroutines that reach `requests.get` in helper.py:3, but for what is said


def blocking(
    line: int,
    steps: int = 2,
    sure: Level = Level.MEDIUM,
    path: str = "app.py",
    end: str = "helper.py:3",
    **changed: object,
) -> Judged:
    """asyncio advised for a call that blocks a coroutine of its own, `steps` away from what blocks."""
    file, last = end.split(":")
    between = [Step("helper", "between.py", number) for number in range(2, steps)]
    trace = (Step("pull", path, line), *between, Step("get_user", file, int(last)))[-steps:]
    effects = (EffectTrace(Effect.NETWORK, "requests.get", trace),)
    case = a_case(kind=SiteKind.BLOCKING_IN_ASYNC, path=path, line=line, end_line=line, column=8, effects=effects)
    case = replace(case, function=f"pull{line}")
    verdict = Verdict("blocking", Model.ASYNCIO, Executor.TASK_GROUP, True, sure, "blocks", "why")
    return replace(Judged(case, a_forecast(), verdict), **changed)  # type: ignore[arg-type]


def looping(line: int) -> Judged:
    """Threads advised for a loop that reaches the same statement."""
    loop = at(line, line)
    return changed(loop, effects=blocking(line).case.effects)


def ruled(each: Judged) -> Judged:
    """The same by another rule."""
    return replace(each, verdict=replace(each.verdict, rule="computing"))


def of(api: str, line: int, coroutine: str = "pull") -> Judged:
    """asyncio advised for a call of `api` in a coroutine."""
    effects = (EffectTrace(Effect.NETWORK, api, (Step(coroutine, "app.py", line),)),)
    return changed(blocking(line), function=coroutine, effects=effects)


OTHER_RULE = ruled(blocking(9))

CAUSES = [
    ("the one with the fewest steps", [blocking(5, steps=3), blocking(9)], [9]),
    ("the coroutine that blocks by itself", [blocking(5), blocking(3, steps=1, path="helper.py")], [3]),
    ("of equals the first by line", [blocking(9), blocking(5)], [5]),
    ("of equals the first by path", [blocking(5), blocking(9, path="a.py")], [9]),
    ("the surest before the nearest", [blocking(5), blocking(9, steps=4, sure=Level.HIGH)], [9]),
    ("one that is shown before the nearest", [blocking(5, sure=Level.LOW), blocking(9, steps=4)], [9]),
    ("one of many", [blocking(line) for line in range(5, 20)], [5]),
    ("the one alone", [blocking(5)], [5]),
    ("both where two statements block", [blocking(5), blocking(9, end="helper.py:4")], [5, 9]),
    ("both where two files have such a line", [blocking(5), blocking(9, end="other.py:3")], [5, 9]),
    ("both where two rules advise", [blocking(5), OTHER_RULE], [5, 9]),
    ("both where one is silenced, which then speaks for nobody", [blocking(5, silenced=True), blocking(9)], [5, 9]),
    ("one where nothing is advised at the other", [silent(blocking(5)), blocking(9)], [9]),
    ("both loops: each is a place to change", [looping(5), looping(9)], [5, 9]),
    ("a loop beside a single call", [looping(5), blocking(9)], [5, 9]),
    ("one of a library in a coroutine", [of("ws.connect", 5), of("ws.send", 6), of("ws.recv", 7)], [5]),
    ("whichever rule advises", [of("ws.connect", 5), ruled(of("ws.send", 6))], [5]),
    ("each library in a coroutine", [of("ws.connect", 5), of("imap.send", 6)], [5, 6]),
    ("each coroutine of a library", [of("ws.connect", 5), of("ws.send", 6, "push")], [5, 6]),
    ("both where nothing is known of what they reach", [changed(blocking(5), effects=()), changed(blocking(9), effects=())],
     [5, 9]),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "found", "lines"), CAUSES)
def test_of_calls_that_reach_one_statement_these_keep_their_advice(
    sentence: str, found: list[Judged], lines: list[int]
) -> None:
    for order in (found, found[::-1]):
        assert sorted(kept(*order)) == lines, sentence


def test_the_call_that_keeps_its_advice_names_the_others_and_they_name_it() -> None:
    first, far, last = settle([blocking(5), blocking(7, steps=3), blocking(9)])
    assert [case.line for case in first.also] == [7, 9]
    assert first.verdict == blocking(5).verdict
    for left in (far, last):
        assert (left.verdict.rule, left.verdict.model, left.verdict.change) == (ONE_CAUSE, Model.SEQUENTIAL, False)
        assert left.verdict.message == (
            "Advised at app.py:5: it reaches the same call of `requests.get`, and one cause is reported once."
        )
        assert left.instead == blocking(9).verdict
        assert left.also == ()


def test_what_yields_to_a_nest_is_not_spoken_for() -> None:
    """A call inside a loop that is advised itself is left for that reason, and the next call keeps the advice."""
    loop = by(changed(at(4, 6), path="app.py"), Model.ASYNCIO)
    inside_it, other = changed(blocking(5), function=loop.case.function), blocking(9)
    assert kept(loop, inside_it, other) == [4, 9]
    assert settle([loop, inside_it, other])[2].also == ()


# ---- laws

LEVELS = st.sampled_from(Level)
GAINS = st.sampled_from([2.0, 4.0, 8.0])


@st.composite
def nests(draw: st.DrawFn, *, alike: bool = False) -> list[Judged]:
    """A few loops on some lines; `alike` where the advice for all is equally sure."""
    level, guessed = draw(LEVELS), draw(st.booleans())
    found: dict[int, Judged] = {}
    for _ in range(draw(st.integers(0, 6))):
        line, length = draw(st.integers(1, 9)), draw(st.integers(0, 9))
        sure = (level, guessed) if alike else (draw(LEVELS), draw(st.booleans()))
        found[line] = at(line, line + length, draw(GAINS), sure[0], guessed=sure[1])
    return list(found.values())


def inside(inner: Judged, outer: Judged) -> bool:
    return inner is not outer and outer.case.line <= inner.case.line and inner.case.end_line <= outer.case.end_line


@settings(max_examples=100, deadline=None)
@given(nests(alike=True))
def test_no_two_levels_of_a_nest_keep_their_advice(nest: list[Judged]) -> None:
    settled = settle(nest)
    assert [each.case.line for each in settled] == [each.case.line for each in nest]
    standing = [each for each in settled if each.verdict.change]
    assert bool(standing) == bool(nest)
    assert not any(inside(inner, outer) for inner in standing for outer in standing)


@pytest.mark.parametrize(
    "nest",
    [
        (at(1, 9, 2.0), at(2, 8, 2.2), at(3, 7, 2.4)),
        (at(1, 9, 2.0, Level.MEDIUM), at(2, 8, 2.0, Level.HIGH), at(3, 7, 4.0, Level.MEDIUM)),
    ],
)
def test_of_three_levels_in_a_circle_one_stands(nest: tuple[Judged, ...]) -> None:
    assert len(kept(*nest)) == 1


@settings(max_examples=100, deadline=None)
@given(nests())
def test_what_is_settled_stays_so(nest: list[Judged]) -> None:
    once = settle(nest)
    assert settle(once) == once
    assert all(new.verdict == old.verdict for new, old in zip(once, nest, strict=True) if new.verdict.change)


REACHING = st.builds(
    blocking,
    line=st.integers(1, 40),
    steps=st.integers(1, 4),
    sure=LEVELS,
    end=st.sampled_from(["helper.py:3", "helper.py:4"]),
)


@settings(max_examples=100, deadline=None)
@given(st.lists(REACHING, max_size=8, unique_by=lambda each: each.case.line))
def test_of_each_cause_one_call_speaks_and_none_is_lost(found: list[Judged]) -> None:
    settled = settle(found)
    standing = [each for each in settled if each.verdict.change]
    ends = [each.case.effects[0].trace[-1] for each in standing]
    assert len(set(ends)) == len(ends)
    told = [case.line for each in standing for case in (each.case, *each.also)]
    assert sorted(told) == sorted(each.case.line for each in found)
    assert settle(settled) == settled


@settings(max_examples=100, deadline=None)
@given(nests())
def test_a_site_that_stands_alone_keeps_its_advice(nest: list[Judged]) -> None:
    alone = at(100, 101)
    assert 100 in kept(*nest, alone)
    assert 100 in kept(alone, *nest)


def test_a_level_that_takes_none_of_the_time_takes_back_nothing() -> None:
    cleaning = replace(at(3, 5, gain=60), forecast=a_forecast(seconds=5e-5, threading=60))
    assert kept(at(1, 9, gain=2), cleaning) == [1]
    assert kept(calling(1, "callee"), calling(5, "callee"), replace(cleaning, within="callee")) == [1, 5]


def test_the_level_that_is_likelier_right_keeps_its_advice() -> None:
    outer, inner = at(1, 9, gain=8), at(3, 5, gain=12)
    likely, unlikely = (replace(inner, verdict=replace(inner.verdict, probability=p)) for p in (0.8, 0.1))
    outer = replace(outer, verdict=replace(outer.verdict, probability=0.8))
    assert kept(outer, likely) == [3]
    assert kept(outer, unlikely) == [1]
