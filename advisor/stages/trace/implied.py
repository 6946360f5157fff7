"""Implied: the special methods that the syntax of an expression has Python run, each of one of its parts."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

from advisor.model import code

Run: TypeAlias = tuple[code.Expr, str]  # of what, which method

OPERATORS = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "@": "matmul", "**": "pow",
    "|": "or", "&": "and", "^": "xor", "<<": "lshift", ">>": "rshift",
}  # fmt: skip
_COMPARES = {  # of the left and, where that does not know, of the right operand
    "==": ("__eq__", "__eq__"),
    "!=": ("__ne__", "__ne__"),
    "<": ("__lt__", "__gt__"),
    ">": ("__gt__", "__lt__"),
    "<=": ("__le__", "__ge__"),
    ">=": ("__ge__", "__le__"),
}
_UNARY = {"-": "__neg__", "+": "__pos__", "~": "__invert__", "not": "__bool__"}
_WALKED = ("__iter__", "__next__")


def runs(expression: code.Expr) -> Iterator[Run]:
    """The special methods that evaluating `expression` itself may run, without those of the parts of its parts."""
    match expression:
        case code.Operation(operator=operator, operands=operands):
            yield from _operated(operator, operands)
        case code.Subscript(value=value, index=index):
            yield value, "__getitem__"
            yield value, "__missing__"
            yield index, "__hash__"
        case code.Text(parts=parts):
            yield from ((part, "__format__") for part in parts)
        case code.Display(kind=kind, items=items):
            plain = not any(isinstance(item, code.Starred) for item in items)
            keys = items[::2] if kind == "dict" and plain else items if kind == "set" else ()
            yield from ((key, "__hash__") for key in keys)
        case code.Comprehension(kind="set", element=element):
            yield element, "__hash__"
        case code.Comprehension(kind="dict", element=code.Display(items=(key, _))):
            yield key, "__hash__"
        case code.Starred(value=value):
            yield from ((value, method) for method in _WALKED)


def tested(test: code.Expr) -> Iterator[Run]:
    """What asking whether it is true runs."""
    yield test, "__bool__"


def unpacked(value: code.Expr) -> Iterator[Run]:
    """What giving its elements to several names runs."""
    yield from ((value, method) for method in _WALKED)


def _operated(operator: str, operands: tuple[code.Expr, ...]) -> Iterator[Run]:
    if len(operands) == 1:
        if operator in _UNARY:
            yield operands[0], _UNARY[operator]
    elif operator == "if":
        yield from tested(operands[1])
    elif operator in ("and", "or"):
        for operand in operands[:-1]:
            yield from tested(operand)
    elif operator in OPERATORS:
        name = OPERATORS[operator]
        yield from ((operand, f"__{name}__") for operand in operands[:2])
        yield operands[-1], f"__r{name}__"
        if operator == "%" and _is_text(operands[0]):
            yield from ((part, "__str__") for part in _filled_in(operands[1]))
    elif operator in ("in", "not in"):
        item, container = operands
        yield container, "__contains__"
        yield item, "__hash__"
        yield item, "__eq__"
    else:
        for compare, (left, right) in zip(operator.split(" "), pairwise(operands), strict=False):
            if compare in _COMPARES:
                yield from zip((left, right), _COMPARES[compare], strict=True)


def _is_text(expression: code.Expr) -> bool:
    return isinstance(expression, code.Text) or (isinstance(expression, code.Literal) and expression.kind == "str")


def _filled_in(value: code.Expr) -> tuple[code.Expr, ...]:
    return value.items if isinstance(value, code.Display) and value.kind == "tuple" else (value,)
