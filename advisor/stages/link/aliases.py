"""Aliases: under which other names an object may be known, across the functions through which it came.

A parameter is what callers pass, an attribute what methods of its class set, an element of a list what was put there.
Only places that mean the same wherever they are told count as other names: globals, classes, variables of a function.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.program import Target
from advisor.model.state import INSIDE, Place, Places, Root, RootKind
from advisor.stages.link.ask import Ask
from advisor.stages.link.index import Binding
from advisor.stages.link.objects import Objects, class_place, within
from advisor.stages.link.parameters import argument

_FARTHEST = 3  # steps from one name to the next
_MOST_CALLERS = 6
_MOST = 24
_MOST_STORES = 12
_RELATIVE = frozenset({RootKind.SELF, RootKind.PARAM, RootKind.ITEM})


class Aliases(Objects):
    """Objects, with the other names that each may have."""

    def __init__(self, ask: Ask) -> None:
        super().__init__(ask)
        self._other_names: dict[tuple[str, Place], Places] = {}
        self._given_by_others: dict[str, tuple[tuple[str, Place], ...]] = {}

    def aliases(self, function: str, place: Place) -> Places:
        """`place`, told from within `function`, and the other places that may be the same object."""
        key = (function, place)  # what the function binds or calls itself, it tells in terms of its own
        if key not in self._other_names:
            found = {place}
            self._follow(function, place, found, _FARTHEST)
            self._other_names[key] = frozenset(sorted(found)[:_MOST])
        return self._other_names[key]

    def _follow(self, function: str, place: Place, found: set[Place], steps: int) -> None:
        if not steps or len(found) > _MOST:
            return
        for other in sorted({*self._passed(function, place, steps), *self._held(function, place)}):
            if other not in found:
                found.add(other)
                self._follow(function, other, found, steps - 1)

    def _passed(self, function: str, place: Place, steps: int) -> Iterator[Place]:
        """What callers pass for a parameter, or its default, and what they call a method of."""
        root = self._as_parameter(place.root)
        if root is not place.root:  # what a function made in it keeps of what a function was given
            function = place.root.owner
        if root.kind not in (RootKind.SELF, RootKind.PARAM):
            return
        if root.kind is RootKind.PARAM and function in self.ask.index.functions:
            yield from (
                each.below(*place.path) for each in self.usual(function, root.index) if each.root.kind not in _RELATIVE
            )
        for caller, call in self._callers(function):
            if root.kind is RootKind.SELF:
                held = self.receiver(caller, call, Target("function", function), self.around)
            else:
                given = argument(self.ask, function, call, root.index)
                held = self.places(caller, given, self.around) if given is not None else frozenset()
            for each in held:
                moved = within(each, place.path)
                if each.root.kind not in _RELATIVE:
                    yield moved
                elif steps > 1:
                    further: set[Place] = set()
                    self._follow(caller, moved, further, steps - 1)
                    yield from (p for p in further if p.root.kind not in _RELATIVE)

    def _as_parameter(self, root: Root) -> Root:
        """A variable of a function that is one of its parameters, as the function itself tells it."""
        info = self.ask.index.functions.get(root.owner) if root.kind is RootKind.LOCAL else None
        for position, taken in enumerate(info.parameters if info is not None and info.owner is None else ()):
            if taken.name == root.name:
                return Root(RootKind.PARAM, root.name, index=position)
        return root

    def _callers(self, function: str) -> tuple[tuple[str, code.Call], ...]:
        return self.ask.callers(function)[:_MOST_CALLERS] if function in self.ask.index.functions else ()

    def _held(self, function: str, place: Place) -> Iterator[Place]:
        """What an attribute, or an element, of the object at the root was set to."""
        if not place.path:
            return
        yield from self._set_by_others(function, place)
        first, rest = place.path[0], place.path[1:]
        if first.startswith("["):
            yield from (within(held, rest) for held in self._elements(function, place.root))
            return
        for cls in self._classes(function, place.root):
            for owner in self.ask.lineage(cls)[0]:
                for binding in self.ask.index.attributes.get(owner, {}).get(first, ()):
                    yield from (within(held, rest) for held in self._bound(function, place.root, owner, binding, first))

    def _set_by_others(self, function: str, place: Place) -> Iterator[Place]:
        """`box.state = state` outside the methods of its class: any attribute of that name may hold it."""
        for position, attribute in enumerate(place.path):
            for where, held in self._set_to(attribute):
                if held.root.kind not in _RELATIVE or where == function:
                    yield held.below(*place.path[position + 1 :])

    def _set_to(self, attribute: str) -> tuple[tuple[str, Place], ...]:
        """What stores outside the methods of any class give an attribute of this name, each with the function that does it."""
        if attribute not in self._given_by_others:
            self._given_by_others[attribute] = tuple(
                (store.where, held.below(*(INSIDE for _ in store.place)))
                for store in self.ask.index.set_from_outside.get(attribute, ())[:_MOST_STORES]
                for held in self.places(store.where, store.value, self.around)
            )
        return self._given_by_others[attribute]

    def _classes(self, function: str, root: Root) -> list[str]:
        """The project classes that the object at `root` may be of."""
        match root.kind:
            case RootKind.SELF:
                info = self.ask.index.functions.get(function)
                return [info.owner] if info is not None and info.owner is not None else []
            case RootKind.PARAM | RootKind.ITEM:
                where, name = function, root.name
            case RootKind.LOCAL:
                where, name = root.owner, root.name
            case RootKind.GLOBAL:
                where, name = self.ask.index.modules.get(root.owner, ""), root.name
            case RootKind.CLASS:
                return [root.owner]
            case _:
                return []
        if where not in self.ask.index.functions:
            return []
        values = self.ask.values(where, code.Name(name))
        return sorted({v.name for v in values if v.kind in ("instance", "some") and v.name in self.ask.index.classes})

    def _bound(self, function: str, root: Root, cls: str, binding: Binding, attribute: str) -> Iterator[Place]:
        """The places that one assignment to an attribute gives it, told as those see it who hold the object at `root`."""
        info = self.ask.index.functions.get(binding.where)
        if info is None:
            return
        if info.owner is None:  # in the body of the class: one for all its objects
            yield class_place(self.ask, cls).below(attribute)
            return
        for held in self.bound(binding, None):
            match held.root.kind:
                case RootKind.SELF:
                    yield Place(root, held.path)
                case RootKind.PARAM:
                    yield from self._given(function, root, info.id, held)
                case RootKind.ITEM:
                    pass
                case _:
                    yield held

    def _given(self, function: str, root: Root, method: str, held: Place) -> Iterator[Place]:
        """What was passed for a parameter of the method that set the attribute: where the object was made, else by anybody."""
        made = list(self._making(root))
        calls = made or self._callers(method)
        for caller, call in calls:
            given = argument(self.ask, method, call, held.root.index)
            there = self.usual(method, held.root.index) if given is None else self.places(caller, given, self.around)
            for each in there:
                if each.root.kind not in _RELATIVE or caller == function:
                    yield each.below(*held.path)

    def _making(self, root: Root) -> Iterator[tuple[str, code.Call]]:
        """The calls that made the object which a variable holds."""
        where = self.ask.index.modules.get(root.owner) if root.kind is RootKind.GLOBAL else root.owner
        if root.kind not in (RootKind.GLOBAL, RootKind.LOCAL) or where is None or where not in self.ask.index.scopes:
            return
        for binding in self.ask.index.scopes[where].get(root.name, ()):
            if isinstance(binding.expression, code.Call) and not binding.place:
                values = self.ask.values(binding.where, binding.expression.function)
                if any(v.kind == "class" for v in values):
                    yield binding.where, binding.expression

    def _elements(self, function: str, root: Root) -> Iterator[Place]:
        """What was put into the collection at `root`, as `function` would tell it."""
        where = self.ask.index.modules.get(root.owner) if root.kind is RootKind.GLOBAL else root.owner
        if root.kind not in (RootKind.GLOBAL, RootKind.LOCAL) or where is None or where not in self.ask.index.scopes:
            return
        for binding in self.ask.index.scopes[where].get(root.name, ()):
            if binding.kind == "value" and binding.expression is not None and not binding.place:
                for held in self.elements(binding.where, binding.expression, self.around):
                    ours = binding.where == function and held.root.kind is not RootKind.ITEM
                    if held.root.kind not in _RELATIVE or ours:
                        yield held
        path = self.ask.index.functions[where].path
        for store in self.ask.index.stored_by_name.get((path, root.name), ()):
            if self.ask.index.scope_of(store.where, root.name) == where and not store.many:
                # how deep in it they lie is not known: what belongs to one call is no other name of the first level
                held_there = self.places(store.where, store.value, self.around)
                yield from (held for held in held_there if held.root.kind not in _RELATIVE)
