"""Timeouts: those that end nothing, since the block of the pool waits for the same task all the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import Waiter
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.questions import pools
from advisor.questions.calls import argument, last_name, receiver
from advisor.stages.faults.courses import trail_to
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot

_ENDS_THE_WORK = frozenset("set kill killpg terminate stop close abort exit _exit put put_nowait".split())


def _undone(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`with ThreadPoolExecutor() as pool: pool.submit(work).result(timeout=10)`."""
    for block in info.statements:
        for made, name in block.items if isinstance(block, code.With) and not block.is_async else ():
            if isinstance(name, code.Name) and _waits_at_the_end(sight, info, made):
                assert isinstance(block, code.With)
                yield from _limits(sight, info, block, name)


def _waits_at_the_end(sight: Sight, info: FunctionInfo, made: code.Expr) -> bool:
    kinds = sight.kinds(info.id, made)
    return bool(kinds) and all(any(k.ends_work for k in sight.catalog.lineage(kind)) for kind in kinds)


def _limits(sight: Sight, info: FunctionInfo, block: code.With, pool: code.Name) -> Iterator[Clue]:
    """The first call in the block that limits how long it waits for a task of the pool."""
    inside = {id(each) for each in tree.statements(block.body)}
    handing = [spot for spot in sight.spots(info) if _hands_over(sight, spot)]
    if not handing or any(not _is_handed_to(spot, pool) or _ends_by_itself(spot) for spot in handing):
        return  # the tasks may be of another pool, or bring a limit of their own
    for spot in sight.spots(info):
        limit = _limit(sight, spot) if id(spot.statement) in inside else None
        if limit is not None and not _looks_again(block, spot, limit) and not _is_ended_else(sight, block, spot, pool):
            because = f"leaving the block of line {block.line} waits for the same task"
            yield at(spot.call, written(spot.call), because, block.line)
            return


def _hands_over(sight: Sight, spot: Spot) -> bool:
    found = pools.hand_over(sight.program, sight.catalog, spot.function.id, spot.call)
    return found is not None and found.runs_elsewhere


def _is_handed_to(spot: Spot, pool: code.Name) -> bool:
    return receiver(spot.call) == pool or pool in spot.call.arguments


def _ends_by_itself(spot: Spot) -> bool:
    """Is the task given a limit of its own: `submit(get, url, timeout=5)`?"""
    return spot.last == "submit" and any(keyword.name in ("timeout", None) for keyword in spot.call.keywords)


def _limit(sight: Sight, spot: Spot) -> code.Expr | None:
    """For how long a call waits for tasks, where it waits for a while and no longer."""
    for name in spot.names:
        _, entry = sight.catalog.call(name) or ("", None)
        if entry is not None and entry.gives_up is not None:
            limit = argument(spot.call, "timeout") or argument(spot.call, entry.gives_up)
            return None if isinstance(limit, code.Literal) and not limit.value else limit
    return None


def _looks_again(block: code.With, spot: Spot, limit: code.Expr) -> bool:
    """Does a loop in the block wait for the same length again and again, to do something else meanwhile?"""
    loops = [
        each
        for each in tree.statements(block.body)
        if isinstance(each, code.While) and any(s is spot.statement for s in tree.statements(each.body))
    ]
    names = {node.id for node in tree.every(limit) if isinstance(node, code.Name)}
    return any(names.isdisjoint(tree.bound_in(each.body)) for each in loops)


def _is_ended_else(sight: Sight, block: code.With, spot: Spot, pool: code.Name) -> bool:
    """Does a handler in the block tell the task to end, before that is waited for? A pool of processes that is shut down
    without waiting does not wait at the end of its block either; one of threads does."""
    trail = trail_to(block.body, spot.statement) or ()
    around = [each for inner, position in trail if isinstance(each := inner[position], code.Try)]
    behind = [call for each in around for handler in each.handlers for call in tree.calls(handler.body)]
    behind += [call for each in around for call in tree.calls(each.final)]
    if any(last_name(call) in _ENDS_THE_WORK for call in behind):
        return True
    processes = pools.pool_of(sight.program, sight.catalog, spot.function.id, pool) is Waiter.PROCESS
    return processes and any(last_name(call) == "shutdown" and receiver(call) == pool for call in behind)


TIMEOUT_FACTS: Mapping[str, Detector] = {Fact.TIMEOUT_UNDONE: _undone}
