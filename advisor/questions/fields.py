"""Fields: an object that is reached by two ways. What a hook or a listener changes in it, the work may read by another name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.model.program import Program
from advisor.model.state import BELOW, Place, Read, RootKind, Write
from advisor.questions.interference import Clash

_OWN = (RootKind.ITEM, RootKind.MADE)


def by_two_ways(program: Program, changing: Iterable[Write], reading: Iterable[Read]) -> Iterator[Clash]:
    """Where an iteration changes an attribute that only objects of one class have, and the attribute is read of such an object
    that other names lead to: nobody knows whether these are two objects."""
    reads: dict[str, list[tuple[Place, Read]]] = {}
    for read in reading:
        for name, holder in _steps(read.place) if read.exposed else ():
            reads.setdefault(name, []).append((holder, read))
    for write in changing:
        if write.memo or not write.place.path:
            continue
        attribute = write.place.path[-1]
        for holder, read in reads.get(attribute, ()):
            if _may_be_one(write, holder) and _is_of_one_class(program, attribute):
                yield Clash(write, read=read)


def _steps(place: Place) -> Iterator[tuple[str, Place]]:
    """The attributes on the way, each with the object that has it."""
    for position, step in enumerate(place.path):
        if step.isidentifier():
            yield step, Place(place.root, place.path[:position])


def _may_be_one(write: Write, holder: Place) -> bool:
    """May the object that has the changed attribute be `holder`, though it is held by another one at least in one case?"""
    changed = Place(write.place.root, write.place.path[:-1])
    if changed.root == holder.root and changed.root.kind is RootKind.ITEM:
        return bool(changed.path) != bool(holder.path)  # `node.value` and `node.parent.value`: that may be another item
    apart = changed == holder or changed.root.kind in _OWN or holder.root.kind in _OWN
    return not apart and bool(changed.path) and BELOW not in changed.path


def _is_of_one_class(program: Program, attribute: str) -> bool:
    """Do only objects of one class have an attribute of this name?"""
    return sum(attribute in cls.assigned for cls in program.classes.values()) == 1
