"""Isolation: what a process writes into its own copy of an object, where the parent looks for it in vain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from msgspec import structs

from advisor.model import code, tree
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo, Target
from advisor.model.state import How, Piece, Place, Read, RootKind, State, Where, Write
from advisor.questions.interference import Readers, View
from advisor.questions.lineage import lineage
from advisor.stages.faults.courses import after
from advisor.stages.faults.memory import WITHIN, Rooted, is_plain, rooted, values_at
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.workers import Handover, delayed_tasks, handovers

_EMPTY = frozenset(["list", "dict", "set", "str", "int", "float", "deque", "Counter", "defaultdict"])
_FAR = 3  # callers up from where the work is handed over
_MOST_CALLERS = 6


@dataclass(frozen=True, slots=True)
class Kept:
    """A change that stays in the process: `writes` are it, in the terms of the function that starts the process."""

    writes: tuple[Write, ...]
    label: str
    where: Where


def _lost_writes(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A worker process changes something that the parent reads later on."""
    for handover in (*handovers(sight, info, "process"), *delayed_tasks(sight, info)):
        worker = handover.worker
        if worker is None or _may_be_thread(sight, handover):
            continue
        kept = list(kept_by(sight, handover, worker))
        found = missed(sight, handover, worker, kept) if kept else None
        if found is not None:
            lost, read = found
            where, reader = sight.program.functions[lost.where.function], sight.program.functions[read.where.function]
            here = "" if reader.path == info.path else f" of {reader.path}"
            because = (
                f"`{where.name}` changes it in line {lost.where.line}, in a copy that only its process has, and line"
                f" {read.where.line}{here} reads it in the parent"
            )
            yield at(handover.spot.call, lost.label, because, lost.where.line)


def _may_be_thread(sight: Sight, handover: Handover) -> bool:
    targets = sight.program.targets(handover.spot.function.id, handover.spot.call)
    return any(target.callback in ("thread", "here", "loop") and target.kind == "function" for target in targets)


# ---- what is written


def kept_by(sight: Sight, handover: Handover, worker: FunctionInfo) -> Iterator[Kept]:
    """What the worker changes in the memory of its process, and surely not as a cache nor to give it back."""
    returned = {place.root for place in sight.program.objects.returned_places(worker.id)}
    there = _there(sight, worker)
    for write in sight.summaries.function_state(worker.id).writes:
        if write.memo or write.possible or write.fills or write.how is How.DRAW or write.place.root in returned:
            continue
        held = rooted(sight, handover, worker, write.place.root)
        if held is None or not is_plain(sight, held.function, held.expression, write):
            continue
        if write.how is not How.REBIND or _was_empty(sight, held, write, there):
            told = tuple(structs.replace(write, place=p.below(*write.place.path)) for p in sorted(held.places))
            yield Kept(told, min((w.place.label for w in told), key=len), write.where)


def _there(sight: Sight, worker: FunctionInfo) -> frozenset[str]:
    """The functions that run in the process."""
    return sight.summaries.reached(worker.id, worker.calls) | {worker.id}


def _was_empty(sight: Sight, held: Rooted, write: Write, there: frozenset[str]) -> bool:
    """Has the parent nothing there that could be meant to stay: only None, 0 or an empty collection, waiting for a value?"""
    *path, last = write.place.path or ("",)
    if last.startswith("["):
        return True
    if not last:
        given = [(o.where, o.expression) for o in sight.program.objects.origins(held.function, write.place.root.name)]
    else:
        kinds = values_at(sight, held.function, held.expression, tuple(path))
        classes = (sight.program.classes[kind.name] for kind in kinds if kind.kind in ("instance", "some", "class"))
        above = (each for cls in classes for each in lineage(sight.program, cls))
        given = [pair for cls in above for pair in cls.assigned.get(last, ())]
    return all(where in there or (value is not None and _is_empty(value)) for where, value in given)


def _is_empty(value: code.Expr) -> bool:
    match value:
        case code.Literal(value=held):
            return not held
        case code.Display(items=items) | code.Call(arguments=items, keywords=()):
            return not items and (isinstance(value, code.Display) or tree.callee(value) in _EMPTY)
    return False


# ---- who looks for it


def missed(sight: Sight, handover: Handover, worker: FunctionInfo, kept: list[Kept]) -> tuple[Kept, Read] | None:
    """The first of the changes that the parent reads once the work has been handed over, and where it does so."""
    there = _there(sight, worker)
    found = _read_behind(sight, handover.spot, kept, there)
    return found or _read_by_callers(sight, handover.spot.function, kept, there, _FAR)


def _read_behind(sight: Sight, spot: Spot, kept: list[Kept], there: frozenset[str]) -> tuple[Kept, Read] | None:
    """The same of what runs in the function behind a place; what the parent changes there itself is its own business."""
    info, seen = spot.function, View(sight.program.objects, spot.function.id)
    states = [sight.summaries.state(Piece(info.id, b, _given_on(b))) for b in after(info, spot.statement)]
    for each in kept:
        if not any(_changed_again(seen, each, state) for state in states):
            reads = (read for state in states for read in Readers(seen, state.reads).of(*each.writes, apart=False))
            found = (r for r in reads if r.where.function not in there and any(_looks_for(w, r) for w in each.writes))
            read = next(found, None)
            if read is not None:
                return each, read
    return None


def _given_on(block: tree.Block) -> tuple[code.Expr, ...]:
    """What a block returns or yields, at which others look."""
    returned = (s.value for s in tree.statements(block) if isinstance(s, code.Return) and s.value is not None)
    yielded = (e.value for e in tree.expressions(block) if isinstance(e, code.Yield) and e.value is not None)
    return (*returned, *yielded)


def _changed_again(seen: View, kept: Kept, state: State) -> bool:
    changed = (Read(Place(w.place.root, w.target), True, True, w.where) for w in state.writes)
    found = Readers(seen, changed).of(*kept.writes, apart=False)
    return any(_is_part(write, other.place) for other in found for write in kept.writes)


def _looks_for(write: Write, read: Read) -> bool:
    return read.exposed and not read.bare and _is_part(write, read.place)


def _is_part(write: Write, place: Place) -> bool:
    """Is it the very part that was written that is meant, and not merely the object that has it?"""
    parts = [part for part in write.place.path if not part.startswith("[")]
    return not parts or parts[-1] in place.path


def _read_by_callers(
    sight: Sight, info: FunctionInfo, kept: list[Kept], there: frozenset[str], far: int
) -> tuple[Kept, Read] | None:
    callers = sight.program.callers(info.id)
    if far == 0 or len(callers) > _MOST_CALLERS:
        return None
    for caller, call in callers:
        around = sight.program.functions[caller]
        spot = next((spot for spot in sight.spots(around) if spot.call is call), None)
        told = [here for each in kept if (here := _as_told(sight, caller, call, info, each)) is not None]
        if spot is None or not told or caller in there or caller == info.id:
            continue
        found = _read_behind(sight, spot, told, there) or _read_by_callers(sight, around, told, there, far - 1)
        if found is not None:
            return found
    return None


def _as_told(sight: Sight, caller: str, call: code.Call, called: FunctionInfo, kept: Kept) -> Kept | None:
    """A change in the terms of a caller; None for that of a variable of the called function."""
    target, writes = Target("function", called.id), list[Write]()
    for write in kept.writes:
        if write.place.root.kind in (RootKind.GLOBAL, RootKind.CLASS):
            writes.append(write)
        elif write.place.root.kind in (RootKind.SELF, RootKind.PARAM):
            places = sight.program.objects.translate(caller, call, target, write.place, WITHIN)
            writes += [structs.replace(write, place=place) for place in sorted(places)]
    return replace(kept, writes=tuple(writes)) if writes else None


ISOLATION_FACTS: Mapping[str, Detector] = {Fact.LOST_IN_A_PROCESS: _lost_writes}
