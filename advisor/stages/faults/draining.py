"""Draining: a process that still has something to put into a queue does not end, so whoever joins it before reading waits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.fault import Around
from advisor.model.program import FunctionInfo
from advisor.model.state import How, Piece, Place, Where
from advisor.questions.calls import argument, receiver
from advisor.questions.interference import View
from advisor.stages.faults.courses import after, always
from advisor.stages.faults.memory import rooted, values_at
from advisor.stages.faults.sight import Clue, Sight, at
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.starting import makes_process
from advisor.stages.faults.workers import Handover, handovers

JOIN = "multiprocessing.Process.join"
_QUEUES = "multiprocessing.queues."
_NUMBERS = frozenset(["builtins.int", "builtins.float", "builtins.bool", "builtins.complex"])
LETS_GO = frozenset(["cancel_join_thread"])


@dataclass(frozen=True, slots=True)
class Put:
    """A worker puts something into the queue that goes by these places where the worker is started."""

    queue: frozenset[Place]
    label: str
    where: Where


def joined_before_drained(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A process is joined first, and the queue that it fills is read after that."""
    started = [h for h in handovers(sight, info, "process") if makes_process(h.spot) or h.starts_a_class]
    if not started or not sight.words(info.path).isdisjoint(LETS_GO):
        return
    seen = View(sight.program.objects, info.id)
    for handover in started:
        for put in puts(sight, handover):
            if _is_read_by_others(sight, info, put, seen):
                continue
            join = _join_first(sight, handover, put, seen, alone=len(started) == 1)
            if join is not None:
                who = sight.program.functions[put.where.function].name
                because = f"`{who}` puts into `{put.label}` in line {put.where.line}, and that is read only afterwards"
                if isinstance(join.loop, code.For):
                    yield Clue(
                        join.loop.line, join.loop.column, join.loop.end_line, _joined(join), because, put.where.line
                    )
                else:
                    yield at(join.call, _joined(join), because, put.where.line)
                break


def _joined(join: Spot) -> str:
    return f"{tree.callee(join.call)}()"


def puts(sight: Sight, handover: Handover) -> Iterator[Put]:
    """What the worker puts into queues between processes, but for what surely finds room in the pipe."""
    worker = handover.worker
    if worker is None:
        return
    for write in sight.summaries.function_state(worker.id).writes:
        if write.how is not How.APPEND or write.possible:
            continue
        held = rooted(sight, handover, worker, write.place.root)
        values = () if held is None else values_at(sight, held.function, held.expression, write.place.path)
        if held is None or not values or not all(_is_queue(sight, v.kind, v.name) for v in values):
            continue
        if not _is_small(sight, write.where):
            places = frozenset(place.below(*write.place.path) for place in held.places)
            yield Put(places, min((p.label for p in places), key=len), write.where)


def _is_queue(sight: Sight, kind: str, name: str) -> bool:
    return kind == "object" and sight.catalog.canonical(name).startswith(_QUEUES)


def _is_small(sight: Sight, where: Where) -> bool:
    """Is it once a number or two, a flag, a word that is written out?"""
    info = sight.program.functions[where.function]
    spot = next((s for s in sight.spots(info) if s.call.line == where.line and s.last.startswith("put")), None)
    item = None if spot is None else argument(spot.call, 0)
    return spot is not None and item is not None and Around.LOOP not in spot.around and _is_short(sight, info, item)


def _is_short(sight: Sight, info: FunctionInfo, item: code.Expr) -> bool:
    match item:
        case code.Literal() | code.Text() | code.Operation(operator="+", operands=(code.Literal(kind="str"), _)):
            return True
        case code.Display(kind="tuple" | "dict", items=items):
            return all(_is_short(sight, info, each) for each in items)
        case code.Operation(operands=operands):  # `"." * size` is as long as it gets
            if not all(_is_short(sight, info, each) for each in operands) or any(map(_is_text, operands)):
                return False
    values = sight.program.values(info.id, item)
    return bool(values) and all(value.kind == "object" and value.name in _NUMBERS for value in values)


def _is_text(item: code.Expr) -> bool:
    return isinstance(item, code.Text | code.Display) or (
        isinstance(item, code.Literal) and item.kind in ("str", "bytes")
    )


def _is_read_by_others(sight: Sight, info: FunctionInfo, put: Put, seen: View) -> bool:
    """Does a thread or another process that is started here take out of the queue?"""
    for where in ("thread", "process"):
        for other in handovers(sight, info, where):
            if other.worker is None:
                return True
            for write in sight.summaries.function_state(other.worker.id).writes:
                held = rooted(sight, other, other.worker, write.place.root) if write.how is How.TAKE else None
                places = frozenset[Place]() if held is None else held.places
                if any(_same(seen, place.below(*write.place.path), put) for place in places):
                    return True
    return False


def _same(seen: View, place: Place, put: Put) -> bool:
    return any(not seen.names(place).isdisjoint(seen.names(queue)) for queue in put.queue)


def _join_first(sight: Sight, handover: Handover, put: Put, seen: View, *, alone: bool) -> Spot | None:
    """The join of the process that comes before the queue is read, where it is read after that."""
    info, found = handover.spot.function, None
    rest = after(info, handover.spot.statement)
    for statement in rest[0] if rest else ():
        state = sight.summaries.state(Piece(info.id, (statement,)))
        reads = any(w.how is How.TAKE and _same(seen, w.place, put) for w in state.writes)
        if found is not None and reads:
            return found
        if reads:
            return None
        found = found or _join_in(sight, handover, statement, alone=alone)
    return None


def _join_in(sight: Sight, handover: Handover, statement: code.Stmt, *, alone: bool) -> Spot | None:
    """A join of the process, for as long as it takes, somewhere in a statement."""
    inside = {id(each) for each in always((statement,))}
    for spot in sight.spots(handover.spot.function):
        in_time = bool(spot.call.arguments or spot.call.keywords)
        joins = id(spot.statement) in inside and JOIN in spot.names and not in_time
        if joins and (alone or _is_bound_to(sight, handover, receiver(spot.call))):
            return spot
    return None


def _is_bound_to(sight: Sight, handover: Handover, joined: code.Expr | None) -> bool:
    """Is it surely the process that the call makes, by its own name?"""
    if not isinstance(joined, code.Name):
        return False
    if handover.starts_a_class:
        return joined == receiver(handover.spot.call)
    values = sight.program.objects.values_of(handover.spot.function.id, joined.id)
    return values is not None and any(value is handover.spot.call for value in values)
