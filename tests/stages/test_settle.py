"""Which level of a nest keeps its advice."""

from __future__ import annotations

from dataclasses import replace

from advisor.model.concurrency import Executor, Level, Model
from advisor.model.effect import Effect, EffectTrace
from advisor.model.verdict import Verdict
from advisor.stages.settle import ONE_LEVEL, Judged, settle
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
