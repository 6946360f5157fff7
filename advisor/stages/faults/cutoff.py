"""Cut off: daemon threads that write, and are ended in the middle of it because the program comes to its end first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.effect import Effect
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import Deed, How, Piece
from advisor.model.summary import Proof
from advisor.questions.calls import entries, last_name, receiver
from advisor.stages.faults.courses import after, is_main_guard, trail_to
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.workers import Handover, handovers, touched, work

_STARTS = ("threading.Thread", "threading.Timer")
_KEPT = frozenset({Effect.DISK, Effect.DATABASE})
_FOR_A_CONSUMER = frozenset({Effect.LOCK, Effect.SLEEP, Effect.ASYNC})
_WAITS = _FOR_A_CONSUMER | {Effect.NETWORK, Effect.SUBPROCESS}
_ASKS = 0.1  # seconds at the terminal: somebody is asked
_PUTS = frozenset(["put", "put_nowait"])
_FAR = 3  # callers up to the top level of the program


def _cut_off_at_exit(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A daemon thread that writes, started by a program that then ends without waiting for it."""
    for handover in handovers(sight, info, "thread"):
        spot, worker = handover.spot, handover.worker
        if worker is None or not any(name in _STARTS for name in spot.names) or not _is_daemon(spot):
            continue
        if _is_waited_for(sight, spot):
            continue
        deed = _written(sight, handover)
        if deed is not None and _ends_first(sight, handover) and not _says_goodbye(sight, info):
            where = sight.program.functions[deed.where.function].name
            because = f"`{where}` writes with `{deed.api}` in line {deed.where.line}, and nothing behind the start waits for it"
            yield at(spot.call, worker.name, because, deed.where.line)


def _is_waited_for(sight: Sight, spot: Spot) -> bool:
    """Is it kept in an attribute that somebody joins, wherever that is?"""
    targets = spot.statement.targets if isinstance(spot.statement, code.Assign) else ()
    kept = {target.name for target in targets if isinstance(target, code.Attribute)}
    joined = (receiver(call) for _, call in sight.program.objects.calls_named("join"))
    return any(isinstance(each, code.Attribute) and each.name in kept for each in joined)


def _is_daemon(spot: Spot) -> bool:
    """Is the thread made a daemon: by an argument, an attribute or a call?"""
    if any(k.name == "daemon" and _is_true(k.value) for k in spot.call.keywords):
        return True
    names = (
        [t for t in spot.statement.targets if isinstance(t, code.Name)]
        if isinstance(spot.statement, code.Assign)
        else []
    )
    flags = (
        target
        for statement in spot.function.statements
        if isinstance(statement, code.Assign) and statement.value is not None and _is_true(statement.value)
        for target in statement.targets
    )
    if any(isinstance(flag, code.Attribute) and flag.name == "daemon" and flag.value in names for flag in flags):
        return True
    calls = (c for c in spot.function.calls if last_name(c) == "setDaemon" and receiver(c) in names)
    return any(call.arguments and _is_true(call.arguments[0]) for call in calls)


def _is_true(value: code.Expr) -> bool:
    return isinstance(value, code.Literal) and value.value is True


def _written(sight: Sight, handover: Handover) -> Deed | None:
    """What the thread surely writes to a file or database."""
    state = touched(sight, handover)
    for deed in state.deeds if state is not None else ():
        known = sight.catalog.call(deed.api)
        kept = known is not None and known[1].effect in _KEPT and not deed.guessed
        if kept and deed.access is not None and not deed.access.looks:
            return deed
    return None


def _ends_first(sight: Sight, handover: Handover) -> bool:
    """Does the program end before the thread is done, as far as all that follows is known?"""
    worker, summary = handover.worker, work(sight, handover)
    rest = _rest(sight, handover.spot.function, handover.spot.statement, _FAR)
    if rest is None or worker is None or summary is None:
        return False
    consumes = _consumes(sight, handover, worker)
    lasts = 0.0
    for function, block in rest:
        done = sight.summaries.piece(Piece(function, block))
        if done.unresolved or any(isinstance(s, code.While) for s in tree.statements(block)):
            return False
        waits = _FOR_A_CONSUMER if consumes else _WAITS
        if any(_is_wait(proof, waits) for proof in done.ever):
            return False
        lasts += done.cost.total.high
    return consumes or lasts < summary.cost.total.low


def _is_wait(proof: Proof, waits: frozenset[Effect]) -> bool:
    if proof.effect is Effect.TERMINAL:
        return proof.seconds.expected >= _ASKS
    return proof.effect in waits and proof.api.rpartition(".")[2] not in _PUTS


def _consumes(sight: Sight, handover: Handover, worker: FunctionInfo) -> bool:
    """Does it write what it takes from a queue, without an end?"""
    state = touched(sight, handover)
    endless = any(isinstance(s, code.While) for s in worker.statements)
    return endless and state is not None and any(write.how is How.TAKE for write in state.writes)


def _rest(sight: Sight, info: FunctionInfo, statement: code.Stmt, steps: int) -> list[tuple[str, tree.Block]] | None:
    """All that runs in the program once a statement is done, with the function that it stands in; None where that is not known."""
    here = [(info.id, block) for block in after(info, statement)]
    if info.is_module:
        trail = trail_to(info.body, statement) or ()
        guarded = any(is_main_guard(block[position]) for block, position in trail)
        return here if guarded or not _is_imported(sight, info) else None
    callers = sight.program.callers(info.id)
    if info.is_async or info.is_generator or len(callers) != 1 or not steps or sight.handing(info.id):
        return None
    caller = sight.program.functions[callers[0][0]]
    spot = next((s for s in sight.spots(caller) if s.call.uid == callers[0][1].uid), None)
    above = None if spot is None or caller.id == info.id else _rest(sight, caller, spot.statement, steps - 1)
    return None if above is None else here + above


def _is_imported(sight: Sight, info: FunctionInfo) -> bool:
    """Does a file of the program import this one?"""
    stem = info.path.rpartition("/")[2].removesuffix(".py")
    for other in sight.program.functions.values():
        for statement in other.statements:
            if isinstance(statement, code.Import) and any(
                stem in (*each.module.split("."), each.attribute) for each in statement.names
            ):
                return True
    return False


def _says_goodbye(sight: Sight, info: FunctionInfo) -> bool:
    """Is something called when the interpreter ends, as far as a file of the same folder, or of one below or around it, says?"""
    program, catalog = sight.program, sight.catalog
    here = info.path.rpartition("/")[0]
    calls = (
        each
        for name in sorted(catalog.ending)
        for each in program.objects.calls_named(name)
        if _is_near(program.functions[each[0]].path.rpartition("/")[0], here)
    )
    return any(entry.at_exit for function, call in calls for _, entry in entries(program, catalog, function, call))


def _is_near(there: str, here: str) -> bool:
    return f"{here}/".startswith(f"{there}/") or f"{there}/".startswith(f"{here}/") or not there or not here


CUT_OFF_FACTS: Mapping[str, Detector] = {Fact.CUT_OFF_AT_EXIT: _cut_off_at_exit}
