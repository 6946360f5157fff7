"""Expressions: what each kind of expression may be, from what its parts may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from advisor.model import code
from advisor.model.program import NOTHING, Value, Values
from advisor.stages.link.ask import Ask, awaited, container, few, in_order, object_of, some_of, union
from advisor.stages.link.elements import elements
from advisor.stages.link.results import result

_LITERALS = {
    kind: frozenset({object_of(f"builtins.{kind}")}) for kind in ("int", "float", "complex", "bool", "str", "bytes")
}
_TRUTH = frozenset(("not", "in", "not in", "is", "is not", "<", ">", "==", "!=", "<=", ">="))
_WIDEST = 20  # places of a tuple that are told apart


def evaluate(ask: Ask, function: str, expression: code.Expr) -> Values:
    """What `expression`, written in `function`, may be."""
    evaluated = _KINDS.get(type(expression))
    return NOTHING if evaluated is None else few(evaluated(ask, function, expression))


def literal(expression: code.Literal) -> Values:
    return _LITERALS.get(expression.kind, NOTHING)


def _text(_ask: Ask, _function: str, _expression: code.Text) -> Values:
    return _LITERALS["str"]


def _attribute(ask: Ask, function: str, expression: code.Attribute) -> Values:
    return union(ask.attribute(owner, expression.name) for owner in in_order(ask.values(function, expression.value)))


def _call(ask: Ask, function: str, expression: code.Call) -> Values:
    return union(
        result(ask, called, function, expression) for called in in_order(ask.values(function, expression.function))
    )


def _await(ask: Ask, function: str, expression: code.Await) -> Values:
    return union(awaited(v) for v in in_order(ask.values(function, expression.value)))


def _inner(ask: Ask, function: str, expression: code.Walrus | code.Starred) -> Values:
    return ask.values(function, expression.value)


def _lambda(ask: Ask, _function: str, expression: code.Lambda) -> Values:
    known = ask.index.by_node.get(id(expression))
    return NOTHING if known is None else frozenset({Value("function", known)})


def _display(ask: Ask, function: str, expression: code.Display) -> Values:
    kind, items = expression.kind, expression.items
    if kind == "tuple" and not any(isinstance(item, code.Starred) for item in items):
        return frozenset({Value("row", "", tuple(some_of(ask.values(function, item)) for item in items[:_WIDEST]))})
    plain = [item for item in items if not isinstance(item, code.Starred)]
    inside = union(ask.values(function, item) for item in (plain[1::2] if kind == "dict" else plain))
    for item in items:
        if isinstance(item, code.Starred):
            others = ask.values(function, item.value)
            inside |= union(frozenset(v.args) if v.kind == "container" else elements(ask, v) for v in others)
    return frozenset({container(f"builtins.{kind}", inside)})


def _comprehension(ask: Ask, function: str, expression: code.Comprehension) -> Values:
    kind, element = expression.kind, expression.element
    made = element.items[1] if kind == "dict" and isinstance(element, code.Display) else element
    name = kind if kind == "generator" else f"builtins.{kind}"
    return frozenset({container(name, ask.values(function, made))})


def _operation(ask: Ask, function: str, expression: code.Operation) -> Values:
    operator, operands = expression.operator, expression.operands
    if operator in ("and", "or"):
        return union(ask.values(function, operand) for operand in operands)
    if operator == "if":
        return ask.values(function, operands[0]) | ask.values(function, operands[-1])
    if operator in _TRUTH:
        return _LITERALS["bool"]
    if operator == "slice" or not operands:
        return NOTHING
    telling = [operand for operand in operands[:2] if not isinstance(operand, code.Literal)] or operands[:1]
    return union(ask.values(function, operand) for operand in telling)


def _subscript(ask: Ask, function: str, expression: code.Subscript) -> Values:
    index = expression.index
    owners = ask.values(function, expression.value)
    if isinstance(index, code.Operation) and index.operator == "slice":
        return owners
    return union(_item(ask, owner, index) for owner in in_order(owners))


def _item(ask: Ask, owner: Value, index: code.Expr) -> Values:
    match owner.kind:
        case "row":
            place = _place(index)
            if place is None:
                return elements(ask, owner)
            return frozenset(owner.args[place].args) if -len(owner.args) <= place < len(owner.args) else NOTHING
        case "container":
            return frozenset(owner.args)
        case "instance" | "some":
            return union(ask.returned(method) for method in ask.methods(owner, "__getitem__"))
        case "object":
            entry = ask.catalog.call(f"{owner.name}.__getitem__")
            if entry is not None and entry[1].returns is not None:
                return frozenset({object_of(ask.catalog.canonical(entry[1].returns))})
            return elements(ask, owner)
        case "class" | "external" | "many":
            return frozenset({owner})  # a generic: `Box[int]`
    return NOTHING


def _place(index: code.Expr) -> int | None:
    match index:
        case code.Literal(kind="int", value=int() as place):
            return place
        case code.Operation(operator="-", operands=(code.Literal(kind="int", value=int() as place),)):
            return -place
    return None


_KINDS: dict[type, Callable[[Ask, str, Any], Values]] = {
    code.Text: _text,
    code.Attribute: _attribute,
    code.Call: _call,
    code.Await: _await,
    code.Subscript: _subscript,
    code.Display: _display,
    code.Operation: _operation,
    code.Comprehension: _comprehension,
    code.Lambda: _lambda,
    code.Walrus: _inner,
    code.Starred: _inner,
}
