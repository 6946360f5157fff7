"""Unknown objects: what an object holds of which nothing is known but that methods of it are called."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.program import ClassInfo, Program
from advisor.model.refactor import Order
from advisor.model.state import RootKind, Use
from advisor.questions.lineage import lineage, methods
from advisor.questions.pickling import pickles_its_own_way


def unknown_attribute(order: Order, cls: ClassInfo) -> str:
    """The attribute of its objects of which nothing is known but that the class calls methods of it; empty where none is."""
    if pickles_its_own_way(order.program, cls):
        return ""
    asked = {use.place.path[0] for use in _asked_of_self(order, cls)}
    held = {name: given for each in lineage(order.program, cls) for name, given in each.assigned.items()}
    return min((name for name in asked & held.keys() if not _is_known(order.program, held[name])), default="")


def _is_known(program: Program, given: list[tuple[str, code.Expr]]) -> bool:
    return any(program.values(function, expression) for function, expression in given)


def _asked_of_self(order: Order, cls: ClassInfo) -> Iterator[Use]:
    for name in sorted(methods(order.program, cls).values()):
        for use in order.summaries.function_state(name).asked if name in order.program.functions else ():
            if use.place.root.kind is RootKind.SELF and use.place.path:
                yield use
