"""Loops: what belongs to an event loop and is touched from another thread, where the loop neither sees it nor wakes up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written

_KNOWS_BETTER = frozenset(
    ["call_soon_threadsafe", "run_coroutine_threadsafe", "current_thread", "main_thread", "get_ident", "is_running"]
)


def _touched_from_a_thread(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A method of a loop, or of a queue, event, future or task of asyncio, that a thread calls which does not run the loop."""
    handed = None if info.is_async else sight.in_thread(info.id)
    if handed is None or not _KNOWS_BETTER.isdisjoint(info.called_names):
        return
    for spot in sight.spots(info):
        if any(
            name.startswith("asyncio.") and name.count(".") > 1 and sight.catalog.is_on_loop(name)
            for name in spot.names
        ):
            because = (
                f"`{info.name}` runs in a thread: line {handed.call.line} of `{handed.function.name}` hands it over"
            )
            yield at(spot.call, written(spot.call), because)


LOOP_FACTS: Mapping[str, Detector] = {
    Fact.LOOP_TOUCHED_FROM_A_THREAD: _touched_from_a_thread,
}
