"""Forking: a process made as a copy of a program in which threads run, whose locks stay locked in it for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.questions.calls import receiver
from advisor.stages.faults.courses import always, before
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.starting import start_method
from advisor.stages.faults.workers import pool_of

_THREADS = ("threading.Thread.start", "threading.Timer.start")
_POOL_TAKES = ("concurrent.futures.ThreadPoolExecutor.submit", "concurrent.futures.ThreadPoolExecutor.map")
_ENDS_POOL = ("concurrent.futures.ThreadPoolExecutor.shutdown",)
_JOINS = ("threading.Thread.join", "threading.Timer.join", "threading.Timer.cancel")
_FORKS = ("os.fork", "os.forkpty", "pty.fork")
_STARTS_PROCESSES = (
    "multiprocessing.Process.start", "multiprocessing.Pool", "multiprocessing.pool.Pool",
    "concurrent.futures.ProcessPoolExecutor.submit", "concurrent.futures.ProcessPoolExecutor.map",
    "multiprocessing.context.DefaultContext.Pool",
)  # fmt: skip
_BEFORE_EXEC = "preexec_fn"  # a function that runs in the forked process before it becomes another program
_MAY_END = frozenset(["stop", "close", "shutdown", "join", "cancel", "terminate", "quit"])
_DEEP = 2


@dataclass(frozen=True, slots=True)
class _Running:
    """A thread runs from the call of `spot` on, started there or in a function that is called there."""

    spot: Spot
    start: Spot


def _fork_beside_threads(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    yield from _fork_in_a_thread(sight, info)
    yield from _fork_after_threads(sight, info)


def _fork_in_a_thread(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A thread starts a program and has Python run something in the forked process first, while other threads run."""
    for spot in sight.spots(info):
        name = _runs_before_exec(sight, spot, surely=True)
        thread = sight.in_thread(info.id) if name is not None else None
        if name is not None and thread is not None:
            runs = " or ".join(_function_names(sight, spot))
            path = f" of {thread.function.path}" if thread.function.path != info.path else ""
            because = f"this runs in a thread (line {thread.call.line}{path}) and `{runs}` in the copy that it forks"
            yield at(spot.call, name, because, thread.call.line if thread.function.path == info.path else 0)


def _fork_after_threads(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A process is forked after a thread was started, and before that has ended."""
    started = list(_started(sight, info, _DEEP))
    if not started:
        return
    for spot in sight.spots(info):
        forked = _forked(sight, spot, _DEEP)
        if forked is None:
            continue
        running = next((each for each in started if _still_runs(sight, info, each, spot)), None)
        if running is not None:
            there = "" if running.start is running.spot else f" (`{running.start.function.name}`)"
            inner = (
                "" if forked[1] is spot else f", and `{written(forked[1].call)}` in line {forked[1].call.line} forks it"
            )
            because = f"line {running.start.call.line}{there} has started a thread{inner}"
            yield at(
                spot.call, forked[0] if forked[1] is spot else written(spot.call), because, running.start.call.line
            )
            return


def _started(sight: Sight, info: FunctionInfo, depth: int) -> Iterator[_Running]:
    """The threads that a function starts, itself or by what it surely calls and what leaves them running."""
    for spot in sight.spots(info):
        if any(name in (*_THREADS, *_POOL_TAKES) for name in spot.names):
            yield _Running(spot, spot)
        for called in _called(sight, spot) if depth else ():
            left = (each for each in _started(sight, called, depth - 1) if _is_left(sight, called, each))
            for each in left:
                yield _Running(spot, each.start)


def _called(sight: Sight, spot: Spot) -> Iterator[FunctionInfo]:
    """The function of the project that a call surely runs then and there."""
    targets = sight.program.targets(spot.function.id, spot.call)
    if len(targets) == 1 and targets[0].kind == "function":
        (target,) = targets
        called = sight.program.functions[target.name]
        sure = not (target.guessed or target.conditional or target.callback)
        if sure and not called.is_async and not called.is_generator and called.id != spot.function.id:
            yield called


def _is_left(sight: Sight, info: FunctionInfo, running: _Running) -> bool:
    """Is a thread started in any run of a function, and left to itself?"""
    each_run = any(statement is running.spot.statement for statement in always(info.body))
    return each_run and not any(_ends(spot, running) for spot in sight.spots(info)) and not _block_of(sight, running)


def _still_runs(sight: Sight, info: FunctionInfo, running: _Running, fork: Spot) -> bool:
    """Has the thread been started when it comes to the fork, and not been waited for?"""
    earlier = {id(s): s for s in tree.statements(before(info, fork.statement, imported=True))}
    here = running.spot.statement
    if id(here) not in earlier and not _in_its_block(sight, running, fork):
        return False
    if running.spot.statement is fork.statement or running.spot.call.line >= fork.call.line:
        return False
    block = _block_of(sight, running)
    if block is not None and block.end_line < fork.call.line:
        return False
    behind = [spot for spot in sight.spots(info) if running.spot.call.line <= spot.call.line <= fork.call.line]
    return not any(_ends(spot, running) or _may_end(sight, spot) for spot in behind)


def _may_end(sight: Sight, spot: Spot) -> bool:
    """Is it a `stop()` that is not known, or a function that waits for threads?"""
    waits = any(
        name in (*_JOINS, *_ENDS_POOL)
        for called in _called(sight, spot)
        for s in sight.spots(called)
        for name in s.names
    )
    return waits or (not spot.names and spot.last in _MAY_END)


def _in_its_block(sight: Sight, running: _Running, fork: Spot) -> bool:
    block = _block_of(sight, running)
    inside = tree.statements(block.body) if block is not None else ()
    return any(statement is fork.statement for statement in inside)


def _block_of(sight: Sight, running: _Running) -> code.With | None:
    """The `with` at whose end the pool waits for its threads."""
    pool = pool_of(sight, running.spot) if running.spot is running.start else None
    for statement in running.spot.function.statements if pool is not None else ():
        if isinstance(statement, code.With) and any(context is pool for context, _ in statement.items):
            return statement
    return None


def _ends(spot: Spot, running: _Running) -> bool:
    """Does a call wait for the thread, or for all of a list of them?"""
    if any(name in _ENDS_POOL for name in spot.names):
        return receiver(spot.call) == receiver(running.start.call)
    if not any(name in _JOINS for name in spot.names) or spot.call.arguments or spot.call.keywords:
        return False
    return spot.loop is not None or receiver(spot.call) == receiver(running.start.call)


def _forked(sight: Sight, spot: Spot, depth: int) -> tuple[str, Spot] | None:
    """What forks the program at a call: by which name, and where."""
    name = next((n for n in spot.names if n in _FORKS), None)
    name = name or _runs_before_exec(sight, spot)
    if name is None and start_method(sight, spot) == "fork":
        name = next((n for n in spot.names if n in _STARTS_PROCESSES), None)
    if name is not None:
        return name, spot
    for called in _called(sight, spot) if depth else ():
        certain = {id(statement) for statement in always(called.body)}
        for inner in sight.spots(called):
            found = _forked(sight, inner, depth - 1) if id(inner.statement) in certain else None
            if found is not None:
                return found
    return None


def _runs_before_exec(sight: Sight, spot: Spot, *, surely: bool = False) -> str | None:
    """The call of `subprocess` that is told to run a function in the forked process (`surely`: a known one), by its name."""
    given = _before_exec(spot)
    if given is None or (isinstance(given, code.Literal) and given.value is None):
        return None
    values = sight.program.values(spot.function.id, given)
    if surely and not (values and all(value.kind in ("function", "external") for value in values)):
        return None
    return next((name for name in spot.names if name.startswith("subprocess.")), None)


def _before_exec(spot: Spot) -> code.Expr | None:
    return next((keyword.value for keyword in spot.call.keywords if keyword.name == _BEFORE_EXEC), None)


def _function_names(sight: Sight, spot: Spot) -> Iterator[str]:
    """What the keyword gives, by the names that a reader knows."""
    given = _before_exec(spot)
    for value in sorted(sight.program.values(spot.function.id, given)) if given is not None else ():
        info = sight.program.functions.get(value.name)
        yield value.name if info is None else info.name


FORKING_FACTS: Mapping[str, Detector] = {Fact.FORK_AFTER_THREADS: _fork_beside_threads}
