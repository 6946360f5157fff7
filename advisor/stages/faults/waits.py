"""Waits: coroutines that stop their event loop for what a thread or process does, by themselves or in what they call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.effect import CostClass, Effect
from advisor.model.fault import Around, Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.questions.calls import entries, last_name, looks_only, receiver
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot, always
from advisor.stages.faults.workers import reached

_FUTURES = (
    "concurrent.futures.Future.result",
    "concurrent.futures.Future.exception",
    "multiprocessing.pool.AsyncResult.get",
)
_OF_A_PIPE = (
    "multiprocessing.connection.Connection.recv",
    "multiprocessing.connection.Connection.recv_bytes",
    "multiprocessing.connection.Connection.poll",
)
_JOIN = "threading.Thread.join"
_HANDS_TO_A_LOOP = "asyncio.run_coroutine_threadsafe"
_ON_THE_LOOP = ("asyncio.", "anyio.", "trio.")
_DEEPEST = 2
_ASKS = frozenset(
    "len any all done cancelled running ready empty full locked alive closed connected qsize get time monotonic".split()
)


def _waited_for(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A coroutine that asks a future of a pool for its result, or calls a function that surely waits for a thread."""
    for spot in sight.spots(info) if info.is_async else ():
        stuck = next((s for s in (spot, *_run_by(sight, spot)) if _waits_for_its_waiter(sight, s)), None)
        if stuck is not None:
            called = written(spot.call) if stuck is spot else f"{written(spot.call)} → {written(stuck.call)}"
            yield at(spot.call, called, "", stuck.call.line)
            continue
        if Around.SHUTDOWN in spot.around:
            continue
        if any(name in _FUTURES for name in spot.names) and not _is_done(spot):
            yield at(spot.call, written(spot.call), "")
            continue
        if any(name in _OF_A_PIPE for name in spot.names) and _waits_at_the_pipe(spot):
            yield at(spot.call, written(spot.call), "")
            continue
        for target in sight.program.targets(info.id, spot.call):
            if target.kind == "function" and not (target.callback or target.guessed or target.conditional):
                wait = _surely_waits(sight, sight.program.functions[target.name], _DEEPEST)
                if wait is not None:
                    yield at(spot.call, f"{written(spot.call)} → {written(wait.call)}", "", wait.call.line)
                    break


def _waits_at_the_pipe(spot: Spot) -> bool:
    """Does it wait for what another process sends, of which the function has not asked whether it is there?"""
    if spot.last == "poll":
        return not looks_only(spot.call)
    owner = receiver(spot.call)
    return not any(last_name(call) == "poll" and receiver(call) == owner for call in spot.function.calls)


def _run_by(sight: Sight, spot: Spot) -> Iterator[Spot]:
    """The calls that an ordinary function makes whenever `spot` calls it."""
    for target in sight.program.targets(spot.function.id, spot.call):
        if target.kind == "function" and not (target.callback or target.guessed or target.conditional):
            called = sight.program.functions[target.name]
            surely = {id(s) for s in always(called.body)} if not (called.is_async or called.is_generator) else set()
            yield from (each for each in sight.spots(called) if id(each.statement) in surely)


def _waits_for_its_waiter(sight: Sight, spot: Spot) -> bool:
    """Is a thread joined that itself waits for what it has handed to the event loop, which stands still till then?

    At the end of a program a short wait for a thread does no harm; this one never ends.
    """
    joined = receiver(spot.call)
    if _JOIN not in spot.names or joined is None or spot.call.arguments or spot.call.keywords:
        return False
    workers = [w for made in _made(sight, spot, joined) for w in _started(sight, *made)]
    return any(_asks_the_loop(sight, worker) for worker in workers)


def _made(sight: Sight, spot: Spot, thread: code.Expr) -> Iterator[tuple[str, code.Call]]:
    """The calls that make the thread, each with the function it stands in."""
    info = spot.function
    match thread:
        case code.Name(id=name):
            values = [(info.id, value) for value in sight.program.objects.values_of(info.id, name) or ()]
        case code.Attribute(value=owner, name=name):
            classes = (v.name for v in sight.program.values(info.id, owner) if v.kind in ("instance", "some"))
            values = [given for cls in classes for given in sight.program.classes[cls].assigned.get(name, ())]
        case _:
            values = []
    yield from ((where, value) for where, value in values if isinstance(value, code.Call))


def _started(sight: Sight, where: str, made: code.Call) -> Iterator[FunctionInfo]:
    for target in sight.program.targets(where, made):
        if target.callback == "thread" and target.kind == "function" and not target.guessed:
            yield sight.program.functions[target.name]


def _asks_the_loop(sight: Sight, worker: FunctionInfo) -> bool:
    """Does a thread wait for coroutines that run in the loop of its program, the only one there is?"""
    if any("new_event_loop" in each.called_names for each in sight.program.files[worker.path]):
        return False
    ordinary = [f for each in reached(sight, worker) if not (f := sight.program.functions[each]).is_async]
    for info in ordinary:
        names = {name for spot in sight.spots(info) for name in spot.names}
        if _HANDS_TO_A_LOOP in names and not names.isdisjoint(_FUTURES):
            return True
    return False


def _surely_waits(sight: Sight, info: FunctionInfo, depth: int) -> Spot | None:
    """The call by which an ordinary function waits for a thread or process whenever it runs, itself or in what it calls."""
    if info.is_async or info.is_generator or info.decorators:
        return None
    surely = {id(statement) for statement in always(info.body)}
    for spot in sight.spots(info):
        if id(spot.statement) not in surely or not spot.around.isdisjoint({Around.SHUTDOWN, Around.LOOP}):
            continue
        if _waits(sight, spot) and not _is_done(spot):
            return spot
        for target in sight.program.targets(info.id, spot.call) if depth > 1 else ():
            if target.kind == "function" and not (target.callback or target.guessed or target.conditional):
                found = _surely_waits(sight, sight.program.functions[target.name], depth - 1)
                if found is not None:
                    return found
    return None


def _waits(sight: Sight, spot: Spot) -> bool:
    """Does the call wait long for what runs in a thread or process, and without a limit of time?"""
    if spot.call.keywords or spot.call.arguments:
        return False
    return any(
        entry.effect is Effect.LOCK and entry.cost is CostClass.LARGE and not name.startswith(_ON_THE_LOOP)
        for name, entry in entries(sight.program, sight.catalog, spot.function.id, spot.call)
    )


def _is_done(spot: Spot) -> bool:
    """Was the future asked whether it is done, awaited before, or drawn from those that are?"""
    owner = receiver(spot.call)
    names = {node.id for node in tree.every(owner) if isinstance(node, code.Name)} if owner is not None else set()
    info = spot.function
    if "done" in info.called_names or spot.loop is not None:
        return True
    awaits = (each for each in info.expressions if isinstance(each, code.Await))
    return any(isinstance(node, code.Name) and node.id in names for each in awaits for node in tree.every(each))


def _busy(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`while not ready: await sleep(0)`: a loop that only gives way, and looks again as often as a core can."""
    for spot in sight.spots(info) if info.is_async else ():
        loop = spot.loop
        if not isinstance(loop, code.While) or loop.body != (spot.statement,) or not _only_gives_way(sight, spot):
            continue
        if all(_only_asks(node) for node in tree.every(loop.test) if isinstance(node, code.Call)):
            yield at(spot.call, written(spot.call), f"line {loop.line} looks again at once", loop.line)


def _only_asks(call: code.Call) -> bool:
    """Does a call by its name only look, so that no work is done in the test of the loop?"""
    last = last_name(call).lower()
    return last in _ASKS or last.startswith(("is_", "has_"))


def _only_gives_way(sight: Sight, spot: Spot) -> bool:
    """Is it a sleep of no time at all?"""
    match spot.call.arguments:
        case (code.Literal(kind="int" | "float", value=value),) if value == 0 and spot.fate is Fate.AWAITED_AND_DROPPED:
            known = entries(sight.program, sight.catalog, spot.function.id, spot.call)
            return any(entry.effect is Effect.ASYNC and entry.lasts == 0 for _, entry in known)
    return False


WAIT_FACTS: Mapping[str, Detector] = {
    Fact.THREAD_WAITED_FOR_BELOW: _waited_for,
    Fact.BUSY_WAIT: _busy,
}
