"""Workers: calls that hand functions to threads or processes, and what is known of the functions that run there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.model import code
from advisor.model.fault import Around, Fate
from advisor.model.program import FunctionInfo
from advisor.model.state import State
from advisor.model.summary import Summary
from advisor.questions.pools import hand_over
from advisor.stages.faults.sight import Sight
from advisor.stages.faults.spots import Spot


@dataclass(frozen=True, slots=True, eq=False)
class Handover:
    """`worker` (None: something outside the project) is handed to a thread or process at `spot`; `apis` are what takes it.

    `is_map` when it is called once for each element of something.
    """

    spot: Spot
    where: str
    worker: FunctionInfo | None
    apis: tuple[str, ...]
    is_map: bool

    @property
    def starts_a_class(self) -> bool:
        """`Worker().start()`: every thread works on an object of its own."""
        return self.spot.last == "start"


def handovers(sight: Sight, info: FunctionInfo, where: str) -> Iterator[Handover]:
    """What `info` hands over to a `thread` or `process`, and surely so."""
    for spot in sight.spots(info):
        targets = sight.program.targets(info.id, spot.call)
        handed = [t for t in targets if t.callback == where and not t.guessed]
        if not handed:
            continue
        functions = [t for t in handed if t.kind == "function"]
        found = hand_over(sight.program, sight.catalog, info.id, spot.call)
        maps = found is not None and found.maps
        if not functions:
            yield Handover(spot, where, None, spot.names, maps)
        for target in functions[:1] if len(functions) == 1 else ():
            yield Handover(spot, where, sight.program.functions[target.name], spot.names, maps)


def work(sight: Sight, handover: Handover) -> Summary | None:
    """What one task does and costs, where the project's own function does it."""
    return None if handover.worker is None else sight.summaries.function(handover.worker.id)


def touched(sight: Sight, handover: Handover) -> State | None:
    """The state that one task touches, likewise."""
    return None if handover.worker is None else sight.summaries.function_state(handover.worker.id)


def several(handover: Handover) -> bool:
    """Do several workers run the function at the same time? A loop that awaits each has one at a time."""
    awaited = handover.spot.fate in (Fate.AWAITED, Fate.AWAITED_AND_DROPPED)
    return handover.is_map or (Around.LOOP in handover.spot.around and not awaited)


def pool_of(sight: Sight, spot: Spot) -> code.Call | None:
    """The call that made the pool whose method `spot` calls, in the same function or for an attribute of its object."""
    receiver = spot.call.function.value if isinstance(spot.call.function, code.Attribute) else None
    if isinstance(receiver, code.Call):
        return receiver
    owner = spot.function.owner
    if isinstance(receiver, code.Attribute) and receiver.value == code.Name("self") and owner is not None:
        given = [value for _, value in sight.program.classes[owner].assigned.get(receiver.name, ())]
        made = [value for value in given if isinstance(value, code.Call)]
        return made[0] if len(made) == len(given) == 1 else None
    if not isinstance(receiver, code.Name):
        return None
    for other in sight.spots(spot.function):
        if _binds(other.statement, other.call, receiver.id):
            return other.call
    return None


def _binds(statement: code.Stmt, call: code.Call, name: str) -> bool:
    """Is `call` what `name` is set to by its statement, `name = call` or `with call as name`?"""
    match statement:
        case code.Assign(targets=targets, value=value):
            return value is call and any(isinstance(t, code.Name) and t.id == name for t in targets)
        case code.With(items=items):
            return any(c is call and isinstance(t, code.Name) and t.id == name for c, t in items)
    return False
