"""Ends: where the program is told when an object goes, the order in which objects go must stay.

Whoever runs the work keeps what it was given and what it gave for longer, so objects end later and elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model.refactor import Order
from advisor.model.state import RootKind, Use
from advisor.questions.calls import entries
from advisor.stages.generate.apart import parts_of
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.work import Cut


def check_ends(draft: Draft, made: Cut) -> None:
    """Refused where an iteration makes or uses objects whose end the program is told of, or sees."""
    order = draft.order
    line = next(_watched(order, frozenset(draft.inquiry.reached(made.nodes)) | {order.site.function}), None)
    if line is None:
        parts = parts_of(draft, made)
        line = next((use.where.line for use in (*parts.work.uses, *parts.rest.uses) if _is_weak(order, use)), None)
    if line is not None:
        because = (
            f"line {line} has the program told when an object goes, and workers keep what they are given for longer"
        )
        raise Refused("identity", because, draft.loop)


def _is_weak(order: Order, use: Use) -> bool:
    known = order.catalog.object(use.type)
    return known is not None and known.weakly


def _watched(order: Order, functions: frozenset[str]) -> Iterator[int]:
    """The lines of these functions that ask to be told, or make an object that acts when it goes."""
    program, catalog, ends = order.program, order.catalog, order.program.objects.defines("__del__")
    for function in sorted(functions):
        info = program.functions[function]
        for call in info.calls if ends or info.called_names & catalog.telling_ends else ():
            asks = any(entry.tells_when_it_goes for _, entry in entries(program, catalog, function, call))
            last = program.implied(function, call, "end") if ends else ()
            if (asks and len(call.arguments) > 1) or any(_acts(order, target.name) for target in last):
                yield call.line


def _acts(order: Order, method: str) -> bool:
    """Does `__del__` do more than let go of what the object has: change what others see, or print?"""
    state = order.summaries.function_state(method)
    return bool(state.ambient) or any(write.place.root.kind is not RootKind.SELF for write in state.writes)
