"""Turns: a few threads, each started by a statement of its own, that compute and so run one at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model.fault import Around, Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.workers import Handover, handovers, work

_WORTH = 0.05  # seconds that a thread computes, from which on others are worth their start
_MOSTLY = 0.8  # of what it does
_AWAITED = (Fate.AWAITED, Fate.AWAITED_AND_DROPPED)  # one by one
_ASKS = frozenset("join result exception wait as_completed".split())


def _threads_take_turns(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Two threads that compute, or threads of a class that do: places at which no loop hands functions over."""
    if not sight.target.gil:
        return
    handed = [each for each in handovers(sight, info, "thread") if not each.is_map]
    found = [each for each in handed if each.spot.fate not in _AWAITED and _computes(sight, each)]
    by_hand = [each for each in found if Around.LOOP not in each.spot.around]
    looped = [each for each in found if Around.LOOP in each.spot.around and each.starts_a_class]
    beside = looped[:1] or (by_hand if len(by_hand) > 1 and _run_together(sight, info, by_hand) else [])
    if beside and beside[0].worker is not None and not _is_waited_for_each_round(sight, looped):
        worker = beside[0].worker
        because = f"`{worker.name}` (line {worker.line}) computes in Python"
        yield at(beside[0].spot.call, worker.name, because, worker.line)


def _computes(sight: Sight, handover: Handover) -> bool:
    """Is it known that the thread computes in Python, for long and hardly anything else?"""
    summary = work(sight, handover)
    if summary is None or summary.parallel_native:
        return False
    computing, all_of_it = summary.cost.interpreter, summary.cost.total
    return computing.expected >= _WORTH and computing.expected >= _MOSTLY * all_of_it.expected


def _run_together(sight: Sight, info: FunctionInfo, started: list[Handover]) -> bool:
    """Does the function start all of them before it waits for one?"""
    spots = sight.spots(info)
    last = max(each.spot.call.line for each in started)
    starts = [spot.call.line for spot in spots if spot.last == "start"]
    return all(spot.call.line >= max([last, *starts]) for spot in spots if spot.last in _ASKS)


def _is_waited_for_each_round(sight: Sight, looped: list[Handover]) -> bool:
    """Does the loop that starts them wait for each before the next?"""
    for each in looped:
        loop = each.spot.loop
        if any(s.last in _ASKS and s.loop is loop for s in sight.spots(each.spot.function)):
            return True
    return False


TURN_FACTS: Mapping[str, Detector] = {Fact.THREADS_TAKE_TURNS: _threads_take_turns}
