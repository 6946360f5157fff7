"""Closures: functions that read a loop's variable when they run, and run when the loop has gone on to another value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.effect import Effect
from advisor.model.fault import Fact, Fate
from advisor.model.program import FunctionInfo, Target
from advisor.model.state import Access, How
from advisor.questions import pools
from advisor.questions.calls import entries, last_name, receiver
from advisor.stages.faults.courses import trail_to
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.spots import Loop, Spot

_LATER = (
    "thread",
    "loop",
)  # a process has the value of the moment in which it was forked, or cannot be sent the function
_WAITS = frozenset("result exception join wait as_completed shutdown gather run_until_complete get".split())


def _late_variables(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A function handed to a thread, a pool or an event loop in each round, which reads what the next round gives a new
    value."""
    for spot in sight.spots(info):
        if spot.loop is None or (isinstance(spot.loop, code.Comprehension) and spot.loop.kind == "generator"):
            continue
        runs = [
            t for t in sight.program.targets(info.id, spot.call) if t.kind == "function" and _runs_later(sight, spot, t)
        ]
        for target in runs[:1] if len(runs) == 1 else ():
            worker = sight.program.functions[target.name]
            if isinstance(spot.loop, code.Comprehension) and not _is_written_in(worker, spot.loop):
                continue  # nobody else sees the variables of a comprehension
            varying = _varying(sight, info, spot.loop, spot.statement) - _looked_at(sight, worker)
            late = sorted(varying & _read_from(sight, worker, info.id))
            if late and not _only_once(spot) and not _ends_within_the_round(sight, spot):
                because = f"`{worker.name}` (line {worker.line}) reads `{late[0]}` when it runs, and by then the loop may have gone on"
                yield at(spot.call, late[0], because, worker.line)


def _is_written_in(worker: FunctionInfo, loop: code.Comprehension) -> bool:
    return worker.name.endswith("<lambda>") and loop.line <= worker.line <= loop.end_line


def _runs_later(sight: Sight, spot: Spot, target: Target) -> bool:
    """Is the function handed over to run beside the loop, or is it a coroutine that is not awaited at once?"""
    if target.guessed or target.conditional:
        return False
    if target.callback:
        return target.callback in _LATER and not _maps(sight, spot)
    called = sight.program.functions[target.name]
    return called.is_async and not called.is_generator and spot.fate is Fate.USED


def _maps(sight: Sight, spot: Spot) -> bool:
    """`map` runs the function for each element of something, and mostly hands the results to this very round."""
    found = pools.hand_over(sight.program, sight.catalog, spot.function.id, spot.call)
    return found is None or found.maps


def _read_from(sight: Sight, worker: FunctionInfo, home: str) -> frozenset[str]:
    """The variables of `home` that a function reads whenever it runs, itself or in functions written inside it; none where
    it is `home` itself, or stands around that: each of its runs has variables of its own."""
    if _is_within(sight, sight.program.functions[home], worker.id):
        return frozenset()
    inside = [each for each in sight.program.files[worker.path] if _is_within(sight, each, worker.id)]
    return frozenset(
        name for each in inside for name in each.names_read if sight.program.objects.home(each.id, name) == home
    )


def _is_within(sight: Sight, function: FunctionInfo, outer: str) -> bool:
    where: str | None = function.id
    while where is not None and where != outer:
        where = sight.program.functions[where].parent
    return where is not None


def _varying(sight: Sight, info: FunctionInfo, loop: Loop, start: code.Stmt | None) -> frozenset[str]:
    """The names that surely have another value in each round when it comes to the statement `start`: what the loop walks, and
    what is made or taken from somewhere on the way there. What other parts of the round set is no variable of the loop."""
    if loop is None or isinstance(loop, code.Comprehension):
        return frozenset() if loop is None else frozenset(tree.bound_each_round(loop))
    varying = set(tree.bound_names(loop.target)) if isinstance(loop, code.For) else set[str]()
    for block, position in (trail_to(loop.body, start) if start is not None else None) or ():
        for statement in block[:position]:
            match statement:
                case code.Assign(targets=targets, value=value, operator=operator) if value is not None:
                    if operator is not None or _differs(sight, info, value, varying):
                        varying.update(name for target in targets for name in tree.bound_names(target))
                case code.For(target=target):
                    varying.update(tree.bound_names(target))
        around = block[position]
        if isinstance(around, code.For):
            varying.update(tree.bound_names(around.target))
    return frozenset(varying)


def _only_once(spot: Spot) -> bool:
    """Does it hang on a flag that the same branch takes back, so that one round alone comes there?"""
    trail = trail_to(spot.loop.body, spot.statement) if isinstance(spot.loop, code.For | code.While) else None
    for block, position in trail or ():
        branch = block[position]
        if isinstance(branch, code.If):
            asked = {name for node in tree.every(branch.test) if (name := tree.dotted(node))}
            given = [s for s in branch.body if isinstance(s, code.Assign) and isinstance(s.value, code.Literal)]
            if not asked.isdisjoint(tree.dotted(target) for s in given for target in s.targets):
                return True
    return False


def _looked_at(sight: Sight, worker: FunctionInfo) -> frozenset[str]:
    """The globals that a worker reads again and again in a loop of its own: it is to see what the others set."""
    loops = [s for s in worker.statements if isinstance(s, code.While)]
    read = {
        n.id
        for s in loops
        for e in (s.test, *tree.expressions(s.body))
        for n in tree.every(e)
        if isinstance(n, code.Name)
    }
    homes = ((name, sight.program.objects.home(worker.id, name)) for name in read)
    return frozenset(name for name, home in homes if home is not None and sight.program.functions[home].is_module)


def _differs(sight: Sight, info: FunctionInfo, value: code.Expr, varying: set[str]) -> bool:
    nodes = tuple(tree.every(value))
    return any(
        isinstance(node, code.Await)
        or (isinstance(node, code.Name) and node.id in varying)
        or (isinstance(node, code.Call) and _takes(sight, info, node))
        for node in nodes
    )


def _takes(sight: Sight, info: FunctionInfo, call: code.Call) -> bool:
    """Does the call take the next of several things: `queue.get()`, `sock.accept()`, `next(rows)`?"""
    known = entries(sight.program, sight.catalog, info.id, call)
    return any(
        How.TAKE in entry.changes.values() or (entry.effect is Effect.NETWORK and entry.access is Access.EXCLUSIVE)
        for _, entry in known
    )


# ---- may it still run when the next round begins?


def _ends_within_the_round(sight: Sight, spot: Spot) -> bool:
    if spot.fate in (Fate.AWAITED, Fate.AWAITED_AND_DROPPED) or isinstance(spot.loop, code.Comprehension):
        return not isinstance(spot.loop, code.Comprehension) or any(
            _waits(sight, spot, c) for c in _calls_in(spot.loop)
        )
    loop = spot.loop
    assert loop is not None
    line = spot.statement.line
    rest = [s for s in tree.statements(loop.body) if s.line >= line]
    heads = [node for s in rest for head in tree.heads(s) for node in tree.every(head)]
    if any(
        isinstance(node, code.Await) or (isinstance(node, code.Call) and _waits(sight, spot, node)) for node in heads
    ):
        return True
    return _leaves_behind(loop.body, spot.statement) is not False or _in_a_pool_of_the_round(sight, spot, loop)


def _calls_in(loop: code.Comprehension) -> Iterator[code.Call]:
    return (node for node in tree.every(loop.element) if isinstance(node, code.Call))


def _waits(sight: Sight, spot: Spot, call: code.Call) -> bool:
    """Does the call wait for something that runs, or may it?"""
    owner, name = receiver(call), last_name(call)
    if name not in _WAITS or isinstance(owner, code.Literal | code.Text) or (name == "get" and call.arguments):
        return False
    known = entries(sight.program, sight.catalog, spot.function.id, call)
    return not known or any(entry.effect in (Effect.LOCK, Effect.ASYNC) for _, entry in known)


def _leaves_behind(block: tree.Block, wanted: code.Stmt) -> bool | None:
    """Does the loop surely end behind the statement? None where it does not stand in the block."""
    for place, statement in enumerate(block):
        inside = any(each is wanted for each in tree.statements((statement,)))
        if inside:
            if any(_ends(later) for later in block[place + 1 :]) or _ends(statement):
                return True
            found = (_leaves_behind(inner, wanted) for inner in tree.blocks(statement))
            return any(each for each in found if each is not None)
    return None


def _ends(statement: code.Stmt) -> bool:
    return isinstance(statement, code.Return | code.Raise) or (
        isinstance(statement, code.Jump) and statement.kind == "break"
    )


def _in_a_pool_of_the_round(sight: Sight, spot: Spot, loop: code.For | code.While) -> bool:
    """Does a pool or group that is entered within the round wait for the function?"""
    line = spot.call.line
    return any(
        item.is_async or any(_is_pool(sight, spot, context) for context, _ in item.items)
        for item in spot.function.withs_around(line, line)
        if loop.line < item.line
    )


def _is_pool(sight: Sight, spot: Spot, context: code.Expr) -> bool:
    return pools.pool_of(sight.program, sight.catalog, spot.function.id, context) is not None


# ---- put away in the round, and run when all rounds are over


def _late(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    yield from _late_variables(sight, info)
    yield from _kept_functions(sight, info)


def _kept_functions(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A function made in each round and put into a list, whose functions workers run once the loop is over."""
    for spot in sight.spots(info):
        if isinstance(spot.loop, code.For | code.While) and _collects(sight, spot, spot.loop):
            for node in (each for given in spot.call.arguments for each in _put_away(given)):
                late = _read_late(sight, info, spot.loop, node, spot.statement)
                if late is not None:
                    yield at(spot.call, *late)
    for loop in info.expressions:
        if isinstance(loop, code.Comprehension) and loop.kind in ("list", "dict"):
            for node in (each for each in _put_away(loop.element) if isinstance(each, code.Lambda)):
                late = _read_late(sight, info, loop, node)
                if late is not None:
                    yield Clue(loop.line, loop.column, loop.end_line, *late)


def _put_away(given: code.Expr) -> Iterator[code.Expr]:
    """The functions that lie in what is kept, as they are or beside other things."""
    match given:
        case code.Lambda() | code.Name():
            yield given
        case code.Display(kind="tuple" | "list", items=items):
            yield from (each for item in items for each in _put_away(item))


def _read_late(
    sight: Sight, info: FunctionInfo, loop: Loop, node: code.Expr, start: code.Stmt | None = None
) -> tuple[str, str, int] | None:
    """The variable that a function reads when workers run it, why that is late, and where the function stands."""
    values = tuple(sight.program.values(info.id, node))
    if len(values) != 1 or values[0].kind != "function" or values[0].args:
        return None
    worker = sight.program.functions[values[0].name]
    if worker.parent != info.id or not sight.in_pool_unnamed(worker.id):
        return None
    late = sorted(_varying(sight, info, loop, start) & _read_from(sight, worker, info.id))
    because = (
        f"`{worker.name}` (line {worker.line}) reads it when it runs, and by then the loop is at its last iteration"
    )
    return (late[0], because, worker.line) if late else None


def _collects(sight: Sight, spot: Spot, loop: code.For | code.While) -> bool:
    """Does the call put something behind what was put there in earlier rounds, and does nothing else happen to that in the
    loop?"""
    owner = receiver(spot.call)
    known = entries(sight.program, sight.catalog, spot.function.id, spot.call)
    if not isinstance(owner, code.Name) or not any(entry.changes.get("receiver") is How.APPEND for _, entry in known):
        return False
    uses = [node for node in tree.expressions(loop.body) if node == owner]
    return len(uses) == 1 and owner.id not in tree.bound_in(loop.body) and not _ends_at_once(loop, spot)


def _ends_at_once(loop: code.For | code.While, spot: Spot) -> bool:
    return _leaves_behind(loop.body, spot.statement) is not False


CLOSURE_FACTS: Mapping[str, Detector] = {Fact.LATE_LOOP_VARIABLE: _late}
