"""Memos: what is filled in once and then reused, told from a counter, a budget or a list of what was seen.

A memo is a place that is written only under a test that it is missing, with a value that depends on its key alone. A
single value (`if self.session is None: self.session = …`) has no key, so it must not depend on any argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from advisor.model import code, tree
from advisor.model.state import INSIDE, Key, Place, Places, RootKind
from advisor.stages.trace.keys import Keys

_TELL_ALL = frozenset({"str", "repr", "tuple", "frozenset"})  # give another for each that they are given


@dataclass(frozen=True, slots=True)
class Missing:
    """A test found that `place` holds nothing yet; in a collection, nothing under `key`. `flag` when it says only
    whether something was done before (`if self.running: return`)."""

    place: Place
    key: code.Expr | None = None
    flag: bool = False


@dataclass(frozen=True, slots=True)
class Guard:
    """What stands before a statement: whether it runs for sure, and what is known to be missing, or `there`, when it does;
    `chosen` when another test has decided as well, since the first of what is missing was found to be so."""

    sure: bool = True
    missing: tuple[Missing, ...] = ()
    there: tuple[Missing, ...] = ()
    chosen: bool = False

    def under(self, missing: tuple[Missing, ...], there: tuple[Missing, ...] = ()) -> Guard:
        """What holds in a block that a test decides about."""
        chosen = self.chosen or (bool(self.missing) and not missing)
        return Guard(False, (*self.missing, *missing), (*self.there, *there), chosen)

    def after(self, missing: tuple[Missing, ...], there: tuple[Missing, ...], *, sure: bool) -> Guard:
        """What holds after a block that leaves where the test held."""
        return Guard(sure, (*self.missing, *missing), (*self.there, *there), self.chosen)


SURE = Guard()


class Memos:
    """Tests and fillings of one function or piece."""

    def __init__(self, keys: Keys, places: Callable[[code.Expr], tuple[Place, ...]]) -> None:
        self.keys = keys
        self.places = places

    def of(self, test: code.Expr) -> tuple[tuple[Missing, ...], tuple[Missing, ...]]:
        """What is missing where `test` holds, and where it does not."""
        match test:
            case code.Operation(operator="not", operands=(inner,)):
                missing, there = self.of(inner)
                return there, missing
            case code.Operation(operator="and", operands=operands):
                return tuple(m for operand in operands for m in self.of(operand)[0]), ()
            case code.Operation(operator="or", operands=operands):
                return (), tuple(m for operand in operands for m in self.of(operand)[1])
            case code.Operation(operator="is" | "==", operands=(value, code.Literal(kind="none"))):
                return self._value(value), ()
            case code.Operation(operator="is not" | "!=", operands=(value, code.Literal(kind="none"))):
                return (), self._value(value)
            case code.Operation(operator="not in", operands=(key, container)):
                return self._entries(container, key), ()
            case code.Operation(operator="in", operands=(key, container)):
                return (), self._entries(container, key)
            case code.Call(function=code.Name(id="hasattr"), arguments=(owner, code.Literal(value=str(name)))):
                return (), tuple(Missing(p.below(name)) for p in self.places(owner))
            case code.Name() | code.Attribute():
                return (), tuple(Missing(m.place, m.key, flag=m.key is None) for m in self._value(test))
        return (), ()

    def there(self, test: code.Expr, *, holds: bool) -> tuple[Missing, ...]:
        """What is surely there where `test` holds, or where it does not: what else would be missing."""
        match test:
            case code.Operation(operator="not", operands=(inner,)):
                return self.there(inner, holds=not holds)
            case code.Operation(operator="and" | "or" as operator, operands=operands):
                each = operands if (operator == "and") is holds else ()
                return tuple(m for operand in each for m in self.there(operand, holds=holds))
        return self.of(test)[holds]

    def looked_up(self, body: tree.Block) -> tuple[Missing, ...]:
        """What is missing where the start of a `try` has failed: `try: return cache[key]`."""
        found: list[Missing] = []
        for statement in body[:1]:
            for head in tree.heads(statement):
                for node in tree.every(head):
                    if isinstance(node, code.Subscript):
                        found += self._entries(node.value, node.index)
                    elif isinstance(node, code.Attribute):
                        found += [Missing(place) for place in self.places(node)]
        return tuple(found)

    def _value(self, value: code.Expr) -> tuple[Missing, ...]:
        """`value` is None: the place it names holds nothing, or the entry that it was looked up from."""
        match value:
            case code.Call(function=code.Attribute(value=container, name="get"), arguments=(key, *_)):
                return self._entries(container, key)
            case code.Name(id=name):
                values = self.keys.program.objects.values_of(self.keys.function, name)
                cell = self.keys.program.objects.cell(self.keys.function, name)
                here = (Missing(cell),) if cell is not None else ()
                return (*here, *(m for v in (values or ()) if isinstance(v, code.Call) for m in self._value(v)))
            case code.Attribute() | code.Subscript():
                whole = tuple(Missing(place) for place in self.places(value))
                return (
                    (*whole, *self._entries(value.value, value.index)) if isinstance(value, code.Subscript) else whole
                )
        return ()

    def _entries(self, container: code.Expr, key: code.Expr) -> tuple[Missing, ...]:
        return tuple(Missing(place, key) for place in self.places(container))

    def fills(self, guard: Guard, place: Place, key: code.Expr | None, value: code.Expr | None) -> Key | None:
        """What a write under `guard` rests on beside its key, if it only fills in what is missing; None if it does not."""
        if self._tells:
            return None
        for missing in guard.missing:
            if key is not None:
                if missing.key == key and missing.place == place:
                    return self._rest(value, key)
            elif missing.key is None:
                if missing.flag and guard.chosen:
                    return None  # not every call that finds it unset sets it
                same = missing.place == place
                beside = (
                    missing.flag and missing.place.root == place.root and len(place.path) == len(missing.place.path)
                )
                if (same or beside) and INSIDE not in place.path:
                    return self._rest(value, None)
            elif place == missing.place.below(entry_part(missing.key)):
                return self._rest(value, None)
        return None

    @cached_property
    def _tells(self) -> bool:
        """Does the function say whether it found something: `return value, "hit"` here and `return value, "miss"` there?"""
        given = (s.value for s in self.keys.info.statements if isinstance(s, code.Return))
        rows = [value.items for value in given if isinstance(value, code.Display)]
        return any(
            one != other and isinstance(one, code.Literal) and isinstance(other, code.Literal)
            for row, another in combinations(rows, 2)
            for one, other in zip(row, another, strict=False)
        )

    def _rest(self, value: code.Expr | None, key: code.Expr | None) -> Key:
        """What may be another from call to call, and is not told by the key: arguments, and what an iteration works on."""
        if value is None:
            return Key()
        kinds = (RootKind.PARAM, RootKind.ITEM, RootKind.LOCAL)
        rests_on = self.keys.of([value], leaving=key).places
        told = self._told(key)
        return Key(places=frozenset(p for p in rests_on if p.root.kind in kinds and not _is_part(p, told)))

    def _told(self, key: code.Expr | None) -> Places:
        """The places of which a key tells all: two keys are equal only where these are. `len(name)` tells nothing for sure."""
        match key:
            case code.Name(id=name):
                values = self.keys.program.objects.values_of(self.keys.function, name) or ()
                itself = frozenset(p for p in self.keys.of([key]).places if p.root.name == name)
                return itself | (self._told(values[0]) if len(values) == 1 else frozenset())
            case code.Attribute():
                return frozenset(self.places(key))
            case code.Display(items=parts) | code.Text(parts=parts):
                return frozenset().union(*map(self._told, parts))
            case code.Call(function=code.Name(id=name), arguments=parts) if name in _TELL_ALL:
                return frozenset().union(*map(self._told, parts))
        return frozenset()


def _is_part(place: Place, others: Places) -> bool:
    """Is it one of the others, or a part of one?"""
    return any(place.root == whole.root and place.path[: len(whole.path)] == whole.path for whole in others)


def entry_part(key: code.Expr) -> str:
    """The part of a path that looking up the key is."""
    return f"[{key.value!r}]" if isinstance(key, code.Literal) and key.kind in ("int", "str") else INSIDE
