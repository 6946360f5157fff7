"""Contexts: what belongs to a request, an application or a task of the caller, and does not reach a thread by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from advisor.model import code, tree
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import Ambient, AmbientUse, Place, RootKind
from advisor.questions import pools
from advisor.questions.calls import entries, is_unresolved, last_name, receiver
from advisor.stages.faults import threadbound
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.workers import (
    Handover,
    called_below,
    catches,
    function_handed,
    handovers,
    is_plain_pool,
    pool_of,
    reached,
    touched,
)

_INHERITED_SINCE = (3, 14)  # by the threads of builds without a GIL
_VARIABLE = "contextvars.ContextVar"
_RUN = "contextvars.Context.run"
_RAISES = frozenset(["RuntimeError", "LookupError", "Exception", "BaseException"])
_NEAR = 3  # calls from where a variable is set to where the work is handed over


def _not_in_the_worker(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A context of the caller that the function reads in a thread, to which nothing carries it."""
    if sight.target.python >= _INHERITED_SINCE and not sight.target.gil:
        return
    for handover in handovers(sight, info, "thread"):
        if _handed_on(handover.spot) is None or not sight.program.callers(info.id):
            missed = _missed(sight, handover, handover)
            if missed is not None:
                name, because, line = missed
                yield at(handover.spot.call, name, because, line)
    for outer, handover in _through_starters(sight, info):
        missed = _missed(sight, handover, replace(handover, spot=outer))
        if missed is not None:
            name, because, line = missed
            yield at(outer.call, name, because, line)


def _missed(sight: Sight, handover: Handover, begun: Handover) -> tuple[str, str, int] | None:
    """What a worker misses of its caller's, which calls it at `begun`."""
    if _carried(sight, handover):
        return None
    of_caller = (look(sight, begun) for look in (threadbound.setting, threadbound.transaction, threadbound.unsaved))
    return _framework(sight, handover) or _variable(sight, handover) or next(filter(None, of_caller), None)


def _handed_on(spot: Spot) -> int | None:
    """The parameter that a function hands over as the work: `def start(work): Thread(target=work).start()`."""
    given = function_handed(spot.call)
    names = [parameter.name for parameter in spot.function.parameters]
    return names.index(given.id) if isinstance(given, code.Name) and given.id in names else None


def _through_starters(sight: Sight, info: FunctionInfo) -> Iterator[tuple[Spot, Handover]]:
    """The calls of functions that hand over what they are given, with what they do with it."""
    for outer in sight.spots(info):
        for target in sight.program.targets(info.id, outer.call):
            if target.kind != "function" or target.callback or target.guessed or target.conditional:
                continue
            for inner in sight.spots(sight.program.functions[target.name]):
                position = _handed_on(inner)
                starts = sight.program.targets(target.name, inner.call) if position is not None else ()
                given = sight.program.argument(target.name, outer.call, position) if position is not None else None
                if given is not None and any(each.callback == "thread" for each in starts):
                    values = [value for value in sight.program.values(info.id, given) if value.kind == "function"]
                    if len(values) == 1 and not values[0].args:
                        worker = sight.program.functions[values[0].name]
                        yield outer, Handover(inner, "thread", worker, inner.names, is_map=False)


def _carried(sight: Sight, handover: Handover) -> bool:
    """Does the call, the pool or what stands around the worker give the thread a context?"""
    spot, worker = handover.spot, handover.worker
    known = entries(sight.program, sight.catalog, spot.function.id, spot.call)
    pool = pool_of(sight, spot)
    prepared = pool is not None and any(keyword.name in ("initializer", None) for keyword in pool.keywords)
    return (
        worker is None
        or bool(worker.decorators)
        or prepared
        or any(entry.carries for _, entry in known)
        or not is_plain_pool(sight, spot)
        or any(_enters_one(sight, each) for each in reached(sight, worker))
    )


def _enters_one(sight: Sight, function: str) -> bool:
    """Does a function run another one in a context: `context.run(work, x)`?"""
    for call in sight.program.functions[function].calls:
        if last_name(call) == "run" and call.arguments and not isinstance(call.function, code.Name):
            names = {target.name for target in sight.program.targets(function, call)}
            if _RUN in names or is_unresolved(sight.program, function, call):
                return True
    return False


# ---- of a framework


def _framework(sight: Sight, handover: Handover) -> tuple[str, str, int] | None:
    """What belongs to the request or application that the caller is at work on: `current_app`, `g`, the session of one."""
    state = touched(sight, handover)
    assert state is not None
    assert handover.worker is not None
    called = called_below(sight, handover.worker)
    below = {*reached(sight, handover.worker), *(each.id for each in handover.wrappers)}
    for use in state.ambient:
        if use.where.function not in below and not _is_property(sight.program.functions[use.where.function]):
            continue  # it was handed to something, as a view is to a server, and is called in a request of its own
        opens = sight.catalog.contexts_of(use.api) if use.what is Ambient.THREAD_LOCAL else frozenset()
        of_itself = use.api.rpartition(".")[2] in opens  # `current_app.app_context()` needs what it is to open
        if not opens or not (of_itself or called.isdisjoint(opens)) or _guarded(sight, use):
            continue
        if _is_only(sight, handover, use):
            return use.api, _belongs(use.where.function, sight, use.api, use.where.line), use.where.line
    for held in state.uses:
        known = sight.catalog.object(held.type)
        if known is None or not known.in_context or not called.isdisjoint(sight.catalog.contexts_of(held.type)):
            continue
        if held.place.root.kind is RootKind.GLOBAL and held.where.function in below:
            label = held.place.label
            return label, _belongs(held.where.function, sight, label, held.where.line), held.where.line
    return None


def _is_property(info: FunctionInfo) -> bool:
    return any((tree.dotted(each) or "").rpartition(".")[2].endswith("property") for each in info.decorators)


def _belongs(function: str, sight: Sight, name: str, line: int) -> str:
    where = sight.program.functions[function].name
    return f"`{where}` reads `{name}` in line {line}, which belongs to the context of the caller"


def _guarded(sight: Sight, use: AmbientUse) -> bool:
    """Does the function ask first whether there is a context, or go on without one?"""
    info = sight.program.functions[use.where.function]
    if catches(info, use.where.line, _RAISES):
        return True
    owner = use.api.rpartition(".")[0]
    return any(_asks(sight, info, test, owner) for test in _tests(info))


def _tests(info: FunctionInfo) -> Iterator[code.Expr]:
    for statement in info.statements:
        if isinstance(statement, code.If | code.While):
            yield statement.test
    for each in info.expressions:
        if isinstance(each, code.Operation) and each.operator in ("and", "or", "if"):
            yield each


def _asks(sight: Sight, info: FunctionInfo, test: code.Expr, name: str) -> bool:
    """Is the object itself tested, and not something that it holds?"""
    inner = {id(n.value) for n in tree.every(test) if isinstance(n, code.Attribute | code.Subscript)}
    whole = (n for n in tree.every(test) if isinstance(n, code.Name | code.Attribute) and id(n) not in inner)
    return any(_names(sight, info.id, each, name) for each in whole)


def _is_only(sight: Sight, handover: Handover, use: AmbientUse) -> bool:
    """Is what is read surely that of the context, and not something else that a variable may hold as well?"""
    function = use.where.function
    for each in sight.program.functions[function].expressions:
        owner = each.value if isinstance(each, code.Attribute | code.Subscript) else each
        root = tree.root_name(owner)
        if root is None or not _names(sight, function, each, use.api):
            continue
        home = sight.program.objects.home(function, root)
        if home is None or sight.program.functions[home].is_module or _is_set_once(sight, home, root):
            return True
        if _is_passed(sight, handover, function, root, use.api):
            return True
    return False


def _is_set_once(sight: Sight, home: str, name: str) -> bool:
    """Is it another name for the one thing that it is set to?"""
    given = sight.program.objects.values_of(home, name) or ()
    return len(given) == 1 and isinstance(given[0], code.Name | code.Attribute)


def _names(sight: Sight, function: str, expression: code.Expr, api: str) -> bool:
    """Is the expression what is called `api`?"""
    return any(v.kind == "external" and sight.catalog.canonical(v.name) == api
               for v in sight.program.values(function, expression))  # fmt: skip


def _is_passed(sight: Sight, handover: Handover, function: str, name: str, api: str) -> bool:
    """Is it a parameter of the worker for which the call hands over the object of the context itself?"""
    worker, spot = handover.worker, handover.spot
    if worker is None or function != worker.id or name in tree.bound_in(worker.body):
        return False
    target = next(t for t in sight.program.targets(spot.function.id, spot.call) if t.name == worker.id)
    position = [parameter.name for parameter in worker.parameters].index(name)
    found = pools.passed(sight.program, sight.catalog, spot.function.id, spot.call, target, position)
    if found is None or found[1]:
        return False
    values = sight.program.values(spot.function.id, found[0])
    return len(values) == 1 and all(api.startswith(f"{sight.catalog.canonical(v.name)}.") for v in values)


# ---- of a context variable


def _variable(sight: Sight, handover: Handover) -> tuple[str, str, int] | None:
    """A context variable that the caller sets and the worker reads."""
    state = touched(sight, handover)
    assert state is not None
    assert handover.worker is not None
    below = frozenset(reached(sight, handover.worker))
    read = [use for use in state.uses if use.type == _VARIABLE and use.api == f"{_VARIABLE}.get"]
    for use in read:
        setters = frozenset(_setters(sight, use.place))
        if use.place.root.kind is not RootKind.GLOBAL or not setters or setters & below:
            continue
        if catches(sight.program.functions[use.where.function], use.where.line, _RAISES):
            continue
        near = setters & _run_by(sight, _leading_to(sight, handover.spot.function.id))
        if near:  # who sets it elsewhere may lead here as well, by a way that nobody has read
            setter = sight.program.functions[sorted(near)[0]].name
            reader = sight.program.functions[use.where.function].name
            because = f"`{reader}` reads `{use.place.label}` in line {use.where.line}"
            because += f", which `{setter}` sets in the context of the caller"
            return use.place.label, because, use.where.line
    return None


def _setters(sight: Sight, place: Place) -> Iterator[str]:
    for function, call in sight.program.objects.calls_named("set"):
        owner = receiver(call)
        if owner is not None and place in sight.program.objects.places(function, owner):
            yield function


def _leading_to(sight: Sight, function: str) -> frozenset[str]:
    """The function itself and those that call it, over a few steps."""
    found = {function}
    newest = found
    for _ in range(_NEAR):
        newest = {caller for each in newest for caller, _ in sight.program.callers(each)} - found
        found = found | newest
    return frozenset(found)


def _run_by(sight: Sight, functions: frozenset[str]) -> frozenset[str]:
    """These functions, and those that they call or enter themselves."""
    program, found = sight.program, set(functions)
    for info in (program.functions[each] for each in functions):
        calls = (target for call in info.calls for target in program.targets(info.id, call))
        found |= {t.name for t in calls if t.kind == "function" and not (t.callback or t.guessed)}
        for statement in info.statements:
            for context, _ in statement.items if isinstance(statement, code.With) else ():
                found |= {target.name for target in program.implied(info.id, context, "enter")}
    return frozenset(found)


CONTEXT_FACTS: Mapping[str, Detector] = {Fact.CONTEXT_NOT_IN_THE_WORKER: _not_in_the_worker}
