"""Elements: what iterating over a value, unpacking it or entering it as a context gives."""

from __future__ import annotations

from advisor.model import code
from advisor.model.program import NOTHING, Value, Values
from advisor.stages.link.ask import Ask, container, in_order, object_of, union

CONTEXT = "context"  # the container that a context manager is, holding what `as` binds
_MAPPINGS = frozenset(["builtins.dict", "collections.defaultdict", "collections.OrderedDict", CONTEXT])
_NAMED_TUPLE = "typing.NamedTuple"


def elements(ask: Ask, value: Value) -> Values:
    """What iterating over `value` gives."""
    match value.kind:
        case "container":
            return NOTHING if value.name in _MAPPINGS else frozenset(value.args)
        case "row":
            return union(frozenset(place.args) for place in value.args)
        case "object":
            known = ask.catalog.object(value.name)
            return frozenset({object_of(known.yields)}) if known is not None and known.yields else NOTHING
        case "instance" | "some":
            return _iterated(ask, value)
        case "many":
            return frozenset({value})
    return NOTHING


def contents(ask: Ask, value: Value) -> Values:
    """What a container holds: its elements, for a mapping its values."""
    return frozenset(value.args) if value.kind == "container" else elements(ask, value)


def _iterated(ask: Ask, value: Value) -> Values:
    found: set[Value] = set()
    for method in (*ask.methods(value, "__iter__"), *ask.methods(value, "__aiter__")):
        if ask.index.functions[method].is_generator:
            found |= ask.yielded(method)
            continue
        for iterator in in_order(ask.returned(method)):
            if iterator.kind in ("instance", "some"):
                for step in ("__next__", "__anext__"):
                    found |= union(ask.returned(each) for each in ask.methods(iterator, step))
            else:
                found |= elements(ask, iterator)
    if not found and _NAMED_TUPLE in ask.lineage(value.name)[1]:
        found |= union(ask.promised(*place) for place in ask.index.classes[value.name].annotated.values())
    return frozenset(found)


def unpacked(ask: Ask, value: Value, position: int) -> Values:
    """What `position` of an unpacked `value` gives; -1 for a starred place."""
    if position == -1:
        return frozenset({container("builtins.list", elements(ask, value))})
    if value.kind == "row":
        return frozenset(value.args[position].args) if position < len(value.args) else NOTHING
    if value.kind in ("instance", "some") and _NAMED_TUPLE in ask.lineage(value.name)[1]:
        fields = list(ask.index.classes[value.name].annotated.values())
        return ask.promised(*fields[position]) if position < len(fields) else NOTHING
    return elements(ask, value)


def entered(ask: Ask, value: Value, function: str, expression: code.Expr) -> Values:
    """What `with expression as …` binds, where `expression` may be `value`."""
    match value.kind:
        case "container" if value.name == CONTEXT:
            return frozenset(value.args)
        case "awaitable":
            return frozenset(value.args)
        case "instance" | "some":
            methods = (*ask.methods(value, "__enter__"), *ask.methods(value, "__aenter__"))
            return union(ask.returned(method) for method in methods) if methods else frozenset({value})
    if isinstance(expression, code.Call):
        for called in sorted(ask.values(function, expression.function)):
            entry = ask.catalog.call(called.name) if called.kind == "external" else None
            if entry is not None and entry[1].enters is not None:
                return frozenset({object_of(entry[1].enters)})
    return frozenset({value})
