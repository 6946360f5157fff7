"""Held: what an object that is made here keeps of what it was given, `Box(rows).held`: the rows are others' as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from advisor.model import code
from advisor.model.program import Target, Value
from advisor.model.state import Frame, Place, Places, RootKind
from advisor.model.tree import dotted
from advisor.stages.link.ask import Ask, in_order

_BUILDS = ("__init__", "__post_init__")
_LASTING = frozenset({RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT})


class Known(Protocol):
    """What is asked of the places of other expressions."""

    ask: Ask

    def places(self, function: str, expression: code.Expr, frame: Frame | None = None) -> Places: ...

    def translate(
        self, function: str, call: code.Call, target: Target, place: Place, frame: Frame | None
    ) -> Places: ...

    def home(self, function: str, name: str) -> str | None: ...


def held(known: Known, function: str, value: code.Expr, name: str, frame: Frame | None) -> Iterator[Place]:
    """The places of what the object `value`, which `function` makes, has in its attribute `name` since it was made."""
    for call in _makers(known, function, value, frame):
        for made in in_order(known.ask.values(function, call.function)):
            if made.kind == "class":
                yield from _given(known, function, call, made.name, name, frame)
    for store in known.ask.index.set_from_outside.get(name, ()) if isinstance(value, code.Name) else ():
        if store.where == function and store.receiver == value and not store.place:
            yield from known.places(function, store.value, frame)


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


def _given(known: Known, function: str, call: code.Call, cls: str, name: str, frame: Frame | None) -> Iterator[Place]:
    index = known.ask.index
    called = [m for build in _BUILDS for m in known.ask.methods(Value("instance", cls), build)]
    for each in known.ask.lineage(cls)[0]:
        for binding in index.attributes.get(each, {}).get(name, ()):
            info = index.functions[binding.where]
            if binding.expression is None or binding.place or info.name.rpartition(".")[2] not in _BUILDS:
                continue
            for place in known.places(binding.where, binding.expression):
                if place.root.kind is RootKind.PARAM:
                    yield from _handed_up(known, function, call, called, binding.where, place, frame)
                elif place.root.kind in _LASTING:
                    yield place
    if not called:
        field = _field(known.ask, call, cls, name)
        yield from known.places(function, field, frame) if field is not None else ()


def _handed_up(
    known: Known, function: str, call: code.Call, called: list[str], builder: str, place: Place, frame: Frame | None
) -> Iterator[Place]:
    """What `call` passes for a parameter of `builder`, which it runs itself or by way of `super().__init__(…)`."""
    for method in called:
        if method == builder:
            yield from known.translate(function, call, Target("function", builder), place, frame)
            continue
        for inner in known.ask.index.calls.get("__init__", ()):
            if inner[0] == method and _is_super(inner[1]):
                for given in known.translate(method, inner[1], Target("function", builder), place, None):
                    if given.root.kind is RootKind.PARAM:
                        yield from known.translate(function, call, Target("function", method), given, frame)
                    elif given.root.kind in _LASTING:
                        yield given


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
