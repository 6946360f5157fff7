"""Held: what an object that is made here keeps of what it was given, `Box(rows).held`: the rows are others' as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from advisor.model import code
from advisor.model.program import Target, Value
from advisor.model.state import Frame, Place, Places, RootKind
from advisor.model.tree import dotted
from advisor.stages.link.ask import Ask, in_order
from advisor.stages.link.parameters import argument

_BUILDS = ("__init__", "__post_init__")
_LASTING = frozenset({RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT})
_DEEPEST = 3  # objects that hold one another
Path = tuple[str, ...]


class Known(Protocol):
    """What is asked of the places of other expressions."""

    ask: Ask

    def places(self, function: str, expression: code.Expr, frame: Frame | None = None) -> Places: ...

    def translate(
        self, function: str, call: code.Call, target: Target, place: Place, frame: Frame | None
    ) -> Places: ...

    def home(self, function: str, name: str) -> str | None: ...


def held(
    known: Known, function: str, value: code.Expr, path: Path, frame: Frame | None, depth: int = _DEEPEST
) -> Iterator[Place]:
    """The places that `path` leads to from the object `value`, which `function` makes: what it was given, or is set since."""
    value, path = root_of(value, path)
    if not depth:
        return
    for call in _makers(known, function, value, frame):
        for made in in_order(known.ask.values(function, call.function)):
            if made.kind == "class":
                yield from _given(known, function, call, made.name, path, frame, depth)
    for store in known.ask.index.set_from_outside.get(path[0], ()) if isinstance(value, code.Name) else ():
        if store.where == function and store.receiver == value and not store.place:
            yield from _below(known, function, store.value, path[1:], frame, depth)


def root_of(value: code.Expr, path: Path) -> tuple[code.Expr, Path]:
    """The expression at the beginning of a chain of attributes, and the path from there: `box` and `lid.hinge`."""
    match value:
        case code.Attribute(value=inner, name=name):
            return root_of(inner, (name, *path))
    return value, path


def _below(
    known: Known, function: str, kept: code.Expr, rest: Path, frame: Frame | None, depth: int
) -> Iterator[Place]:
    """Where `rest` leads from what is kept, which may be made here as well."""
    places = known.places(function, kept, frame)
    if places:
        yield from (place.below(*rest) for place in places)
    elif rest:
        yield from held(known, function, kept, rest, frame, depth - 1)


def _makers(known: Known, function: str, value: code.Expr, frame: Frame | None) -> Iterator[code.Call]:
    """The calls that make the object, as far as it was set to the name as it is."""
    if isinstance(value, code.Call):
        yield value
    elif isinstance(value, code.Name) and known.home(function, value.id) == function:
        private = frame is not None and value.id in frame.private
        for binding in known.ask.index.scopes[function][value.id]:
            within = not private or (frame is not None and id(binding.expression) in frame.inside)
            plain = binding.kind in ("value", "enter") and not binding.place and binding.where == function
            if within and plain and isinstance(binding.expression, code.Call):
                yield binding.expression


def _given(
    known: Known, function: str, call: code.Call, cls: str, path: Path, frame: Frame | None, depth: int
) -> Iterator[Place]:
    index = known.ask.index
    called = [m for build in _BUILDS for m in known.ask.methods(Value("instance", cls), build)]
    for each in known.ask.lineage(cls)[0]:
        for binding in index.attributes.get(each, {}).get(path[0], ()):
            info = index.functions[binding.where]
            if binding.expression is None or binding.place or info.name.rpartition(".")[2] not in _BUILDS:
                continue
            for place in _below(known, binding.where, binding.expression, path[1:], None, depth):
                yield from _handed_up(known, function, call, called, binding.where, place, frame, depth)
    if not called:
        field = _field(known.ask, call, cls, path[0])
        yield from _below(known, function, field, path[1:], frame, depth) if field is not None else ()


def _handed_up(
    known: Known, function: str, call: code.Call, called: list[str], builder: str, place: Place,
    frame: Frame | None, depth: int,
) -> Iterator[Place]:  # fmt: skip
    """A place that `builder` knows, which `call` runs itself or by way of `super().__init__(…)`, as `function` knows it."""
    if place.root.kind in _LASTING:
        yield place
    elif place.root.kind is RootKind.PARAM:
        for method in called:
            if method == builder:
                yield from _passed(known, function, call, builder, place, frame, depth)
                continue
            calls = (c for where, c in known.ask.index.calls.get("__init__", ()) if where == method and _is_super(c))
            for given in (g for inner in calls for g in _passed(known, method, inner, builder, place, None, depth)):
                yield from _handed_up(known, function, call, [method], method, given, frame, depth)


def _passed(
    known: Known, function: str, call: code.Call, builder: str, place: Place, frame: Frame | None, depth: int
) -> Iterator[Place]:
    """A place below a parameter of `builder`, as it is passed to it."""
    found = known.translate(function, call, Target("function", builder), place, frame)
    yield from found
    given = argument(known.ask, builder, call, place.root.index) if not found and place.path else None
    if given is not None:
        yield from held(known, function, given, place.path, frame, depth - 1)


def _is_super(call: code.Call) -> bool:
    match call.function:
        case code.Attribute(value=code.Call(function=code.Name(id="super"))):
            return True
    return False


def _field(ask: Ask, call: code.Call, cls: str, name: str) -> code.Expr | None:
    """What is passed for a field of a data class."""
    classes = [ask.index.classes[each] for each in reversed(ask.lineage(cls)[0])]
    decorators = (d.function if isinstance(d, code.Call) else d for each in classes for d in each.decorators)
    if not any((dotted(each) or "").rpartition(".")[2] == "dataclass" for each in decorators):
        return None
    fields = list(dict.fromkeys(field for each in classes for field in each.annotated))
    if name not in fields:
        return None
    named = next((keyword.value for keyword in call.keywords if keyword.name == name), None)
    position = fields.index(name)
    if named is None and position < len(call.arguments):
        return call.arguments[position]
    return named
