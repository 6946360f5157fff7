"""Loading: a model, a table or a connection that every task of a pool gets anew, where each worker needs it once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import CallEntry, Passes
from advisor.model.fault import Around, Fact
from advisor.model.program import FunctionInfo, Target
from advisor.questions import pools
from advisor.questions.calls import argument, entries
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.workers import is_bound_anew, pool_of

_DEEP = 2  # calls followed from the task to what loads
_FEW = 2.0  # tasks for each worker, up to which loading for each task is nearly loading for each worker
_SHORT = 1.0  # seconds of a task, from which on a connection of its own hardly counts
_PARTIAL = frozenset({"mmap_mode", "nrows", "skiprows", "usecols", "columns", "filters", "chunksize", "iterator"})
_SHARES = (
    "chunk",
    "batch",
    "shard",
    "part",
    "split",
    "fold",
    "rank",
    "gpu",
    "device",
    "worker",
    "job",
    "proc",
    "cpu",
    "core",
)

_Test = Callable[[CallEntry, code.Call], bool]


def _loaded(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A task that loads the same as all the others, whatever it is given."""
    for spot in sight.spots(info):
        worker = _worker(sight, spot)
        found = None if worker is None else _load(sight, worker, _loads, _DEEP, given=_shared(sight, spot, worker))
        if worker is not None and found is not None:
            because = f"`{worker.name}` loads it in line {found.line}, and nothing there depends on the task"
            yield at(spot.call, tree.callee(found) or "a call", because, found.line)


def _connected(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A short task that connects to the same as all the others."""
    for spot in sight.spots(info):
        worker = _worker(sight, spot)
        if worker is None or sight.summaries.function(worker.id).cost.total.expected > _SHORT:
            continue
        found = _load(sight, worker, _connects, _DEEP, given=frozenset())
        if found is not None:
            because = f"`{worker.name}` does so in line {found.line}, and nothing there depends on the task"
            yield at(spot.call, tree.callee(found) or "a call", because, found.line)


def _worker(sight: Sight, spot: Spot) -> FunctionInfo | None:
    """The function that a call surely hands to a pool for many tasks, many more than there are workers."""
    program, function = sight.program, spot.function.id
    found = pools.hand_over(program, sight.catalog, function, spot.call)
    if found is None or found.guessed or not found.runs_elsewhere or not (found.by_pool or found.place == -1):
        return None
    walked = next(iter(pools.given(spot.call, found)), None) if found.maps else _walked(spot)
    if walked is None or _is_for_each_worker(walked) or (not found.maps and Around.LOOP not in spot.around):
        return None
    tasks, made = program.length(function, walked), pool_of(sight, spot)
    workers = pools.size(program, function, made) if made is not None else None
    if tasks is not None and tasks <= _FEW * (workers or sight.target.cores):
        return None
    targets = [t for t in program.targets(function, spot.call) if t.callback in ("thread", "process")]
    if len(targets) != 1 or targets[0].kind != "function" or targets[0].guessed or targets[0].conditional:
        return None
    return program.functions[targets[0].name]


def _shared(sight: Sight, spot: Spot, worker: FunctionInfo) -> frozenset[str]:
    """The parameters for which every task gets the same: `model` in `pool.map(partial(score, model), texts)`."""
    found = pools.hand_over(sight.program, sight.catalog, spot.function.id, spot.call)
    target = next(t for t in sight.program.targets(spot.function.id, spot.call) if t.name == worker.id and t.callback)
    shared: set[str] = set()
    for position, parameter in enumerate(worker.parameters):
        given = _given(sight, spot, target, position, parameter.name)
        once = found is not None and found.maps
        if given is not None and (once or (_is_plain(given) and not is_bound_anew(spot, given))):
            shared.add(parameter.name)
    return frozenset(shared)


def _given(sight: Sight, spot: Spot, target: Target, position: int, name: str) -> code.Expr | None:
    """What a call hands over for a parameter, the same in each call of a `map`; None where it is not that."""
    found = pools.hand_over(sight.program, sight.catalog, spot.function.id, spot.call)
    handed = None if found is None else found.function
    filling = [handed] if isinstance(handed, code.Call) else []  # a partial
    if found is not None and found.passes is Passes.REST:
        filling.append(spot.call)
    named = next((value for call in filling if (value := argument(call, name)) is not None), None)
    if named is not None:
        return named
    written = pools.passed(sight.program, sight.catalog, spot.function.id, spot.call, target, position)
    return None if written is None or written[1] else written[0]


def _is_plain(given: code.Expr) -> bool:
    return all(isinstance(node, code.Name | code.Attribute | code.Literal) for node in tree.every(given))


def _walked(spot: Spot) -> code.Expr | None:
    match spot.loop:
        case code.For(iterable=iterable) | code.Comprehension(clauses=(code.Clause(iterable=iterable),)):
            return iterable
    return None


def _is_for_each_worker(walked: code.Expr) -> bool:
    """Do the names say that each task is a worker's whole share of the work?"""
    words = [
        n.id if isinstance(n, code.Name) else n.name
        for n in tree.every(walked)
        if isinstance(n, code.Name | code.Attribute)
    ]
    return any(share in word.lower() for word in words for share in _SHARES)


def _load(sight: Sight, info: FunctionInfo, wanted: _Test, depth: int, *, given: frozenset[str]) -> code.Call | None:
    """The call by which a function always loads the same; `given` are the parameters that are the same each time."""
    if info.decorators or info.is_async or info.is_generator:
        return None
    for call in _always(info.body):
        known = entries(sight.program, sight.catalog, info.id, call)
        if any(wanted(entry, call) for _, entry in known):
            if _is_same(sight, info, call, given=given):
                return call
            continue
        targets = sight.program.targets(info.id, call)
        if (
            depth
            and len(targets) == 1
            and targets[0].kind == "function"
            and not (targets[0].callback or targets[0].guessed)
        ):
            inner = sight.program.functions[targets[0].name]
            alike = inner.owner is None and _is_same(sight, info, call, given=given)
            every = frozenset(parameter.name for parameter in inner.parameters)
            if alike and _load(sight, inner, wanted, depth - 1, given=every) is not None:
                return call
    return None


def _loads(entry: CallEntry, call: code.Call) -> bool:
    return entry.loads and all(keyword.name not in _PARTIAL for keyword in call.keywords)


def _connects(entry: CallEntry, _: code.Call) -> bool:
    return entry.connects


def _always(block: tree.Block) -> Iterator[code.Call]:
    """The calls that every run of a function makes: up to where it may return, and not in branches and loops."""
    for statement in block:
        match statement:
            case code.If() | code.For() | code.While() | code.Match():
                if any(isinstance(inner, code.Return | code.Yield) for inner in tree.statements((statement,))):
                    return
                continue
            case code.With(items=items, body=body):
                yield from (node for each, _ in items for node in _calls(each))
                yield from _always(body)
            case code.Try(body=body):
                yield from _always(body)
            case _:
                yield from (node for head in tree.heads(statement) for node in _calls(head))


def _calls(expression: code.Expr) -> Iterator[code.Call]:
    """The calls of an expression, not those that only some of its runs make."""
    pending = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, code.Call):
            yield node
        chosen = isinstance(node, code.Operation) and node.operator in ("if", "and", "or")
        if not (chosen or isinstance(node, code.Comprehension)):
            pending.extend(tree.parts(node))


def _is_same(sight: Sight, info: FunctionInfo, call: code.Call, *, given: frozenset[str]) -> bool:
    """Are all arguments of a call the same in every run of the function?"""
    arguments = (*call.arguments, *(keyword.value for keyword in call.keywords))
    return all(_constant(sight, info, each, frozenset(), given=given) for each in arguments)


def _constant(
    sight: Sight, info: FunctionInfo, expression: code.Expr, seen: frozenset[str], *, given: frozenset[str]
) -> bool:
    for node in tree.every(expression):
        match node:
            case code.Call():
                known = entries(sight.program, sight.catalog, info.id, node)
                if not known or any(entry.unique or entry.changes for _, entry in known):
                    return False
            case code.Name(id=name) if not _is_constant_name(sight, info, name, seen, given=given):
                return False
            case code.Await() | code.Yield() | code.Lambda() | code.Comprehension() | code.Unknown() | code.Starred():
                return False
    return True


def _is_constant_name(
    sight: Sight, info: FunctionInfo, name: str, seen: frozenset[str], *, given: frozenset[str]
) -> bool:
    home = sight.program.objects.home(info.id, name)
    if home is None:
        return True  # a builtin
    if home != info.id:
        return sight.program.functions[home].is_module
    if name in seen:
        return False
    origins = sight.program.objects.origins(info.id, name)
    if name in {parameter.name for parameter in info.parameters}:
        handed = all(origin.how == "parameter" for origin in origins)
        return (name in given and handed) or (name == "self" and info.owner is not None)
    return len(origins) == 1 and all(
        origin.how in ("value", "enter", "import")
        and (origin.expression is None or _constant(sight, info, origin.expression, seen | {name}, given=given))
        for origin in origins
    )


LOADING_FACTS: Mapping[str, Detector] = {
    Fact.LOADED_FOR_EACH_TASK: _loaded,
    Fact.CONNECTED_FOR_EACH_TASK: _connected,
}
