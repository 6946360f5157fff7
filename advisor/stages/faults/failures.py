"""Failures: work that may fail, and of whose failure nobody hears."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import Answer, CallEntry, Waiter
from advisor.model.effect import Effect
from advisor.model.fault import Around, Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.questions import pools
from advisor.questions.calls import entries, is_pause, last_name, receiver
from advisor.questions.talk import talks
from advisor.stages.faults.asked import never_asked
from advisor.stages.faults.isolation import kept_by, missed
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.workers import Handover, handovers

_COORDINATES = frozenset(  # what threads, processes and tasks say to each other, whatever it is called on
    "wait get put set is_set clear acquire release qsize empty full join task_done notify notify_all get_nowait put_nowait"
    " append add".split()
)
_REPORTS = frozenset("exc_info format_exc print_exc".split())  # what tells of the failure at hand
_DEEP = 3  # calls of the project followed to what may fail
_CALM = frozenset({Effect.NONE, Effect.SLEEP, Effect.LOCK})  # what fails by mistakes of the programmer alone
_OUTSIDE = frozenset({Effect.NETWORK, Effect.DATABASE, Effect.DISK, Effect.SUBPROCESS})
_ANY = frozenset({"Exception", "BaseException"})
_OF_VALUES = frozenset("KeyError IndexError ValueError TypeError AttributeError StopIteration ImportError".split())


def _errors_never_read(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Work handed to a pool whose result, and with it whose exception, nobody asks for."""
    for spot in sight.spots(info):
        if any(keyword.name in ("error_callback", None) for keyword in spot.call.keywords):
            continue
        if _hands_in(sight, spot) and (spot.fate is Fate.DROPPED or _is_kept_in_vain(sight, spot)):
            yield from _unheard(sight, spot)


def _task_errors_never_read(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Tasks of the event loop that are waited for, and not asked how they ended."""
    for spot in sight.spots(info):
        starts = spot.fate is Fate.USED and _starts_task(sight, spot) and not _hands_in(sight, spot)
        if starts and never_asked(sight, info, spot.call, until_waited=True):
            yield from _unheard(sight, spot)


def _thread_errors(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Threads whose results are read when they are over, as if none of them could have failed. Those that a loop starts want
    a pool in the first place, and advice says so."""
    handed = list(handovers(sight, info, "thread")) if "join" in info.called_names else []
    if not handed or "excepthook" in sight.words(info.path):
        return
    for handover in handed:
        worker = handover.worker
        if worker is None or Around.LOOP in handover.spot.around or not _makes_thread(handover):
            continue
        if not _fails_for_sure(sight, worker):
            continue
        kept = list(kept_by(sight, handover, worker))
        found = missed(sight, handover, worker, kept) if kept else None
        if found is not None:
            lost, read = found
            because = (
                f"`{worker.name}` has then not written it (line {lost.where.line}), and line {read.where.line} reads it"
            )
            yield at(handover.spot.call, lost.label, because, lost.where.line)


def _makes_thread(handover: Handover) -> bool:
    return handover.starts_a_class or "threading.Thread" in handover.spot.names


def _fails_for_sure(sight: Sight, worker: FunctionInfo) -> bool:
    """Is it known what goes wrong in the end: something that is raised on purpose, or a call that leaves the machine?"""
    reached = (worker.id, *sorted(sight.summaries.reached(worker.id, worker.calls)))
    raises = any(isinstance(s, code.Raise) for name in reached for s in sight.program.functions[name].statements)
    outside = any(
        proof.effect in (Effect.NETWORK, Effect.DATABASE) for proof in sight.summaries.function(worker.id).ever
    )
    return (raises or outside) and may_fail(sight, worker)


def _unheard(sight: Sight, spot: Spot) -> Iterator[Clue]:
    """A clue at a call, where what it has run elsewhere may fail."""
    worker = worker_of(sight, spot)
    if worker is not None and may_fail(sight, worker):
        because = f"an exception in `{worker.name}` (line {worker.line}) is seen by nobody"
        yield at(spot.call, written(spot.call), because, worker.line)
    elif worker is None and _fails_outside(sight, spot):
        yield at(spot.call, written(spot.call), f"an exception of `{spot.handed[0]}` is seen by nobody")


def _is_kept_in_vain(sight: Sight, spot: Spot) -> bool:
    """Is what the call gives kept, counted and waited for, and never asked?"""
    found = pools.hand_over(sight.program, sight.catalog, spot.function.id, spot.call)
    lazily = found is not None and found.answer is Answer.ELEMENTS
    return spot.fate is Fate.USED and never_asked(sight, spot.function, spot.call, lazily=lazily)


def _hands_in(sight: Sight, spot: Spot) -> bool:
    """Does the call hand work to a pool of threads or processes and go on before it is done?"""
    program, catalog, function, call = sight.program, sight.catalog, spot.function.id, spot.call
    owner = receiver(call)
    kind = None if owner is None else pools.pool_of(program, catalog, function, owner)
    if kind not in (Waiter.THREAD, Waiter.PROCESS) or pools.hand_over(program, catalog, function, call) is None:
        return False
    return not pools.waits_for_result(program, catalog, function, call)


def _starts_task(sight: Sight, spot: Spot) -> bool:
    """Does the call give a task of the event loop, or a future of its pool?"""
    found = pools.hand_over(sight.program, sight.catalog, spot.function.id, spot.call)
    if found is not None:
        return found.answer is Answer.AWAITABLE and found.runs_elsewhere
    known = entries(sight.program, sight.catalog, spot.function.id, spot.call)
    return any(entry.coroutines and entry.returns == "asyncio.Task" for _, entry in known)


def _fails_outside(sight: Sight, spot: Spot) -> bool:
    """Is what runs elsewhere a function of a library that may always fail: a request, a copy of a file?"""
    known = [found[1] for name in spot.handed if (found := sight.catalog.call(name)) is not None]
    return len(spot.handed) == len(known) == 1 and known[0].effect in _OUTSIDE


def worker_of(sight: Sight, spot: Spot) -> FunctionInfo | None:
    """The one function of the project that the call has run elsewhere, or whose coroutine it starts."""
    program, function = sight.program, spot.function.id
    found = [t for t in program.targets(function, spot.call) if t.callback]
    made = next(iter(spot.call.arguments), None)
    if (
        not found
        and isinstance(made, code.Call)
        and pools.starts_coroutines(program, sight.catalog, function, spot.call)
    ):
        found = [t for t in program.targets(function, made) if not t.callback]
    functions = [t for t in found if t.kind == "function"]
    return program.functions[functions[0].name] if len(functions) == len(found) == 1 else None


# ---- what may fail


def may_fail(sight: Sight, info: FunctionInfo, depth: int = _DEEP) -> bool:
    """May a function end with an exception that it neither catches nor reports? A decorator may do so for it."""
    return not info.decorators and _fails(sight, info, info.body, depth)


def _fails(sight: Sight, info: FunctionInfo, body: tree.Block, depth: int) -> bool:
    return any(_statement_fails(sight, info, statement, depth) for statement in body)


def _statement_fails(sight: Sight, info: FunctionInfo, statement: code.Stmt, depth: int) -> bool:
    match statement:
        case code.Raise() | code.Assert():
            return True
        case code.Class() | code.Function():
            return False
        case code.Try(final=final) if any(last_name(call) in _REPORTS for call in tree.calls(final)):
            return False
        case code.Try(handlers=handlers) if handlers and not _only_of_values(handlers):
            if any(_raises_unheard(sight, info, handler) for handler in handlers):
                return True
            if catches_all(handlers):
                return _leaves_the_program(sight, info, statement.orelse)
            return _fails(sight, info, statement.orelse, depth)
    calls = (node for head in tree.heads(statement) for node in tree.every(head) if isinstance(node, code.Call))
    if any(_call_fails(sight, info, call, depth) for call in calls):
        return True
    return any(_fails(sight, info, block, depth) for block in tree.blocks(statement))


def _raises_unheard(sight: Sight, info: FunctionInfo, handler: code.Handler) -> bool:
    """Does a handler raise, and has not told anybody before?"""
    if not any(isinstance(each, code.Raise) for each in tree.statements(handler.body)):
        return False
    return not any(
        talks(sight.program, sight.catalog, info.id, call) or last_name(call) in _REPORTS
        for call in tree.calls(handler.body)
    )


def _leaves_the_program(sight: Sight, info: FunctionInfo, block: tree.Block) -> bool:
    """Does something here raise, or work with what lies outside? Who has caught all that may go wrong before has no more to
    fear from what only takes note that nothing did."""
    if any(isinstance(each, code.Raise) for each in tree.statements(block)):
        return True
    for call in tree.calls(block):
        if any(entry.effect in _OUTSIDE for _, entry in entries(sight.program, sight.catalog, info.id, call)):
            return True
        inner = [t.name for t in sight.program.targets(info.id, call) if t.kind == "function" and not t.callback]
        if any(proof.effect in _OUTSIDE for each in inner for proof in sight.summaries.function(each).ever):
            return True
    return False


def catches_all(handlers: tuple[code.Handler, ...]) -> bool:
    """Does one of the handlers catch any exception?"""
    return any(handler.caught is None or not caught_by(handler).isdisjoint(_ANY) for handler in handlers)


def caught_by(handler: code.Handler) -> frozenset[str]:
    """The last names of the exceptions that a handler catches."""
    caught = handler.caught
    named = () if caught is None else caught.items if isinstance(caught, code.Display) else (caught,)
    return frozenset((tree.dotted(name) or "").rpartition(".")[2] for name in named)


def _only_of_values(handlers: tuple[code.Handler, ...]) -> bool:
    """Do they catch nothing but mistakes in values, and not what goes wrong outside?"""
    for handler in handlers:
        caught = handler.caught
        named = () if caught is None else caught.items if isinstance(caught, code.Display) else (caught,)
        if not named or any((tree.dotted(name) or "") not in _OF_VALUES for name in named):
            return False
    return True


def _call_fails(sight: Sight, info: FunctionInfo, call: code.Call, depth: int) -> bool:
    program = sight.program
    if talks(program, sight.catalog, info.id, call) or is_pause(sight.catalog, call):
        return False
    targets = [t for t in program.targets(info.id, call) if not t.callback]
    inner = [program.functions[t.name] for t in targets if t.kind == "function"]
    if inner and len(inner) == len(targets):
        return depth > 0 and any(may_fail(sight, each, depth - 1) for each in inner if each.id != info.id)
    known = entries(program, sight.catalog, info.id, call)
    if not known and receiver(call) is not None and last_name(call) in _COORDINATES:
        return False
    return not known or not all(_is_calm(name, entry) for name, entry in known)


def _is_calm(name: str, entry: CallEntry) -> bool:
    """Does a call fail by mistakes of the programmer alone? What answers yes or no (`exists`) says no."""
    return entry.effect in _CALM or name.startswith("builtins.") or entry.returns == "builtins.bool"


FAILURE_FACTS: Mapping[str, Detector] = {
    Fact.ERRORS_NEVER_READ: _errors_never_read,
    Fact.THREAD_ERRORS_LOST: _thread_errors,
    Fact.TASK_ERRORS_NEVER_READ: _task_errors_never_read,
}
