"""Workers: calls that hand functions to threads or processes, and what is known of the functions that run there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from msgspec import structs

from advisor.model import code, tree
from advisor.model.fault import Around, Fate
from advisor.model.program import FunctionInfo
from advisor.model.state import RootKind, State, Where
from advisor.model.summary import Summary
from advisor.questions.calls import receiver
from advisor.questions.pools import hand_over, passed, size
from advisor.stages.faults.sight import Sight
from advisor.stages.faults.spots import Spot

_PARALLEL, _PARALLEL_NAME = "joblib.Parallel.__call__", "Parallel"
_SETS_BACKEND = frozenset(["parallel_backend", "parallel_config", "register_parallel_backend"])


@dataclass(frozen=True, slots=True, eq=False)
class Handover:
    """`worker` (None: something outside the project) is handed to a thread or process at `spot`; `apis` are what takes it.

    `is_map` when it is called once for each element of something. `task` is the plain call that the worker makes, where it is
    written so: `delayed(work)(x)`. `wrappers` are the project's functions that decorators put around the worker.
    """

    spot: Spot
    where: str
    worker: FunctionInfo | None
    apis: tuple[str, ...]
    is_map: bool
    task: code.Call | None = None
    wrappers: tuple[FunctionInfo, ...] = ()

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
        functions = [sight.program.functions[t.name] for t in handed if t.kind == "function"]
        found = hand_over(sight.program, sight.catalog, info.id, spot.call)
        maps = found is not None and found.maps
        if not functions:
            yield Handover(spot, where, None, spot.names, maps)
        elif all(
            any(_is_around(sight, each, functions[0], d) for d in functions[0].decorators) for each in functions[1:]
        ):
            yield Handover(spot, where, functions[0], spot.names, maps, wrappers=tuple(functions[1:]))


def _is_around(sight: Sight, wrapper: FunctionInfo, worker: FunctionInfo, decorator: code.Expr) -> bool:
    """Is it one of the functions that a decorator is written with, `limited` in `within` for `@within(5)`, and runs the worker?"""
    made = decorator.function if isinstance(decorator, code.Call) else decorator
    names = [v.name for v in sight.program.values(worker.parent or worker.id, made) if v.kind in ("function", "class")]
    runs_it = any(
        _is_wrapped(sight, wrapper, call) for call in wrapper.calls
    )  # and does not hand it to a process of its own
    return runs_it and any(wrapper.id.startswith(f"{name}.") for name in names)


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
    """The state that one task touches, likewise; of what is around it what no caller has of its own."""
    if handover.worker is None:
        return None
    own = sight.summaries.function_state(handover.worker.id)
    for wrapper in handover.wrappers:
        around = sight.summaries.function_state(wrapper.id)
        ambient = [use for use in around.ambient if use.where.function == wrapper.id]
        writes = [w for w in around.writes if w.where.function == wrapper.id and w.place.root.kind is RootKind.GLOBAL]
        own = replace(own, ambient=(*own.ambient, *ambient), writes=(*own.writes, *writes))
    return own


def several(sight: Sight, handover: Handover) -> bool:
    """Do several workers run the function at the same time? A loop that awaits or joins each has one at a time."""
    spot = handover.spot
    awaited = spot.fate in (Fate.AWAITED, Fate.AWAITED_AND_DROPPED)
    if Around.IN_TURN in spot.around:
        return handover.is_map
    return handover.is_map or (Around.LOOP in spot.around and not awaited and not _joined_each_round(sight, spot))


def _joined_each_round(sight: Sight, spot: Spot) -> bool:
    """Is the thread waited for in the round of the loop that starts it, so that there is one at a time?"""
    if spot.loop is None or isinstance(spot.loop, code.Comprehension) or not isinstance(spot.statement, code.Assign):
        return False
    names = {target.id for target in spot.statement.targets if isinstance(target, code.Name)}
    for other in sight.spots(spot.function):
        owner = receiver(other.call)
        waited = other.last in ("join", "result") and isinstance(owner, code.Name) and owner.id in names
        if waited and other.loop is spot.loop:
            return True
    return False


def reached(sight: Sight, worker: FunctionInfo) -> tuple[str, ...]:
    """The worker and the functions to which its calls lead."""
    return (worker.id, *sorted(sight.summaries.reached(worker.id, worker.calls) - {worker.id}))


def called_below(sight: Sight, worker: FunctionInfo) -> frozenset[str]:
    """The last names of all that the worker calls, itself and through others."""
    return frozenset().union(*(sight.program.functions[each].called_names for each in reached(sight, worker)))


def catches(info: FunctionInfo, line: int, errors: frozenset[str]) -> bool:
    """Does the line of the function stand in a `try` that catches one of these errors, or any?"""
    for statement in info.statements:
        if not isinstance(statement, code.Try) or not statement.line < line <= _last_line(statement.body):
            continue
        if any(handler.caught is None or _is_among(handler.caught, errors) for handler in statement.handlers):
            return True
    return False


def _is_among(caught: code.Expr, errors: frozenset[str]) -> bool:
    named = caught.items if isinstance(caught, code.Display) else (caught,)
    return any((tree.dotted(each) or "").rpartition(".")[2] in errors for each in named)


def _last_line(body: tree.Block) -> int:
    ends = (getattr(s, "end_line", s.line) for s in tree.statements(body))
    calls = (call.end_line for call in tree.calls(body))
    return max((*ends, *calls), default=0)


def on_the_way(sight: Sight, handover: Handover, where: Where) -> Iterator[tuple[FunctionInfo, int]]:
    """The place itself and the calls that lead from the worker to it, each with the function that it stands in; what is around
    the worker leads to it as well."""
    yield sight.program.functions[where.function], where.line
    for wrapper in handover.wrappers if where.function not in {each.id for each in handover.wrappers} else ():
        yield from ((wrapper, call.line) for call in wrapper.calls if _is_wrapped(sight, wrapper, call))
    for each in () if handover.worker is None else reached(sight, handover.worker):
        info = sight.program.functions[each]
        yield from ((info, call.line) for call in info.calls if call.uid in where.calls)


def _is_wrapped(sight: Sight, wrapper: FunctionInfo, call: code.Call) -> bool:
    """Does a wrapper call what it wraps: what a function around it was given, or an attribute of its object?"""
    if isinstance(call.function, code.Attribute):
        return wrapper.owner is not None and call.function.value == code.Name(wrapper.parameters[0].name)
    around = wrapper.parent
    while around is not None and isinstance(call.function, code.Name):
        if call.function.id in {parameter.name for parameter in sight.program.functions[around].parameters}:
            return True
        around = sight.program.functions[around].parent
    return False


def is_plain_pool(sight: Sight, spot: Spot) -> bool:
    """Is what takes the work as the library made it, and no class of the project that may do more?"""
    owner = receiver(spot.call)
    values = () if owner is None else sight.program.values(spot.function.id, owner)
    return all(value.kind in ("object", "external") for value in values)


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
    made = [other.call for other in sight.spots(spot.function) if _binds(other.statement, other.call, receiver.id)]
    before = [call for call in made if (call.line, call.column) < (spot.call.line, spot.call.column)]
    return max(before or made, key=lambda call: (call.line, call.column), default=None)


def alone(sight: Sight, handover: Handover) -> bool:
    """A pool of one worker, behind which nothing runs at the same time."""
    pool = pool_of(sight, handover.spot)
    return pool is not None and size(sight.program, handover.spot.function.id, pool) == 1


def argument_of(sight: Sight, handover: Handover, position: int) -> code.Expr | None:
    """What the call hands over for a parameter of the worker, the same in each call of a `map`; None where it is not that."""
    worker, spot = handover.worker, handover.spot
    if worker is None:
        return None
    function = spot.function.id
    target = next(t for t in sight.program.targets(function, spot.call) if t.name == worker.id and t.callback)
    found = passed(sight.program, sight.catalog, function, spot.call, target, position)
    return None if found is None or found[1] else found[0]


def function_handed(call: code.Call) -> code.Expr | None:
    """The argument that is the work, by its usual names, or the first."""
    for keyword in call.keywords:
        if keyword.name in ("target", "func", "fn", "function"):
            return keyword.value
    return call.arguments[0] if call.arguments else None


def is_bound_anew(spot: Spot, given: code.Expr) -> bool:
    """May the expression stand for something else in each round of the loop around the call?"""
    loop = spot.loop
    if loop is None:
        return False
    anew = frozenset() if isinstance(loop, code.While) else frozenset(tree.bound_each_round(loop))
    if not isinstance(loop, code.Comprehension):
        anew |= frozenset(tree.bound_in(loop.body))
    return any(isinstance(node, code.Name) and node.id in anew for node in tree.every(given))


def is_same_argument(sight: Sight, handover: Handover, position: int, parameter: code.Parameter) -> bool:
    """Do all workers get the same for a parameter: what one call hands over, or its default?"""
    given = argument_of(sight, handover, position)
    if given is not None:
        return not is_bound_anew(handover.spot, given)
    names = {keyword.name for keyword in handover.spot.call.keywords}
    handed = not handover.is_map and handover.spot.last == "submit"
    many = len(handover.spot.call.arguments) - 1
    of_itself = handover.worker is not None and handover.worker.owner is not None
    return parameter.default is not None and handed and parameter.name not in names and position - of_itself >= many


def _binds(statement: code.Stmt, call: code.Call, name: str) -> bool:
    """Is `call` what `name` is set to by its statement, `name = call` or `with call as name`?"""
    match statement:
        case code.Assign(targets=targets, value=value):
            return value is call and any(isinstance(t, code.Name) and t.id == name for t in targets)
        case code.With(items=items):
            return any(c is call and isinstance(t, code.Name) and t.id == name for c, t in items)
    return False
