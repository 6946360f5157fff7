"""Afresh: what a process misses that imports the program anew instead of being a copy of its parent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.fault import Fact, Unsendable
from advisor.model.program import FunctionInfo
from advisor.model.state import How, Piece, Read, Root, RootKind, Write
from advisor.questions.calls import argument
from advisor.questions.interference import Readers, View
from advisor.stages.faults.courses import before
from advisor.stages.faults.memory import is_plain, module_of
from advisor.stages.faults.sending import unsendable
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.starting import FRESH, makes_process, start_method
from advisor.stages.faults.workers import Handover, handovers, pool_of

_SHARED = (RootKind.GLOBAL, RootKind.CLASS)
_FAR = 3  # callers up from where the work is handed over
_MOST_CALLERS = 6


def _unpicklable_targets(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A process is given something to run, or to work on, that cannot be pickled, though it starts afresh."""
    for spot in sight.spots(info):
        if makes_process(spot) and (method := start_method(sight, spot)) in FRESH:
            sent = next(unsendable(sight, spot, frozenset(Unsendable), inherited=True), None)
            if sent is not None:
                yield at(spot.call, sent.name, f"{sent.because}, and under {method} it has to be pickled", sent.line)


def _unset_globals(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A worker reads what the parent has set as it ran, and what its own process therefore has as it was imported."""
    for handover in handovers(sight, info, "process"):
        worker, method = handover.worker, start_method(sight, handover.spot)
        if worker is None or method not in FRESH:
            continue
        state, set_up = sight.summaries.function_state(worker.id), _set_up(sight, handover)
        if set_up is None:
            continue
        own = {write.place.root for write in state.writes} | set_up
        reads = tuple(r for r in state.reads if _is_shared(r) and r.place.root not in own)
        found = _set_before(sight, handover.spot, reads, _FAR) if reads else None
        if found is not None:
            write, read = found
            where = sight.program.functions[read.where.function]
            because = (
                f"line {write.where.line} sets it as the program runs, `{where.name}` reads it in line"
                f" {read.where.line}, and a process that {method} starts imports the file anew"
            )
            yield at(handover.spot.call, write.place.label, because, write.where.line)


def _is_shared(read: Read) -> bool:
    return read.exposed and not read.bare and read.place.root.kind in _SHARED


def _set_up(sight: Sight, handover: Handover) -> frozenset[Root] | None:
    """What the initializer of the pool sets, which every process runs first; None where that is not known."""
    if makes_process(handover.spot) or handover.starts_a_class:
        return frozenset()
    pool = pool_of(sight, handover.spot)
    if pool is None or any(keyword.name is None for keyword in pool.keywords):
        return None
    given = argument(pool, "initializer") or argument(pool, 1)
    if given is None:
        return frozenset()
    values = sight.program.values(handover.spot.function.id, given)
    if not values or any(value.kind != "function" for value in values):
        return None
    states = (sight.summaries.function_state(value.name) for value in values)
    return frozenset(write.place.root for state in states for write in state.writes)


def _set_before(sight: Sight, spot: Spot, reads: tuple[Read, ...], far: int) -> tuple[Write, Read] | None:
    """The first write, on the way to a place, of what `reads` see."""
    info = spot.function
    state = sight.summaries.state(Piece(info.id, before(info, spot.statement)))
    seen = Readers(View(sight.program.objects, info.id), reads)
    for write in state.writes:
        if _counts(sight, write):
            read = next((r for r in seen.of(write, apart=False) if _is_named(sight, write, r)), None)
            if read is not None:
                return write, read
    callers = sight.program.callers(info.id)
    for caller, call in callers if far and len(callers) <= _MOST_CALLERS else ():
        around = sight.program.functions[caller]
        above = next((each for each in sight.spots(around) if each.call is call), None)
        found = _set_before(sight, above, reads, far - 1) if above is not None and caller != info.id else None
        if found is not None:
            return found
    return None


def _is_named(sight: Sight, write: Write, read: Read) -> bool:
    """Does the reader say the name of what is set, and not of something that has been taken from it?"""
    body = sight.program.functions[read.where.function].body
    named = (e for e in tree.expressions(body) if isinstance(e, code.Name | code.Attribute))
    name = write.place.path[0] if write.place.root.kind is RootKind.CLASS else write.place.root.name
    same = write.place.root == read.place.root
    return same and any((e.id if isinstance(e, code.Name) else e.name) == name for e in named)


def _counts(sight: Sight, write: Write) -> bool:
    """Does it give a variable of a module or class another value than it has when that is imported?"""
    root, is_set = write.place.root, write.how in (How.REBIND, How.AUGMENT)
    if write.memo or write.possible or write.fills or write.how is How.DRAW or root.kind not in _SHARED:
        return False
    if root.kind is RootKind.CLASS:
        return is_set and len(write.place.path) == 1
    module = module_of(sight, root)
    if module is None or not is_plain(sight, module, code.Name(root.name), write):
        return False
    return bool(write.place.path) or not is_set or not _same_literal(sight, module, root.name)


def _same_literal(sight: Sight, module: str, name: str) -> bool:
    """Is it always set to the one value that it has from the beginning?"""
    values = sight.program.objects.values_of(module, name) or ()
    return len(values) > 1 and all(isinstance(value, code.Literal) and value == values[0] for value in values)


AFRESH_FACTS: Mapping[str, Detector] = {
    Fact.UNPICKLABLE_TARGET: _unpicklable_targets,
    Fact.UNSET_GLOBAL: _unset_globals,
}
