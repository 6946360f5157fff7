"""Tasks: those that nobody keeps, although their maker bound them to a name or handed them to who called."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from advisor.model import code, tree
from advisor.model.fault import Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.model.state import How
from advisor.model.words import is_named
from advisor.questions.calls import argument, awaited, entries, last_name
from advisor.stages.faults.courses import after
from advisor.stages.faults.failures import catches_all, worker_of
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot, always
from advisor.stages.faults.suspending import may_suspend

_MAKES = ("asyncio.create_task", "asyncio.ensure_future", "asyncio.AbstractEventLoop.create_task")
_SIGNALS = frozenset({"add_signal_handler", "signal"})
_DEEP = 2  # calls followed to what lets others go on
_COLLECTS = frozenset({How.APPEND, How.ADD, How.KEY})


def _kept_by_nobody(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A task that is dropped, or bound to a name that nothing reads before the function ends, or given to callers all of whom
    drop it."""
    if any(_keeps_all(sight, where, call) for where, call in sight.program.objects.calls_named("set_task_factory")):
        return
    for spot in sight.spots(info):
        if not any(sight.catalog.canonical(name) in _MAKES for name in spot.names):
            continue
        worker = worker_of(sight, spot)
        if worker is not None and worker.is_async and not may_suspend(sight, worker):
            continue  # it runs through, and the loop holds it till then
        dropped = spot.fate is Fate.DROPPED or _is_forgotten(sight, spot)
        if dropped or (_is_returned(spot) and _is_own(info) and _is_dropped_by_all(sight, info)):
            yield replace(at(spot.call, written(spot.call), ""), aside=not _is_needed(sight, spot))


def _keeps_all(sight: Sight, where: str, call: code.Call) -> bool:
    """Do functions of the program make the tasks of a loop? Mostly they hold them as well; those of asyncio do not."""
    given = [sight.program.values(where, each) for each in call.arguments]
    return not given or any(not values or any(v.kind != "external" for v in values) for values in given)


def _is_needed(sight: Sight, spot: Spot) -> bool:
    """Would somebody miss what the task does: who waits for it to hand something on, or reads what it collects? Then again it
    may go on for ever. Nobody does of what the end of the program starts, or a function that nothing calls."""
    worker = worker_of(sight, spot)
    if _ends_the_program(sight, spot) or _is_dead(sight, spot.function):
        return False
    if worker is None:
        return _seems_to_go_on(sight, spot)
    if _catches_all(worker):
        return False
    if any(isinstance(s, code.While) and _goes_on(s) for s in worker.statements):
        return True
    mine = (w for w in sight.summaries.function_state(worker.id).writes if w.where.function == worker.id and not w.memo)
    if any(write.how in _COLLECTS for write in mine):
        return True
    return _wakes(sight, worker, worker.calls, _DEEP)


def _catches_all(worker: FunctionInfo) -> bool:
    """Does it catch and outlive whatever goes wrong where it waits?"""
    return any(True for _ in awaited(worker)) and not _waits_outside(worker.body)


def _waits_outside(block: tree.Block) -> bool:
    """Does something in a block wait outside of every `try` that catches any failure and does not pass it on?"""
    for statement in block:
        if isinstance(statement, code.With | code.For) and statement.is_async:
            return True
        heads = (each for head in tree.heads(statement) for each in tree.every(head))
        if any(isinstance(each, code.Await) for each in heads):
            return True
        caught = isinstance(statement, code.Try) and catches_all(statement.handlers) and not _raises(statement)
        inner = tree.blocks(statement)[1:] if caught else tree.blocks(statement)
        if not isinstance(statement, code.Function | code.Class) and any(map(_waits_outside, inner)):
            return True
    return False


def _raises(attempt: code.Try) -> bool:
    return any(isinstance(s, code.Raise) for h in attempt.handlers for s in tree.statements(h.body))


def _goes_on(loop: code.While) -> bool:
    """Does it run for as long as nobody tells it to end: with no test, or one of what others hold or change? It waits in
    between, which tells it from one that only works something off."""
    waits = any(isinstance(each, code.Await) for each in tree.expressions(loop.body))
    if isinstance(loop.test, code.Literal):
        return bool(loop.test.value)
    return waits and any(isinstance(each, code.Attribute | code.Call) for each in tree.every(loop.test))


def _wakes(sight: Sight, info: FunctionInfo, calls: Iterable[code.Call], steps: int) -> bool:
    """Does it let others go on that wait for it, by itself or in what it surely calls?"""
    for call in calls:
        targets = [t for t in sight.program.targets(info.id, call) if not t.callback]
        if any(sight.catalog.wakes(t.name) for t in targets if t.kind == "external"):
            return True
        for target in targets if steps else ():
            if target.kind == "function" and not (target.guessed or target.conditional) and target.name != info.id:
                inner = sight.program.functions[target.name]
                ours = (inner.path, inner.owner) == (
                    info.path,
                    info.owner,
                )  # what others are told by others is their business
                if ours and _wakes(sight, inner, _surely_made(inner), steps - 1):
                    return True
    return False


def _surely_made(info: FunctionInfo) -> Iterator[code.Call]:
    """The calls that the first run of a function surely makes: one that asks whether it ran already goes on then."""
    set_here = {
        name for s in info.statements if isinstance(s, code.Assign) for t in s.targets if (name := tree.dotted(t))
    }
    body = tuple(s for s in info.body if not (isinstance(s, code.If) and tree.dotted(s.test) in set_here))
    for statement in always(body):
        for head in tree.heads(statement):
            yield from (node for node in tree.every(head) if isinstance(node, code.Call))


def _seems_to_go_on(sight: Sight, spot: Spot) -> bool:
    """Is nothing known of the coroutine but a name by which it runs on and on?"""
    made = next(iter(spot.call.arguments), None)
    return isinstance(made, code.Call) and is_named(tree.callee(made), sight.catalog.words.goes_on)


def _ends_the_program(sight: Sight, spot: Spot) -> bool:
    """Does a signal start the task?"""
    info = spot.function
    return any(last_name(call) in _SIGNALS for _, call, _ in sight.handing(info.id)) or any(
        last_name(call) in _SIGNALS for _, call in _given(sight, info)
    )


def _is_dead(sight: Sight, info: FunctionInfo) -> bool:
    """Does nothing in the program name the function, though it is an ordinary one of a file?"""
    if info.is_module or info.is_nested or info.owner is not None or info.decorators or info.is_async:
        return False
    last = info.name.rpartition(".")[2]
    return last != "main" and not any(
        last in each.names_read or last in each.attributes_read for each in sight.program.functions.values()
    )


def bound_to(spot: Spot) -> str | None:
    """The one name that the value of a call is set to: `name = call(…)`."""
    match spot.statement:
        case code.Assign(targets=(code.Name(id=name),), value=value) if value is spot.call:
            return name
    return None


def reads(info: FunctionInfo, name: str) -> tuple[code.Expr, ...]:
    """Where the statements of a function read its variable `name`."""
    named = info.names.get(name)
    if named is None:
        return ()
    set_to = {
        id(each) for s in info.statements if isinstance(s, code.Assign) for each in s.targets if s.operator is None
    }
    return tuple(each for each in named if id(each) not in set_to)


def is_seen_elsewhere(info: FunctionInfo, name: str) -> bool:
    """May others than the statements of the function itself see its variable `name`?"""
    return (
        info.is_module
        or info.defines_others
        or any(isinstance(s, code.Scope) and name in s.names for s in info.statements)
    )


def _is_forgotten(sight: Sight, spot: Spot) -> bool:
    """Is the task bound to a name that is never read, in a function that ends without waiting for anything?

    While a coroutine waits, its variables live on, and so does the task.
    """
    info, name = spot.function, bound_to(spot)
    if name is None or info.is_generator or is_seen_elsewhere(info, name):
        return False
    return not reads(info, name) and not any(_waits(sight, info, block) for block in after(info, spot.statement))


def _waits(sight: Sight, info: FunctionInfo, block: tree.Block) -> bool:
    """Does anything here give the loop time, or run one?"""
    if any(isinstance(s, code.With | code.For) and s.is_async for s in tree.statements(block)):
        return True
    if any(isinstance(e, code.Await | code.Yield) for e in tree.expressions(block)):
        return True
    called = (t.name for call in tree.calls(block) for t in sight.program.targets(info.id, call))
    return any(map(sight.catalog.runs_loop, called)) or any(
        tree.callee(call).rpartition(".")[2].startswith("run") for call in tree.calls(block)
    )


def _is_own(info: FunctionInfo) -> bool:
    """Is it one that users of the project do not call, who might keep what it gives?"""
    last = info.name.rpartition(".")[2]
    return info.is_nested or (last.startswith("_") and not last.endswith("__"))


def _is_returned(spot: Spot) -> bool:
    return isinstance(spot.statement, code.Return) and spot.statement.value is spot.call


def _is_dropped_by_all(sight: Sight, info: FunctionInfo) -> bool:
    """Does everyone drop what the function gives: calls that are statements, and what calls it plainly? One at least is known."""
    calling = [(where, call) for where, call, target in sight.calling(info.id) if not target.guessed]
    if any(call.uid not in sight.program.functions[where].dropped for where, call in calling):
        return False
    given = [(where, call) for where, call in _given(sight, info)]
    plainly = [_takes_no_answer(sight, where, call, info) for where, call in given]
    ours = [_is_ours(sight, where, call) for where, call in given]
    return all(map(any, zip(plainly, ours, strict=True))) and (any(plainly) or bool(calling))


def _given(sight: Sight, info: FunctionInfo) -> Iterator[tuple[str, code.Call]]:
    """The calls of the function around a lambda, or of the file, that are handed the function."""
    where = sight.program.functions[info.parent] if info.parent is not None else None
    around = () if where is None else (where,) if info.name.endswith("<lambda>") else sight.program.files[info.path]
    last = info.name.rpartition(".")[2]
    for each in around:
        for call in each.calls:
            for given in (*call.arguments, *(keyword.value for keyword in call.keywords)):
                named = isinstance(given, code.Lambda) or (tree.dotted(given) or "").rpartition(".")[2] == last
                if named and any(
                    v.kind == "function" and v.name == info.id for v in sight.program.values(each.id, given)
                ):
                    yield each.id, call


def _is_ours(sight: Sight, where: str, call: code.Call) -> bool:
    """Does a call lead to functions of the project alone, whose calls are known?"""
    targets = [t for t in sight.program.targets(where, call) if not t.callback]
    return bool(targets) and all(t.kind == "function" and not t.guessed for t in targets)


def _takes_no_answer(sight: Sight, caller: str, call: code.Call, info: FunctionInfo) -> bool:
    """Is the function handed to what calls it plainly, and drops what it gives: a timer, a signal, a future that is done?"""
    for _, entry in entries(sight.program, sight.catalog, caller, call):
        given = argument(call, entry.plain) if entry.plain is not None else None
        if given is not None and any(v.name == info.id for v in sight.program.values(caller, given)):
            return True
    return False


TASK_FACTS: Mapping[str, Detector] = {Fact.TASK_KEPT_BY_NOBODY: _kept_by_nobody}
