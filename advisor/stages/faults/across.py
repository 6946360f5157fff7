"""Across: a number that several processes share and change in two steps, reading it and setting it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import How, RootKind, Write
from advisor.stages.faults.shared import crews, guarded, is_handed
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.workers import Handover, argument_of, touched

_VALUE = "value"


def _updated_across(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`counter.value += 1` in several processes, without the lock of `counter`."""
    for handover in crews(sight, info, "process"):
        state = touched(sight, handover)
        for write in state.writes if state is not None else ():
            if write.how is not How.AUGMENT or write.place.path != (_VALUE,) or not _is_across(sight, handover, write):
                continue
            if not guarded(sight, handover, write.where):
                where = sight.program.functions[write.where.function].name
                because = f"`{where}` reads and sets it in line {write.where.line}"
                yield at(handover.spot.call, write.place.root.name, because, write.where.line)
                break


def _is_across(sight: Sight, handover: Handover, write: Write) -> bool:
    """Is it the one value of all processes: a global, or what each of them is handed?"""
    function, root = handover.spot.function.id, write.place.root
    if root.kind is RootKind.PARAM and is_handed(sight, handover, write.place):
        held = argument_of(sight, handover, root.index)
    else:
        held = code.Name(root.name) if root.kind is RootKind.GLOBAL else None
        function = write.where.function
    kinds = frozenset() if held is None else sight.kinds(function, held)
    return bool(kinds) and all(any(known.across for known in sight.catalog.lineage(kind)) for kind in kinds)


ACROSS_FACTS: Mapping[str, Detector] = {Fact.VALUE_UPDATED_ACROSS: _updated_across}
