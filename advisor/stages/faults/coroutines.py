"""Coroutines: what is forgotten, held or started in them that should not be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import Waiter
from advisor.model.effect import Effect
from advisor.model.fault import Around, Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.model.state import Piece
from advisor.questions.locks import lock_type
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot

_KNOWS_BETTER = frozenset(
    ["get_running_loop", "is_running", "nest_asyncio", "_get_running_loop", "run_coroutine_threadsafe", "Thread"]
)
_MANY = 200.0  # items from which nobody means all at once
_AS_MANY_AS = frozenset(  # what gives as many items as a file, table or folder holds
    "readlines splitlines read_text fetchall iterrows itertuples to_dict glob rglob iterdir listdir walk scandir "
    "read_csv list_objects scan_iter reader DictReader".split()
)
_STAYS_INSIDE = frozenset(["asyncio", "aiofiles", "anyio", "aiosqlite"])  # waits of this process and its files
_BOUNDS = ("sem", "limit", "throttl", "bucket", "batch", "chunk", "concurren", "slots", "worker")


def _never_awaited(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A coroutine function of the project that is called as a statement."""
    for spot in sight.spots(info):
        if spot.fate is not Fate.DROPPED or _in_the_other_flavour(info, spot.call.line):
            continue
        targets = [t for t in sight.program.targets(info.id, spot.call) if not t.callback]
        called = [sight.program.functions[t.name] for t in targets if t.kind == "function"]
        if not called or len(called) < len(targets) or any(t.guessed for t in targets):
            continue
        if all(f.is_async and not f.is_generator and not f.decorators for f in called):
            because = f"`{called[0].name}` is an `async def`"
            yield at(spot.call, written(spot.call), because, 0)


def _in_the_other_flavour(info: FunctionInfo, line: int) -> bool:
    """Is it under `if IS_SYNC:`, in source from which a version without coroutines is generated?"""
    for statement in info.statements:
        if isinstance(statement, code.If) and statement.line < line:
            last = max((s.line for s in tree.statements(statement.body)), default=0)
            names = (n.id.lower() for n in tree.every(statement.test) if isinstance(n, code.Name))
            if line <= last and any("sync" in name for name in names):
                return True
    return False


def _loop_below(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """An ordinary function called from a coroutine that starts an event loop of its own."""
    if not info.is_async:
        return
    for spot in sight.spots(info):
        for target in sight.program.targets(info.id, spot.call):
            if target.kind != "function" or target.callback or target.guessed or target.conditional:
                continue
            called = sight.program.functions[target.name]
            start = None if called.is_async else _starts_a_loop(sight, called)
            if start is not None:
                because = f"`{called.name}` calls `{written(start.call)}` in line {start.call.line}"
                yield at(spot.call, written(spot.call), because)
                break


def _starts_a_loop(sight: Sight, info: FunctionInfo) -> Spot | None:
    """The call by which a function surely starts an event loop; None where it first asks whether one runs."""
    spots = sight.spots(info)
    names = {node.id for e in tree.expressions(info.body) for node in tree.every(e) if isinstance(node, code.Name)}
    if not _KNOWS_BETTER.isdisjoint(names | {spot.last for spot in spots}):
        return None
    first = info.body[0].line if info.body else 0
    starts = (spot for spot in spots if any(map(sight.catalog.runs_loop, spot.names)))
    always = [spot for spot in starts if Around.TRY not in spot.around]
    conditional = {s.line for s in info.statements if isinstance(s, code.If)}
    return next((s for s in always if not any(first <= line < s.call.line for line in conditional)), None)


def _lock_across_await(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`with lock:` around an `await`: every thread that wants the lock waits for the event loop, which may be one of them."""
    if not info.is_async:
        return
    for statement in info.statements:
        if not isinstance(statement, code.With) or statement.is_async:
            continue
        awaited = next((line for line in _awaits(statement.body)), 0)
        for context, _ in statement.items:
            kinds = sight.kinds(info.id, context)
            blocks = (lock_type(sight.catalog, kind) in (Waiter.THREAD, Waiter.PROCESS) for kind in kinds)
            if awaited and kinds and all(blocks):
                named = tree.dotted(context) or "the lock"
                because = f"`{named}` is a `{min(kinds)}`, held while line {awaited} awaits"
                yield Clue(statement.line, statement.column, statement.line, named, because, awaited)


def _awaits(block: tree.Block) -> Iterator[int]:
    for statement in tree.statements(block):
        for head in tree.heads(statement):
            for node in tree.every(head):
                if isinstance(node, code.Await):
                    yield node.line
        if isinstance(statement, code.With | code.For) and statement.is_async:
            yield statement.line


def _gather_without_bound(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`gather(*[…])` over as many items as a file or table holds, each a request, with nothing that counts them."""
    if not info.is_async:
        return
    for spot in sight.spots(info):
        if "asyncio.gather" not in spot.names or len(spot.call.arguments) != 1 or Around.LOOP in spot.around:
            continue
        spread = spot.call.arguments[0]
        made = _makers(info, spread.value) if isinstance(spread, code.Starred) else ()
        for iterable, element in made:
            many = _many(sight, info, iterable)
            if many and _waits_outside(sight, info, element) and not _is_bounded(sight, info, element):
                name = tree.dotted(iterable) or written(spot.call)
                yield at(spot.call, name, many, tree.line_of(iterable, spot.call.line))
                break


def _makers(info: FunctionInfo, tasks: code.Expr, depth: int = 0) -> tuple[tuple[code.Expr, code.Expr], ...]:
    """What a list of coroutines is made from: pairs of the iterable walked and the expression that makes one."""
    match tasks:
        case code.Comprehension(clauses=(only,), element=element):
            return ((only.iterable, element),)
        case code.Name(id=name) if depth == 0:
            made = [
                pair
                for statement in info.statements
                for value in _stored(statement, name)
                for pair in _makers(info, value, 1)
            ]
            return (*made, *_appended(info, name))
    return ()


def _stored(statement: code.Stmt, name: str) -> Iterator[code.Expr]:
    match statement:
        case code.Assign(targets=targets, value=value) if value is not None:
            if any(isinstance(target, code.Name) and target.id == name for target in targets):
                yield value


def _appended(info: FunctionInfo, name: str) -> Iterator[tuple[code.Expr, code.Expr]]:
    for loop in info.statements:
        if isinstance(loop, code.For):
            for call in tree.calls(loop.body):
                if tree.callee(call) == f"{name}.append" and call.arguments:
                    yield loop.iterable, call.arguments[0]


def _many(sight: Sight, info: FunctionInfo, iterable: code.Expr, depth: int = 0) -> str:
    """Why there may be very many items; empty where nothing says so."""
    length = sight.program.length(info.id, iterable)
    if length is not None:
        return f"it has {length:.0f} items" if length >= _MANY else ""
    for node in tree.every(iterable):
        if isinstance(node, code.Call):
            last = tree.callee(node).rpartition(".")[2]
            if last in _AS_MANY_AS:
                return f"it has as many items as `{tree.callee(node)}` finds"
    if isinstance(iterable, code.Name) and depth < 2:
        values = [v for s in info.statements for v in _stored(s, iterable.id)]
        return next((why for value in values if (why := _many(sight, info, value, depth + 1))), "")
    return ""


def _waits_outside(sight: Sight, info: FunctionInfo, element: code.Expr) -> bool:
    proofs = sight.summaries.in_runs(Piece(info.id, expressions=(element,), handed_over=True)).proofs
    return any(
        p.effect in (Effect.NETWORK, Effect.DATABASE, Effect.SUBPROCESS)
        or (p.effect is Effect.ASYNC and p.api.partition(".")[0] not in _STAYS_INSIDE)
        for p in proofs
        if not p.guessed
    )


def _is_bounded(sight: Sight, info: FunctionInfo, element: code.Expr, depth: int = 2) -> bool:
    """Does a name here or in the coroutines called speak of a limit?"""
    if any(word in name.lower() for name in _names(info) for word in _BOUNDS):
        return True
    called = [
        sight.program.functions[target.name]
        for node in tree.every(element)
        if isinstance(node, code.Call)
        for target in sight.program.targets(info.id, node)
        if target.kind == "function"
    ]
    return any(_is_bounded_inside(sight, inner, depth) for inner in called)


def _is_bounded_inside(sight: Sight, info: FunctionInfo, depth: int) -> bool:
    if any(word in name.lower() for name in _names(info) for word in _BOUNDS):
        return True
    if depth == 0:
        return False
    inner = {
        t.name for s in sight.spots(info) for t in sight.program.targets(info.id, s.call) if t.kind == "function"
    } - {info.id}
    return any(_is_bounded_inside(sight, sight.program.functions[name], depth - 1) for name in sorted(inner))


def _names(info: FunctionInfo) -> Iterator[str]:
    yield info.name.rpartition(".")[2]
    for decorator in info.decorators:
        yield tree.dotted(decorator.function if isinstance(decorator, code.Call) else decorator) or ""
    for expression in tree.expressions(info.body):
        if isinstance(expression, code.Name):
            yield expression.id
        elif isinstance(expression, code.Attribute):
            yield expression.name


COROUTINE_FACTS: Mapping[str, Detector] = {
    Fact.COROUTINE_NEVER_AWAITED: _never_awaited,
    Fact.LOOP_STARTED_BELOW_A_COROUTINE: _loop_below,
    Fact.LOCK_HELD_ACROSS_AWAIT: _lock_across_await,
    Fact.GATHER_WITHOUT_A_BOUND: _gather_without_bound,
}
