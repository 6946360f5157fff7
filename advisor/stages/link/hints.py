"""Annotations: the instances that a type expression promises, quoted or not."""

from __future__ import annotations

import ast
import functools

from advisor.model import code, tree
from advisor.model.program import NOTHING, Value, Values
from advisor.stages.link.ask import PLACES, Ask, awaitable, container, in_order, instances, some_of, union

_TRANSPARENT = frozenset("Optional Union Final ClassVar Required NotRequired ReadOnly InitVar".split())
_LISTS = frozenset(
    """
    list List set Set frozenset FrozenSet Iterable Iterator Sequence MutableSequence Collection Generator AsyncIterator
    AsyncIterable AsyncGenerator deque Deque KeysView AbstractSet MutableSet
    """.split()
)
_MAPPINGS = frozenset("dict Dict Mapping MutableMapping defaultdict DefaultDict OrderedDict".split())
_FILLING = dict.fromkeys(("defaultdict", "DefaultDict"), "collections.defaultdict")
_OF_A_POOL = "concurrent.futures.Future"
_AWAITABLES = frozenset("Awaitable Coroutine Task Future".split())
_SAY_NOTHING = frozenset(["builtins.object", "typing.Any", "typing.Callable", "collections.abc.Callable"])
_LONGEST = 200


def promised(ask: Ask, function: str, annotation: code.Expr) -> Values:
    """The instances that `annotation`, written in `function`, promises; nothing for `Any` and what says as little."""
    match annotation:
        case code.Literal(kind="str", value=str(text)):
            parsed = _parsed(text)
            return NOTHING if parsed is None else ask.promised(function, parsed)
        case code.Operation(operator="|", operands=operands):
            return union(ask.promised(function, operand) for operand in operands)
        case code.Subscript(value=value, index=index):
            inner = index.items if isinstance(index, code.Display) else (index,)
            return _generic(ask, function, value, inner)
        case code.Name(id=name):
            return _alias(ask, function, name) or _named(ask, function, annotation)
        case code.Attribute():
            return _named(ask, function, annotation)
    return NOTHING


def _named(ask: Ask, function: str, annotation: code.Expr) -> Values:
    if (tree.dotted(annotation) or "").rpartition(".")[2] == "Self":
        owner = owner_of(ask, function)
        return frozenset({Value("some", owner)}) if owner else NOTHING
    found = ask.values(function, annotation)
    return union(instances(_class_of(ask, v)) for v in found if v.name not in _SAY_NOTHING)


def _class_of(ask: Ask, value: Value) -> Value:
    """The class that is meant where an annotation names what makes its objects, as `multiprocessing.Queue` does."""
    known = (
        ask.catalog.call(value.name) if value.kind == "external" and ask.catalog.object(value.name) is None else None
    )
    made = None if known is None else known[1].returns
    same = made is not None and made.rpartition(".")[2] == value.name.rpartition(".")[2]
    return Value("external", made) if same and made is not None else value


def _alias(ask: Ask, function: str, name: str) -> Values:
    """`Clients = list[Client]` and `T = TypeVar("T", bound=Client)`: what the name stands for."""
    home = ask.index.scope_of(function, name)
    bindings = ask.index.scopes[home][name] if home is not None else []
    if len(bindings) != 1 or bindings[0].kind != "value":
        return NOTHING
    match bindings[0].expression:
        case code.Subscript() | code.Operation(operator="|") as meant:
            return ask.promised(bindings[0].where, meant)
        case code.Call(function=code.Name(id="TypeVar") | code.Attribute(name="TypeVar"), keywords=keywords):
            return union(ask.promised(bindings[0].where, k.value) for k in keywords if k.name == "bound")
    return NOTHING


def _generic(ask: Ask, function: str, value: code.Expr, inner: tuple[code.Expr, ...]) -> Values:
    outer = (tree.dotted(value) or "").rpartition(".")[2]
    if outer in _TRANSPARENT:
        return union(ask.promised(function, item) for item in inner)
    if outer == "Annotated":
        return ask.promised(function, inner[0])
    if outer in ("type", "Type"):
        made = union(ask.promised(function, item) for item in inner)
        return frozenset(
            Value("class", v.name, (v,)) if v.kind == "some" else Value("external", v.name)
            for v in in_order(made)
            if v.kind in ("some", "object")
        )
    if outer in ("tuple", "Tuple"):
        return _tuple(ask, function, inner)
    if outer in _LISTS:
        return frozenset({container("builtins.list", ask.promised(function, inner[0]))})
    if outer in _MAPPINGS:
        return frozenset(
            {
                container(
                    _FILLING.get(outer, "builtins.dict"), union(ask.promised(function, item) for item in inner[1:2])
                )
            }
        )
    if outer == "Future" and any(v.name == _OF_A_POOL for v in ask.values(function, value)):
        return frozenset({Value("future", "", some_of(ask.promised(function, inner[-1])).args)})
    if outer in _AWAITABLES:
        return frozenset({awaitable(ask.promised(function, inner[-1]))})
    return ask.promised(function, value)


def _tuple(ask: Ask, function: str, inner: tuple[code.Expr, ...]) -> Values:
    if len(inner) == 2 and isinstance(inner[1], code.Literal) and inner[1].kind == "ellipsis":
        return frozenset({container("builtins.tuple", ask.promised(function, inner[0]))})
    return frozenset({Value("row", "", tuple(some_of(ask.promised(function, item)) for item in inner[:PLACES]))})


def owner_of(ask: Ask, function: str) -> str | None:
    """The class around `function`, if any."""
    where: str | None = function
    while where is not None:
        info = ask.index.functions[where]
        if info.owner is not None:
            return info.owner
        where = info.parent
    return None


# ---- quoted annotations


@functools.cache  # answers are remembered by node identity: one text, one node
def _parsed(text: str) -> code.Expr | None:
    """A quoted annotation as an expression."""
    if len(text) > _LONGEST:
        return None
    try:
        return _translated(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _translated(node: ast.expr) -> code.Expr | None:
    match node:
        case ast.Name(id=name):
            return code.Name(name)
        case ast.Attribute(value=value, attr=name):
            owner = _translated(value)
            return None if owner is None else code.Attribute(owner, name)
        case ast.Subscript(value=value, slice=index):
            owner, inside = _translated(value), _translated(index)
            return None if owner is None or inside is None else code.Subscript(owner, inside)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            sides = [side for side in (_translated(left), _translated(right)) if side is not None]
            return code.Operation("|", tuple(sides))
        case ast.Tuple(elts=items):
            inner = [_translated(item) or code.Literal("none", None) for item in items]
            return code.Display("tuple", tuple(inner))
        case ast.Constant(value=str(text)):
            return code.Literal("str", text, len(text))
        case ast.Constant(value=None):
            return code.Literal("none", None)
        case ast.Constant():
            return code.Literal("ellipsis", None)
    return None
