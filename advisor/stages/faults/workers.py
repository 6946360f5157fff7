"""Workers: calls that hand functions to threads or processes, and what is known of the functions that run there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from msgspec import structs

from advisor.model import code
from advisor.model.fault import Around, Fate
from advisor.model.program import FunctionInfo
from advisor.model.state import State
from advisor.model.summary import Summary
from advisor.questions.pools import hand_over
from advisor.stages.faults.sight import Sight
from advisor.stages.faults.spots import Spot

_PARALLEL, _PARALLEL_NAME = "joblib.Parallel.__call__", "Parallel"
_SETS_BACKEND = frozenset(["parallel_backend", "parallel_config", "register_parallel_backend"])


@dataclass(frozen=True, slots=True, eq=False)
class Handover:
    """`worker` (None: something outside the project) is handed to a thread or process at `spot`; `apis` are what takes it.

    `is_map` when it is called once for each element of something. `task` is the plain call that the worker makes, where it is
    written so: `delayed(work)(x)`.
    """

    spot: Spot
    where: str
    worker: FunctionInfo | None
    apis: tuple[str, ...]
    is_map: bool
    task: code.Call | None = None

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


def delayed_tasks(sight: Sight, info: FunctionInfo) -> Iterator[Handover]:
    """The calls that `joblib.Parallel` makes in processes, as it does unless it is told otherwise."""
    if _PARALLEL_NAME not in info.called_names or not sight.words(info.path).isdisjoint(_SETS_BACKEND):
        return
    for spot in sight.spots(info):
        made, given = spot.call.function, spot.call.arguments
        if (
            any(n.startswith(_PARALLEL) for n in spot.names)
            and isinstance(made, code.Call)
            and given
            and _in_processes(made)
        ):
            tasks = given[0].element if isinstance(given[0], code.Comprehension) else None
            delayed = tasks.function if isinstance(tasks, code.Call) else None
            if not isinstance(tasks, code.Call) or not isinstance(delayed, code.Call) or len(delayed.arguments) != 1:
                continue
            function = delayed.arguments[0]
            workers = [v for v in sight.program.values(info.id, function) if v.kind == "function" and not v.args]
            task = structs.replace(tasks, uid=-2 - tasks.uid, function=function)
            if len(workers) == 1:
                worker = sight.program.functions[workers[0].name]
                yield Handover(spot, "process", worker, spot.names, is_map=False, task=task)


def _in_processes(parallel: code.Call) -> bool:
    """Several jobs, and nothing that asks for threads?"""
    given = {keyword.name: keyword.value for keyword in parallel.keywords}
    jobs = given.get("n_jobs", parallel.arguments[0] if parallel.arguments else None)
    alone = jobs is None or (isinstance(jobs, code.Literal) and jobs.value in (1, None))
    return not alone and given.keys().isdisjoint({"backend", "prefer", "require", None})


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
