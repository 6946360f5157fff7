"""Written: what is known of the items of a loop whose values stand in the source: which come twice, which name one thing."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from advisor.model import code
from advisor.model.program import Rows
from advisor.model.state import Key, Place, Places, RootKind

_MOST_ROWS = 200  # of these each is held against each


@dataclass(frozen=True)
class Written:
    """The values, one row for each iteration; apart for each collection that the loop may walk."""

    walks: tuple[Rows, ...] = ()

    @cached_property
    def repeated(self) -> frozenset[str]:
        """The names that get one value several times; those of which nothing is written out count as getting another each time."""
        return frozenset(
            name for rows in self.walks for name in {name for row in rows for name in row} if _comes_again(rows, name)
        )

    def lead_together(self, one: Key, other: Key) -> bool:
        """May what `one` names in one iteration be what `other` names in another: `./a` and `a`, or `a/x` and `b/x` where only a
        part of the name is used?"""
        worked_on = bool(one.text) and one.text == other.text

        def same(here: str, there: str) -> bool:
            return here == there or (worked_on and _last(here) == _last(there))

        return self._related(one, other, same)

    def lead_into(self, one: Key, other: Key) -> bool:
        """May what one of them names in one iteration lie in what the other names in another: `a` and `a/b`?"""
        return self._related(one, other, lambda here, there: there.startswith(f"{here.rstrip('/')}/"))

    def _related(self, one: Key, other: Key, related: Callable[[str, str], bool]) -> bool:
        if one.shifted or other.shifted:
            return False
        for rows in self.walks:
            named = [(_spelt(row, one, other), _spelt(row, other, one)) for row in rows[:_MOST_ROWS]]
            for position, (here, _) in enumerate(named):
                others = (there for at, (_, there) in enumerate(named) if at != position)
                if here is not None and any(there is not None and related(here, there) for there in others):
                    return True
        return False


NOTHING_WRITTEN = Written()


def _comes_again(rows: Rows, name: str) -> bool:
    known = [value for row in rows if isinstance(value := row.get(name), code.Literal | code.Name)]
    return len(set(known)) < len(known)


def _spelt(row: Mapping[str, code.Expr], key: Key, beside: Key) -> str | None:
    """What a key names in one iteration, as far as it can be held against what `beside` names; None where it cannot be told."""
    if not key.places:
        return posixpath.normpath(key.text) if key.text and "|" not in key.text and not beside.text else None
    own = {place for place in key.places if place.root.kind is RootKind.ITEM}
    if beside.places and (key.text != beside.text or _around(key) != _around(beside)):
        return None
    if not beside.places and (key.text or key.places != own):
        return None
    if beside.places < key.places:
        own -= beside.places  # a copy is read from one name and lies under another
    values = [_value(row, place) for place in sorted(own)]
    return "\n".join(posixpath.normpath(value) for value in values) if own and all(values) else None


def _around(key: Key) -> Places:
    """What else than the item a name is put together from: the folder, say."""
    return frozenset(place for place in key.places if place.root.kind is not RootKind.ITEM)


def _value(row: Mapping[str, code.Expr], place: Place) -> str:
    """The text that stands at a place; nothing where none is known."""
    value = row.get(place.root.name)
    for step in place.path:
        index = step[1:-1]
        if not isinstance(value, code.Display) or not index.isdigit() or int(index) >= len(value.items):
            return ""
        value = value.items[int(index)]
    return str(value.value) if isinstance(value, code.Literal) and value.kind in ("str", "int") else ""


def _last(name: str) -> str:
    """The part of a name that is left when folders, case and blanks are taken away."""
    return posixpath.basename(name).strip().casefold()
