"""Emptiness: workers that ask whether a queue is empty and then wait for an item that another one has taken meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.effect import Effect
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import How
from advisor.questions.calls import argument, entries, last_name, receiver
from advisor.stages.faults.deciding import deciding
from advisor.stages.faults.shared import crews, guarded, is_handed, is_shared
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.workers import Handover, reached, touched

_COUNTS = frozenset(["empty", "qsize"])
_THREAD_JOIN = ("threading.Thread.join", "multiprocessing.Process.join", "multiprocessing.context.DefaultContext.join")


def _empty_then_waited(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`while not jobs.empty(): jobs.get()` in several workers: the last item lets several in, and all but one wait for ever."""
    for where in ("thread", "process"):
        for handover in crews(sight, info, where):
            if _ends_with_the_program(sight, handover):
                continue
            for function in reached(sight, handover.worker) if handover.worker is not None else ():
                found = next(_waits(sight, handover, sight.program.functions[function]), None)
                if found is not None:
                    test, spot = found
                    because = (
                        f"`{spot.function.name}` waits in `{written(spot.call)}` (line {spot.call.line}) because line {test}"
                        " finds the queue not empty"
                    )
                    yield at(handover.spot.call, written(spot.call), because, spot.call.line)
                    break


def _waits(sight: Sight, handover: Handover, info: FunctionInfo) -> Iterator[tuple[int, Spot]]:
    """The tests for emptiness with the calls behind them that may wait."""
    if info.called_names.isdisjoint(_COUNTS):
        return
    for spot in sight.spots(info):
        owner = receiver(spot.call)
        if owner is None or not _may_wait(sight, spot) or not _is_common(sight, handover, spot):
            continue
        for test in deciding(info, spot.statement):
            if _asks(test.expression, owner) and not _hears_of_the_end(info, spot):
                yield test.line, spot


def _may_wait(sight: Sight, spot: Spot) -> bool:
    """Does it take an item and wait until there is one, however long?"""
    known = entries(sight.program, sight.catalog, spot.function.id, spot.call)
    takes = any(e.effect is Effect.LOCK and e.changes.get("receiver") is How.TAKE for _, e in known)
    block = argument(spot.call, "block") or argument(spot.call, 0) or code.Literal("bool", value=True)
    forever = argument(spot.call, "timeout") is None and len(spot.call.arguments) <= 1
    return takes and forever and isinstance(block, code.Literal) and block.value is True


def _is_common(sight: Sight, handover: Handover, spot: Spot) -> bool:
    """Do all workers take from the same queue, without a lock around it?"""
    state = touched(sight, handover)
    for write in state.writes if state is not None else ():
        if (write.where.function, write.where.line) == (spot.function.id, spot.call.line) and write.how is How.TAKE:
            common = is_shared(sight, handover, write.place, spot.function.id) or is_handed(
                sight, handover, write.place
            )
            if common and not guarded(sight, handover, write.where):
                return True
    return False


def _asks(test: code.Expr, owner: code.Expr) -> bool:
    """Is it asked whether something is in the queue?"""
    return any(
        isinstance(node, code.Call) and last_name(node) in _COUNTS and receiver(node) == owner
        for node in tree.every(test)
    )


def _hears_of_the_end(info: FunctionInfo, spot: Spot) -> bool:
    """Is the item compared with one that says that there are no more?"""
    taken = spot.statement
    names = {t.id for t in taken.targets if isinstance(t, code.Name)} if isinstance(taken, code.Assign) else set[str]()
    for statement in info.statements:
        if (
            isinstance(statement, code.If)
            and statement.line > spot.call.line
            and any(isinstance(s, code.Return | code.Jump) for s in statement.body)
        ):
            tested = {n.id for n in tree.every(statement.test) if isinstance(n, code.Name)}
            if names & tested and not any(isinstance(n, code.Call) for n in tree.every(statement.test)):
                return True
    return False


def _ends_with_the_program(sight: Sight, handover: Handover) -> bool:
    """Are they daemons for which nobody waits?"""
    spot = handover.spot
    spots = sight.spots(spot.function)
    daemons = any(k.name == "daemon" for each in spots for k in each.call.keywords) or any(
        isinstance(s, code.Assign) and any(isinstance(t, code.Attribute) and t.name == "daemon" for t in s.targets)
        for s in spot.function.statements
    )
    daemons = daemons or "setDaemon" in spot.function.called_names
    return daemons and not any(name in _THREAD_JOIN for each in spots for name in each.names)


EMPTINESS_FACTS: Mapping[str, Detector] = {Fact.EMPTY_THEN_WAITED: _empty_then_waited}
