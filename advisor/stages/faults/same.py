"""Same: the places of the object that an expression names, wherever the program names it, also across what hands it to a worker."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.program import Target
from advisor.model.state import Place, Places, Root, RootKind
from advisor.questions import pools
from advisor.questions.calls import argument
from advisor.stages.faults.sight import Sight

_FARTHEST = 3  # functions through which an object is handed on


def places_of(sight: Sight, function: str, expression: code.Expr, steps: int = _FARTHEST) -> Places:
    """The places that mean the same wherever they are told: variables of a function, globals, attributes of an object."""
    objects = sight.program.objects
    found = set(objects.places(function, expression)) or set(_variable(sight, function, expression))
    for place in sorted(found):
        found.update(objects.aliases(function, place))
        if place.root.kind is RootKind.PARAM and not place.path and steps:
            for caller, given in _given(sight, function, place.root):
                found.update(places_of(sight, caller, given, steps - 1))
    return frozenset(_of_class(sight, function, p) for p in found if p.root.kind is not RootKind.PARAM)


def _of_class(sight: Sight, function: str, place: Place) -> Place:
    """An attribute of `self` with the class whose it is: each class has its own `self.pool`."""
    owner = sight.program.functions[function].owner
    if place.root.kind is not RootKind.SELF or owner is None:
        return place
    return Place(Root(RootKind.SELF, place.root.name, owner), place.path)


def _variable(sight: Sight, function: str, expression: code.Expr) -> Iterator[Place]:
    """The variable that holds an object which the function made itself."""
    home = sight.program.objects.home(function, expression.id) if isinstance(expression, code.Name) else None
    if home is not None and isinstance(expression, code.Name) and not sight.program.functions[home].is_module:
        yield Place(Root(RootKind.LOCAL, expression.id, home))


def _given(sight: Sight, function: str, root: Root) -> Iterator[tuple[str, code.Expr]]:
    """What those who hand a function to a pool, thread or process, give it for a parameter."""
    for caller, call, target in sight.handing(function):
        found = pools.passed(sight.program, sight.catalog, caller, call, target, root.index)
        if found is not None and not found[1]:
            yield caller, found[0]
        elif found is None and (by_name := _by_keyword(sight, call, target, root)) is not None:
            yield caller, by_name


def _by_keyword(sight: Sight, call: code.Call, target: Target, root: Root) -> code.Expr | None:
    name = sight.program.functions[target.name].parameters[root.index].name
    given = argument(call, name)
    if given is not None:
        return given
    named = argument(call, "kwargs")
    items = named.items if isinstance(named, code.Display) and named.kind == "dict" else ()
    pairs = zip(items[::2], items[1::2], strict=False)
    return next((value for key, value in pairs if isinstance(key, code.Literal) and key.value == name), None)
