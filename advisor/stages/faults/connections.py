"""Connections that threads open and leave open: each thread has its own, and nobody else can close it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.questions.calls import entries
from advisor.questions.connections import opened
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.workers import Handover, handovers, is_plain_pool, reached, several


def _left_open(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A thread that asks the database through a library that opens a connection for it, and ends without closing it."""
    for handover in handovers(sight, info, "thread"):
        worker, spot = handover.worker, handover.spot
        if worker is None or worker.decorators or _cared_for(sight, handover) or not _ends(sight, handover, worker):
            continue
        found = opened(sight.program, sight.catalog, reached(sight, worker))
        if found is not None:
            closer = found.closers[0].rpartition(".")[0].rpartition(".")[2] + "." + found.closers[0].rpartition(".")[2]
            where = sight.program.functions[found.function].name
            because = f"`{where}` calls `{found.asked}` in line {found.line}, and nothing calls `{closer}()`"
            yield at(spot.call, worker.name, because, found.line)


def _cared_for(sight: Sight, handover: Handover) -> bool:
    """Does what takes the work, or what is called when it is done, most likely close connections?"""
    spot = handover.spot
    known = entries(sight.program, sight.catalog, spot.function.id, spot.call)
    return (
        any(entry.carries for _, entry in known)
        or not is_plain_pool(sight, spot)
        or "add_done_callback" in spot.function.called_names
    )


def _ends(sight: Sight, handover: Handover, worker: FunctionInfo) -> bool:
    """Is it more than one thread that runs as long as the program does?"""
    return several(sight, handover) or not any(isinstance(s, code.While) for s in worker.statements)


CONNECTION_FACTS: Mapping[str, Detector] = {Fact.CONNECTIONS_LEFT_OPEN: _left_open}
