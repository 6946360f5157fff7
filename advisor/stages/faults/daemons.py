"""Daemons: processes that may start no others, and do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.questions.calls import decorations, entries
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.starting import makes_process
from advisor.stages.faults.workers import Handover, handovers

_STARTS = (
    "multiprocessing.Process.start", "multiprocessing.Pool", "multiprocessing.pool.Pool", "multiprocessing.Manager",
    "multiprocessing.context.DefaultContext.Pool", "multiprocessing.context.DefaultContext.Manager",
    "concurrent.futures.ProcessPoolExecutor.submit", "concurrent.futures.ProcessPoolExecutor.map",
)  # fmt: skip
_KNOWS_BETTER = frozenset(["current_process", "billiard", "_config", "_daemonic", "daemonic"])
_DEEP = 3


def _process_in_a_daemon(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A worker of a pool, a daemonic process or a task of a queue starts a process, which fails."""
    daemonic = any(entry.daemonic for entry in decorations(sight.program, sight.catalog, info, sight.catalog.daemonic))
    handed = list(handovers(sight, info, "process"))
    if not daemonic and not handed:
        return
    if sight.program.objects.defines("daemon") or not sight.words(info.path).isdisjoint(_KNOWS_BETTER):
        return
    if daemonic:
        for spot, start in _starts(sight, info):
            inner = "" if spot is start else f", by `{written(start.call)}` in line {start.call.line}"
            because = f"`{info.name}` runs in a worker of a task queue, which is a daemonic process{inner}"
            yield at(spot.call, written(spot.call), because, start.call.line)
            return
    for handover in handed:
        worker = handover.worker
        if worker is None or not _is_daemonic(sight, handover):
            continue
        found = next(_starts(sight, worker), None)
        if found is not None:
            start = found[1]
            because = f"`{start.function.name}` calls `{written(start.call)}` in line {start.call.line}"
            yield at(handover.spot.call, worker.name, f"it runs in a daemonic process, and {because}", start.call.line)


def _is_daemonic(sight: Sight, handover: Handover) -> bool:
    """Does it run in the worker of a pool of `multiprocessing`, or in a process that is said to be a daemon?"""
    spot = handover.spot
    known = entries(sight.program, sight.catalog, spot.function.id, spot.call)
    if makes_process(spot):
        return any(keyword.name == "daemon" and _is_true(keyword.value) for keyword in spot.call.keywords)
    return bool(known) and all(entry.daemonic for _, entry in known)


def _is_true(value: code.Expr) -> bool:
    return isinstance(value, code.Literal) and value.value is True


def _starts(sight: Sight, info: FunctionInfo, depth: int = _DEEP) -> Iterator[tuple[Spot, Spot]]:
    """Calls in every run of a function that start a process: where it leads there, and the start itself."""
    always = {id(statement) for statement in _always(info.body)}
    for spot in sight.spots(info):
        if id(spot.statement) not in always:
            continue
        if any(name in _STARTS for name in spot.names):
            yield spot, spot
            continue
        targets = sight.program.targets(info.id, spot.call)
        called = [t for t in targets if t.kind == "function" and not (t.callback or t.guessed or t.conditional)]
        for target in called if depth and len(called) == 1 else ():
            inner = sight.program.functions[target.name]
            if not inner.is_async and not inner.is_generator and inner.id != info.id:
                found = next(_starts(sight, inner, depth - 1), None)
                if found is not None:
                    yield spot, found[1]


def _always(block: tree.Block) -> Iterator[code.Stmt]:
    """The statements of a block that no condition decides about."""
    for statement in block:
        yield statement
        match statement:
            case code.For(body=body) | code.With(body=body) | code.Try(body=body, handlers=()):
                yield from _always(body)
            case code.While(test=code.Literal(), body=body):
                yield from _always(body)
            case code.If():
                if any(isinstance(s, code.Return | code.Raise | code.Jump) for s in tree.statements((statement,))):
                    return
            case code.Try():
                return


DAEMON_FACTS: Mapping[str, Detector] = {Fact.PROCESS_IN_A_DAEMON: _process_in_a_daemon}
