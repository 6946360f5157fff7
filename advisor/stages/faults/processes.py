"""Processes: started where they start themselves again, fed too little or too much at a time, or more than there are cores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.effect import Effect
from advisor.model.fault import Around, Fact
from advisor.model.program import FunctionInfo
from advisor.model.summary import Summary
from advisor.questions.calls import entries
from advisor.questions.pools import size
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.workers import Handover, handovers, pool_of, several, work

_START = (
    "multiprocessing.Process.start", "multiprocessing.Pool", "multiprocessing.pool.Pool",
    "concurrent.futures.ProcessPoolExecutor.submit", "concurrent.futures.ProcessPoolExecutor.map",
)  # fmt: skip
_ONE_BY_ONE = (
    "concurrent.futures.ProcessPoolExecutor.map", "multiprocessing.pool.Pool.imap",
    "multiprocessing.pool.Pool.imap_unordered",
)  # fmt: skip
_TINY = 3e-4  # seconds: what handing a task to a process costs
_MANY = 500
_LIMITS = frozenset(
    "OMP_NUM_THREADS OPENBLAS_NUM_THREADS MKL_NUM_THREADS NUMEXPR_NUM_THREADS POLARS_MAX_THREADS threadpool_limits "
    "threadpoolctl ThreadpoolController set_num_threads setNumThreads n_jobs num_threads inner_max_num_threads".split()
)
_FULL = 0.4  # share of a task in code that fills all cores by itself
_FAR_ABOVE = 4
_AT_LEAST = 16  # processes; fewer may be meant for a bigger machine
_DEEP = 3


def _at_import(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Processes that start while a file is imported, which every spawned process does again."""
    clue = next(_starts_at_import(sight, info), None) if info.is_module else None
    if clue is not None and "fork" not in sight.words(info.path):
        yield clue


def _starts_at_import(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    for spot in sight.spots(info):
        if Around.MAIN_GUARD in spot.around:
            continue
        if any(name in _START for name in spot.names):
            yield at(spot.call, written(spot.call), "it runs when the file is imported")
        for target in sight.program.targets(info.id, spot.call):
            if target.kind == "function" and not (target.callback or target.guessed or target.conditional):
                start = _starts_processes(sight, target.name, info.path, _DEEP)
                if start is not None:
                    because = f"it leads to `{written(start)}` in line {start.line}, and runs when the file is imported"
                    yield at(spot.call, written(spot.call), because, start.line)


def _starts_processes(sight: Sight, function: str, path: str, depth: int) -> code.Call | None:
    """The call of this file by which a function starts processes, itself or through others."""
    info = sight.program.functions[function]
    if info.path != path or info.is_async:
        return None
    for spot in sight.spots(info):
        if any(name in _START for name in spot.names):
            return spot.call
        for target in sight.program.targets(function, spot.call) if depth else ():
            if target.kind == "function" and not (target.callback or target.guessed) and target.name != function:
                found = _starts_processes(sight, target.name, path, depth - 1)
                if found is not None:
                    return found
    return None


def _tiny_tasks(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Many small tasks handed to processes one at a time."""
    for handover in handovers(sight, info, "process"):
        spot, summary = handover.spot, work(sight, handover)
        if not any(name in _ONE_BY_ONE for name in spot.names) or summary is None or summary.unresolved:
            continue
        if any(keyword.name in ("chunksize", None) for keyword in spot.call.keywords):
            continue
        if "imap" in spot.last and len(spot.call.arguments) > 2:
            continue
        items = sight.program.length(info.id, spot.call.arguments[1]) if len(spot.call.arguments) > 1 else None
        if items is not None and items >= _MANY and summary.cost.total.expected < _TINY:
            name = handover.worker.name if handover.worker is not None else written(spot.call)
            because = f"there are {items:.0f} tasks, and one takes about {_shown(summary.cost.total.expected)}"
            yield at(spot.call, name, because)


def _shown(seconds: float) -> str:
    return f"{seconds * 1e6:.0f} µs" if seconds >= 1e-6 else "less than 1 µs"


def _arrays(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """One array or frame that is sent along with every task."""
    for handover in handovers(sight, info, "process"):
        if any(entry.maps_arrays for _, entry in entries(sight.program, sight.catalog, info.id, handover.spot.call)):
            continue
        for name, expression in _sent_each_time(handover):
            kinds = sight.kinds(info.id, expression)
            weight = sight.program.weight(info.id, expression)
            if kinds and all(_is_big(sight, kind) for kind in kinds) and (weight is None or weight > 1e6):
                yield at(handover.spot.call, name, f"`{name}` is a `{min(kinds)}`, the same for all tasks")
                break


def _is_big(sight: Sight, kind: str) -> bool:
    return any(known.big for known in sight.catalog.lineage(kind))


def _sent_each_time(handover: Handover) -> Iterator[tuple[str, code.Expr]]:
    """Names that every task is given alike."""
    spot = handover.spot
    if handover.is_map:
        for argument in spot.call.arguments:
            for node in tree.every(argument):
                if isinstance(node, code.Call) and tree.callee(node).rpartition(".")[2] in ("partial", "repeat"):
                    for given in (*node.arguments, *(k.value for k in node.keywords)):
                        if isinstance(given, code.Name):
                            yield given.id, given
        return
    if spot.loop is None or isinstance(spot.loop, code.While):
        return
    changing = set(tree.bound_each_round(spot.loop))
    for given in (*spot.call.arguments[1:], *(k.value for k in spot.call.keywords)):
        for part in given.items if isinstance(given, code.Display) else (given,):
            if isinstance(part, code.Name) and part.id not in changing:
                yield part.id, part


def _cores_twice(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Processes whose work fills all cores by itself."""
    for handover in handovers(sight, info, "process"):
        summary = work(sight, handover)
        if summary is None or not several(sight, handover):
            continue
        full = [p for p in summary.proofs if p.effect is Effect.PARALLEL_NATIVE and not p.guessed]
        mostly = sum(p.seconds.expected for p in full) > _FULL * summary.cost.total.expected
        if full and mostly and _LIMITS.isdisjoint(sight.words(info.path)):
            yield at(
                handover.spot.call, full[0].api, f"`{full[0].api}` (line {full[0].line}) uses all cores", full[0].line
            )


def _more_than_cores(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Many times as many processes as cores, for work that computes."""
    seen: set[int] = set()
    for handover in handovers(sight, info, "process"):
        summary, pool = work(sight, handover), pool_of(sight, handover.spot)
        if summary is None or pool is None or pool.uid in seen or not _computes(summary):
            continue
        seen.add(pool.uid)
        workers = size(sight.program, info.id, pool)
        if workers is not None and workers >= max(_AT_LEAST, _FAR_ABOVE * sight.target.cores):
            because = f"it asks for {workers:.0f} processes on {sight.target.cores} cores"
            yield at(pool, written(pool), because)


def _computes(summary: Summary) -> bool:
    cost = summary.cost
    return cost.interpreter.expected + cost.native.expected > 4 * (cost.waiting.expected + cost.child.expected)


def _manager(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A manager's dict or list that is used in an inner loop: each use is a message to another process and back."""
    seen: set[str] = set()
    for loop in info.statements:
        if not isinstance(loop, code.For | code.While):
            continue
        for expression in tree.expressions(loop.body):
            named = expression.value if isinstance(expression, code.Subscript) else None
            name = tree.dotted(named) if named is not None else None
            if named is None or name is None or name in seen:
                continue
            kinds = sight.kinds(info.id, named)
            if kinds and all(_is_proxy(sight, kind) for kind in kinds):
                seen.add(name)
                because = f"`{name}` is a `{min(kinds).rpartition('.')[2]}`, read or written each iteration"
                yield Clue(loop.line, loop.column, loop.end_line, name, because, tree.line_of(expression, loop.line))


def _is_proxy(sight: Sight, kind: str) -> bool:
    return any(known.proxy for known in sight.catalog.lineage(kind))


PROCESS_FACTS: Mapping[str, Detector] = {
    Fact.PROCESSES_AT_IMPORT: _at_import,
    Fact.TINY_TASKS: _tiny_tasks,
    Fact.ARRAY_PER_TASK: _arrays,
    Fact.CORES_TAKEN_TWICE: _cores_twice,
    Fact.MORE_PROCESSES_THAN_CORES: _more_than_cores,
    Fact.MANAGER_IN_A_LOOP: _manager,
}
