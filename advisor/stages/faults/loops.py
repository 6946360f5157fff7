"""Loops: what belongs to an event loop and is touched from another thread, where the loop neither sees it nor wakes up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.questions.calls import awaited, last_name, receiver
from advisor.questions.pools import passed
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot

_FUTURE = "asyncio.Future.set_"
_CALLS_BACK = ("add_done_callback", "set_future")
_KNOWS_BETTER = frozenset(
    ["call_soon_threadsafe", "run_coroutine_threadsafe", "current_thread", "main_thread", "get_ident", "is_running"]
)


def _touched_from_a_thread(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A method of a loop, or of a queue, event, future or task of asyncio, that a thread calls which does not run the loop."""
    if info.is_async or not _KNOWS_BETTER.isdisjoint(info.called_names):
        return
    touched = [spot for spot in sight.spots(info) if any(_is_of_a_loop(sight, name) for name in spot.names)]
    handed = sight.in_thread(info.id) if touched else None  # which is asked of the whole program
    if handed is None:
        return
    for spot in touched:
        if not _only_looked_at(sight, spot):
            because = (
                f"`{info.name}` runs in a thread: line {handed.call.line} of `{handed.function.name}` hands it over"
            )
            yield at(spot.call, written(spot.call), because)


def _is_of_a_loop(sight: Sight, name: str) -> bool:
    return name.startswith("asyncio.") and name.count(".") > 1 and sight.catalog.is_on_loop(name)


def _only_looked_at(sight: Sight, spot: Spot) -> bool:
    """Is it a future for which nobody waits, as nothing of its names is awaited, given to a call or told to call back? Who only
    looks whether it is done needs no loop to wake up."""
    owner = receiver(spot.call)
    if owner is None or not any(name.startswith(_FUTURE) for name in spot.names):
        return False
    names = _names_of(sight, spot.function, owner)
    functions = [each for path in {spot.function.path} for each in sight.program.files[path]]
    for info in functions:
        if any(_last(each) in names for each in awaited(info)):
            return False
        for call in info.calls:
            if last_name(call) in _CALLS_BACK and _last(receiver(call)) in names:
                return False
            handed = any(t.callback for t in sight.program.targets(info.id, call))
            if not handed and any(_last(given) in names for given in call.arguments):
                return False
        if any(isinstance(s, code.Return) and _last(s.value) in names for s in info.statements):
            return False
    return bool(names)


def _names_of(sight: Sight, info: FunctionInfo, owner: code.Expr) -> frozenset[str]:
    """The last names of a future in the function, and where a parameter was handed over."""
    found = {_last(owner)}
    position = next((i for i, p in enumerate(info.parameters) if code.Name(p.name) == owner), None)
    for where, call, target in sight.handing(info.id) if position is not None else ():
        given = passed(sight.program, sight.catalog, where, call, target, position or 0)
        found.add(_last(given[0]) if given is not None else "")
    return frozenset() if "" in found else frozenset(found)


def _last(expression: code.Expr | None) -> str:
    return "" if expression is None else (tree.dotted(expression) or "").rpartition(".")[2]


LOOP_FACTS: Mapping[str, Detector] = {
    Fact.LOOP_TOUCHED_FROM_A_THREAD: _touched_from_a_thread,
}
