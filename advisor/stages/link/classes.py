"""Classes: what an attribute of a value may be, by the order in which Python looks it up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from advisor.model import code
from advisor.model.program import NOTHING, FunctionInfo, Value, Values
from advisor.stages.link.ask import MOST, PLACES, Ask, Lineage, few, in_order, object_of, union
from advisor.stages.link.index import Binding
from advisor.stages.link.names import bound, dotted, holds, module, replaced, set_to, with_stored

_SAY_NOTHING = frozenset(
    ["builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"]
)
_PROPERTIES = frozenset(
    "property cached_property lazy_property lazyproperty reify hybrid_property abstractproperty".split()
)
_ABSTRACT = frozenset(["abstractmethod", "abstractproperty"])
_FARTHEST = 3  # attributes of attributes of an outside object
_LIKE_CLASSES = frozenset(["instance", "some", "class", "super"])


def attribute(ask: Ask, owner: Value, name: str) -> Values:
    """What `owner.name` may be."""
    kind = owner.kind
    if kind == "external":
        # What the catalog does not know leads nowhere far: `node.next.next.next` ends.
        far = bool(owner.args) and owner.name.count(".") - owner.args[0].name.count(".") >= _FARTHEST
        if far:
            return NOTHING
        return _outside(ask, f"{owner.name}.{name}", owner.args) | replaced(ask, Value(kind, owner.name), name)
    if kind in _LIKE_CLASSES:
        if name == "__class__":
            return frozenset({Value("class", owner.name, (owner,))})
        return ask.member(Value("some", owner.name) if kind == "class" and owner.args else owner, name)
    if kind == "object":
        made_by = ask.catalog.call(owner.name)
        if made_by is not None and made_by[1].keeps is not None:
            return NOTHING  # it is what somebody gave it
        return _outside(ask, f"{owner.name}.{name}", (owner,)) | replaced(ask, Value("external", owner.name), name)
    if kind == "module":
        return ask.module_attribute(owner.name, name)
    if kind == "container":
        return frozenset({Value("external", f"{owner.name}.{name}", (owner,))})
    if kind == "row":
        fields = owner.name.split()
        if name in fields:
            place = fields.index(name)
            return frozenset(owner.args[place].args) if place < len(owner.args) else NOTHING
        return frozenset({Value("external", f"builtins.tuple.{name}", (owner,))})
    if kind == "package":
        return module(ask, owner.args[0].name, f"{owner.name}.{name}")
    if kind == "future":
        return frozenset({Value("external", f"concurrent.futures.Future.{name}", (owner,))})
    if kind == "awaitable":
        return frozenset({Value("external", f"asyncio.Task.{name}", (owner,))})
    if kind == "many":
        return frozenset({owner})
    if kind == "function" and name in ("__wrapped__", "func"):
        return frozenset({owner})
    return NOTHING


def _outside(ask: Ask, name: str, receiver: tuple[Value, ...]) -> Values:
    """Attribute `name` of something outside the project: what the catalog says it holds, else a callable of that name."""
    held = ask.held(name)
    if held is not None:
        listed = ask.catalog.call(name)
        if listed is None or listed[0].endswith(".*"):
            return frozenset({object_of(held)})
    return frozenset({Value("external", name, receiver)})


def member(ask: Ask, owner: Value, name: str) -> Values:
    """What attribute `name` of an instance or class of the project may be."""
    found, settled = _inside(ask, owner, name)
    if owner.kind == "some":
        for below in ask.subclasses(owner.name)[:PLACES]:
            found |= _own(ask, below, name, owner)
    inside, outside = ask.lineage(owner.name)
    if not settled:
        methods = ask.methods(owner, name)
        found |= _as_values(ask, methods)
        found |= _set_from_outside(ask, owner, name)
        if outside and not methods and not any(name in ask.index.attributes[cls] for cls in inside):
            found |= _outside(ask, f"{outside[0]}.{name}", (owner,))
    elif not found:
        found = _set_from_outside(ask, owner, name)
    return few(found)


def _inside(ask: Ask, owner: Value, name: str) -> tuple[Values, bool]:
    """What the first class that tells says, and whether one did."""
    found: Values = NOTHING
    lineage, outside = ask.lineage(owner.name)
    for cls in lineage[1:] if owner.kind == "super" else lineage:
        info = ask.index.classes[cls]
        if name in info.methods:
            replaced = frozenset(v for v in _set_from_outside(ask, owner, name) if v.kind == "function")
            return found | _as_values(ask, ask.methods(owner, name)) | replaced, True
        bindings = ask.index.attributes[cls].get(name, ())
        if bindings and owner.kind == "class" and any(base.startswith("enum.") for base in outside):
            return frozenset({Value("instance", owner.name)}), True
        own = _own(ask, cls, name, owner)
        found |= own
        if (own and name in info.annotated) or any(_tells(binding) for binding in bindings):
            return found, True
    return found, False


def _own(ask: Ask, cls: str, name: str, owner: Value) -> Values:
    """What class `cls` itself, or its methods through `self`, bind to `name`."""
    info = ask.index.classes[cls]
    if name in info.annotated:
        promised = ask.promised(*info.annotated[name])
        if promised:
            return _with_stored(ask, owner, name, promised)
    bindings = ask.index.attributes[cls].get(name, ())[:PLACES]
    return _with_stored(ask, owner, name, union(bound(ask, binding) for binding in bindings)) if bindings else NOTHING


def _tells(binding: Binding) -> bool:
    """Is it more than a first `None` or the like?"""
    return binding.kind != "value" or not (isinstance(binding.expression, code.Literal) or binding.expression is None)


def _with_stored(ask: Ask, owner: Value, name: str, found: Values) -> Values:
    if name not in ask.index.stored_by_attribute or not any(holds(v) for v in found):
        return found
    own = [
        store
        for store in ask.index.stored_by_attribute[name]
        if isinstance(store.receiver, code.Attribute)
        and any(_related(ask, v, owner) for v in in_order(ask.values(store.where, store.receiver.value)))
    ]
    return with_stored(ask, found, own)


def _set_from_outside(ask: Ask, owner: Value, name: str) -> Values:
    return union(
        set_to(ask, store)
        for store in ask.index.set_from_outside.get(name, ())[:PLACES]
        if any(_related(ask, v, owner) for v in in_order(ask.values(store.where, store.receiver)))
    )


def _related(ask: Ask, one: Value, other: Value) -> bool:
    if one.kind not in _LIKE_CLASSES:
        return False
    return one.name == other.name or one.name in ask.lineage(other.name)[0] or other.name in ask.lineage(one.name)[0]


# ---- methods


def methods(ask: Ask, owner: Value, name: str) -> tuple[str, ...]:
    """The project's methods that `owner.name` may run: the first one found, and overrides where `owner` may be of a subclass."""
    lineage = ask.lineage(owner.name)[0]
    first = _first(ask, lineage[1:] if owner.kind == "super" else lineage, name)
    found = [] if first is None else [first]
    if owner.kind == "some" or (owner.kind == "super" and first is None):
        for below in ask.subclasses(owner.name):
            inherited = _first(ask, ask.lineage(below)[0], name) if owner.kind == "some" else None
            if inherited is not None:
                found.append(inherited)  # its own, or that of a mixin before
            elif first is None:  # a mixin: what stands beside it in the subclass
                order = ask.lineage(below)[0]
                beside = order[order.index(owner.name) + 1 :] if owner.name in order else ()
                found += [each for each in [_first(ask, beside, name)] if each is not None]
    concrete = [each for each in found if not _is_abstract(ask.index.functions[each])]
    return tuple(dict.fromkeys(concrete or found))[:MOST]


def _first(ask: Ask, classes: Sequence[str], name: str) -> str | None:
    for cls in classes:
        method = ask.index.classes[cls].methods.get(name)
        if method is not None:
            return method
    return None


def _as_values(ask: Ask, found: Iterable[str]) -> Values:
    """Methods as attributes: the functions, for properties what they return."""
    return union(
        ask.returned(method) if is_property(ask.index.functions[method]) else ask.defined(method) for method in found
    )


def is_property(info: FunctionInfo) -> bool:
    return decorated(info, _PROPERTIES)


def decorated(info: FunctionInfo, names: frozenset[str]) -> bool:
    """Does a decorator of the function have one of these last names?"""
    return any(dotted(d.function if isinstance(d, code.Call) else d) in names for d in info.decorators)


def _is_abstract(info: FunctionInfo) -> bool:
    if decorated(info, _ABSTRACT):
        return True
    match info.body[-1:]:
        case (code.Raise(value=code.Name(id="NotImplementedError")),):
            return len(info.body) < 3
        case (code.Raise(value=code.Call(function=code.Name(id="NotImplementedError"))),):
            return len(info.body) < 3
    return False


# ---- inheritance


def lineage(ask: Ask, cls: str) -> Lineage:
    """The project classes that `cls` inherits from in the order of look-up (itself first), and the outside ones."""
    info = ask.index.classes[cls]
    above: list[Lineage] = []
    bases: list[str] = []
    outside: list[str] = []
    for base in info.bases:
        for value in sorted(ask.values(info.parent, base)):
            if value.kind == "class" and value.name != cls:
                bases.append(value.name)
                above.append(ask.lineage(value.name))
            elif value.kind == "external" and value.name not in _SAY_NOTHING:
                outside.append(value.name)
    beyond = [name for _, outer in above for name in outer]
    inside = _merged(cls, [*(inner for inner, _ in above), tuple(bases)])
    return inside, tuple(dict.fromkeys([*outside, *beyond]))


def _merged(cls: str, orders: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """Python's order (C3): each class before its bases, bases as they are listed; a contradiction is passed over."""
    if len(orders) == 2 and orders[0][:1] == orders[1] and cls not in orders[0]:
        return cls, *orders[0]  # there is one base
    merged: dict[str, None] = {}
    left = [[*reversed(order)] for order in orders if order]  # the next one of each is its last
    behind = Counter(each for order in left for each in order[:-1])
    while left:
        head = next((order[-1] for order in left if not behind[order[-1]]), left[0][-1])
        merged.setdefault(head)
        behind[head] = 0  # where it stands behind others, against the rule, it is passed over
        for order in left:
            while order and order[-1] in merged:
                order.pop()
                if order and order[-1] not in merged:
                    behind[order[-1]] -= 1
        left = [order for order in left if order]
    return cls, *(each for each in merged if each != cls)


def subclasses(lineages: Mapping[str, Lineage]) -> dict[str, tuple[str, ...]]:
    """For each class all those below it, in the order of their ids."""
    below: dict[str, list[str]] = {}
    for cls in sorted(lineages):
        for above in lineages[cls][0][1:]:
            below.setdefault(above, []).append(cls)
    return {cls: tuple(found) for cls, found in below.items()}
