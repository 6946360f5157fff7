"""Defaults: may reading an entry of a mapping put it in, as a `defaultdict` does with a key that it does not have?"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from advisor.model import code
from advisor.model.catalog import Catalog, Elements
from advisor.model.program import Program
from advisor.model.state import How, Key, Place, RootKind, Write
from advisor.questions.calls import entries, walked
from advisor.stages.trace.memos import Guard

Ordered = tuple[Place, ...]


class Defaults:
    """Readings of entries in one function or piece."""

    def __init__(
        self, program: Program, catalog: Catalog, function: str, places: Callable[[code.Expr], Ordered]
    ) -> None:
        self.program, self.catalog, self.function, self.places = program, catalog, function, places

    def fills(self, mapping: code.Expr) -> bool:
        """Does the mapping put in what it is asked for and does not have?"""
        values = self.program.values(self.function, mapping)
        known = (self.catalog.object(v.name) for v in values if v.kind in ("container", "object"))
        return any(each is not None and each.fills for each in known)

    def is_there(self, mapping: code.Expr, index: code.Expr, guard: Guard) -> bool:
        """Does a test say that it has the key, or does the key come from walking it?"""
        held = self.places(mapping)
        if any(found.key == index and found.place in held for found in guard.there):
            return True
        origins = self.program.objects.origins(self.function, index.id) if isinstance(index, code.Name) else ()
        return bool(origins) and all(
            origin.how == "element"
            and origin.where == self.function
            and origin.expression is not None
            and self._is_key(origin.expression, origin.place, held)
            for origin in origins
        )

    def passes_key(self, call: code.Call, callee: str, guard: Guard, write: Write) -> bool:
        """Does `call` pass a mapping, and a key that this has, for what `callee` looks up?"""
        places = [write.place, *(write.key.places if write.key is not None and not write.key.text else ())]
        if not write.fills or len(places) != 2 or any(p.root.kind is not RootKind.PARAM or p.path for p in places):
            return False
        mapping, index = (self.program.argument(callee, call, place.root.index) for place in places)
        return mapping is not None and index is not None and self.is_there(mapping, index, guard)

    def _is_key(self, iterable: code.Expr, place: tuple[int, ...], held: Ordered) -> bool:
        """Is what lies at a place of each element of `iterable` a key of the mapping?"""
        match iterable:
            case code.Call(function=code.Attribute(value=owner, name="keys"), arguments=()):
                return not place and self.places(owner) == held
            case code.Call(function=code.Attribute(value=owner, name="items"), arguments=()):
                return place == (0,) and self.places(owner) == held
            case code.Call(function=code.Name(id="enumerate"), arguments=(inner, *_)):
                return place[:1] == (1,) and self._is_key(inner, place[1:], held)
            case code.Call():
                known = entries(self.program, self.catalog, self.function, iterable)
                passing = [entry for _, entry in known if entry.elements is Elements.PASSED]
                inside = [each for entry in passing for each in walked(iterable, entry)]
                return len(inside) == 1 and self._is_key(inside[0], place, held)
        return not place and self.places(iterable) == held


def is_written(writes: Iterable[Write], place: Place, key: Key | None) -> bool:
    """Has the piece surely set this entry before?"""
    return key is not None and any(
        write.sure and write.how is How.KEY and not write.fills and write.place == place and write.key == key
        for write in writes
    )
