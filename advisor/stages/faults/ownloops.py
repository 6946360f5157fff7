"""Own loops: threads that each run an event loop, and share a lock, queue or event that wakes waiters of one loop alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.effect import Effect
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import How, Piece, Place, RootKind, State, Use
from advisor.questions.interference import View
from advisor.stages.faults.courses import after
from advisor.stages.faults.memory import WITHIN, Rooted, rooted
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.workers import Handover, alone, called_below, handovers, is_bound_anew, reached, several

_ASYNCIO = "asyncio."
_OF_ANOTHER_LOOP = frozenset(["run_coroutine_threadsafe", "call_soon_threadsafe"])
_PER_THREAD = "threading.local"
_FAR = 2  # callers up from where the thread is started


def _shared_by_loops(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Something to wait for that coroutines use in the loops of several threads, or of a thread and of who started it."""
    threads = [h for h in handovers(sight, info, "thread") if _runs_a_loop(sight, h.worker)]
    for handover in threads:
        for use, held in _waited_for(sight, handover):
            other = _elsewhere(sight, handover, use, held, threads)
            if other:
                where = sight.program.functions[use.where.function]
                because = f"`{where.name}` waits for it in line {use.where.line}, {other}"
                yield at(handover.spot.call, use.place.label, because, use.where.line)
                break


def _runs_a_loop(sight: Sight, worker: FunctionInfo | None) -> bool:
    """Does a function start a loop of its own, and give no work to another one?"""
    if worker is None or worker.is_async or not called_below(sight, worker).isdisjoint(_OF_ANOTHER_LOOP):
        return False
    functions = (sight.program.functions[each] for each in reached(sight, worker))
    spots = (spot for each in functions if not each.is_async for spot in sight.spots(each))
    return any(map(sight.catalog.runs_loop, (name for spot in spots for name in spot.names)))


def _waited_for(sight: Sight, handover: Handover) -> Iterator[tuple[Use, Rooted]]:
    """What coroutines below the worker wait for, and have from outside it: one object, whatever the thread."""
    assert handover.worker is not None
    state = sight.summaries.function_state(handover.worker.id)
    for use in state.uses:
        root = use.place.root
        made_there = root.kind is RootKind.LOCAL and root.owner in reached(sight, handover.worker)
        one_of_many = any(part.startswith("[") for part in use.place.path)  # one for each loop, perhaps
        if made_there or one_of_many or not _waits(sight, use) or _is_set_anew(state, use.place):
            continue
        held = rooted(sight, handover, handover.worker, root)
        if held is not None and _PER_THREAD not in sight.kinds(held.function, held.expression):
            yield use, held


def _waits(sight: Sight, use: Use) -> bool:
    """Is it waited for in a coroutine: a lock, a queue, an event?"""
    known = sight.catalog.call(use.api)
    waits = known is not None and known[1].effect is Effect.LOCK
    return waits and use.type.startswith(_ASYNCIO) and sight.program.functions[use.where.function].is_async


def _is_set_anew(state: State, place: Place) -> bool:
    """May a run of the thread give itself another one first?"""
    return any(
        w.how is How.REBIND and w.place.root == place.root and w.place.path == place.path[: len(w.place.path)]
        for w in state.writes
    )


def _elsewhere(sight: Sight, handover: Handover, use: Use, held: Rooted, threads: list[Handover]) -> str:
    """Where the loop of another thread uses the same object, in words; empty where none is known to."""
    info, call = handover.spot.function, handover.spot.call
    if several(sight, handover) and not alone(sight, handover) and not is_bound_anew(handover.spot, held.expression):
        return f"in each of the threads that line {call.line} starts, which have a loop each"
    seen = View(sight.program.objects, info.id)
    own = _names(sight, seen, use, held)
    for other in threads:
        for there, root in _waited_for(sight, other) if other is not handover else ():
            if not own.isdisjoint(_names(sight, seen, there, root)):
                return f"and so does the loop of the thread that line {other.spot.call.line} starts"
    line = _used_after(sight, info, handover.spot.statement, own, _FAR)
    return f"and the loop of the thread that starts it uses it in line {line}" if line else ""


def _names(sight: Sight, seen: View, use: Use, held: Rooted) -> frozenset[Place]:
    """What is waited for, by all the names that it has where the thread is started."""
    here = held.function == seen.function
    places = held.places | (
        sight.program.objects.places(held.function, held.expression, WITHIN) if here else frozenset()
    )
    return frozenset(name for place in places for name in seen.names(place.below(*use.place.path)))


def _used_after(sight: Sight, info: FunctionInfo, statement: code.Stmt, own: frozenset[Place], far: int) -> int:
    """The line where a coroutine uses one of these places once the thread runs, in the function or in those that call it."""
    seen = View(sight.program.objects, info.id)
    for block in after(info, statement):
        for use in sight.summaries.state(Piece(info.id, block)).uses:
            known = sight.catalog.call(use.api)
            told = known is not None and (known[1].effect is Effect.LOCK or sight.catalog.is_on_loop(use.api))
            in_coroutine = sight.program.functions[use.where.function].is_async
            if told and in_coroutine and not seen.names(use.place).isdisjoint(own):
                return use.where.line
    everywhere = frozenset(place for place in own if place.root.kind is RootKind.GLOBAL)
    for caller, call in sight.program.callers(info.id) if far and everywhere else ():
        outer = sight.program.functions[caller]
        standing = next(
            (s for s in outer.statements if any(c is call for h in tree.heads(s) for c in tree.every(h))), None
        )
        line = 0 if standing is None else _used_after(sight, outer, standing, everywhere, far - 1)
        if line:
            return line
    return 0


OWN_LOOP_FACTS: Mapping[str, Detector] = {Fact.SHARED_BY_LOOPS: _shared_by_loops}
