"""Repeats: which of the values that a loop walks come more than once, where the source writes them out."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.model import code
from advisor.model.tree import bound_names
from advisor.stages.link.ask import Ask
from advisor.stages.link.parameters import argument

_FARTHEST = 5  # names and calls between the loop and the values
_MOST_CALLERS = 6
_SAME_ELEMENTS = frozenset("list tuple sorted reversed iter filter deque".split())
_AGAIN = frozenset("cycle repeat choices".split())


def repeated_names(
    ask: Ask, function: str, target: code.Expr, iterable: code.Expr, depth: int = _FARTHEST
) -> frozenset[str]:
    """The names of `target` that get one value several times; names of which nothing is written out count as getting another each time."""
    if not depth:
        return frozenset()
    match iterable:
        case code.Display(kind="list" | "tuple", items=items):
            return _among(target, items)
        case code.Operation(operator="*", operands=operands):
            many = any(isinstance(o, code.Display) and o.items for o in operands)
            return frozenset(bound_names(target)) if many else frozenset()
        case code.Operation(operator="+", operands=operands):
            written = [item for o in operands if isinstance(o, code.Display) for item in o.items]
            return _among(target, written).union(
                *(repeated_names(ask, function, target, o, depth - 1) for o in operands)
            )
        case code.Call(arguments=arguments):
            return _of_call(ask, function, target, iterable, arguments, depth)
        case code.Comprehension(kind="list" | "generator", element=element, clauses=(clause,)):
            again = repeated_names(ask, function, clause.target, clause.iterable, depth - 1)
            own = frozenset(bound_names(clause.target))
            looked_up = isinstance(element, code.Subscript)  # several keys may lead to one thing
            fixed = isinstance(element, code.Name) and element.id not in own
            alias = isinstance(element, code.Name) and element.id in again
            return frozenset(bound_names(target)) if looked_up or fixed or alias else frozenset()
        case code.Name(id=name):
            return _of_name(ask, function, target, name, depth - 1)
    return frozenset()


def _of_call(
    ask: Ask, function: str, target: code.Expr, call: code.Call, arguments: tuple[code.Expr, ...], depth: int
) -> frozenset[str]:
    last = call.function.id if isinstance(call.function, code.Name) else getattr(call.function, "name", "")
    parts = target.items if isinstance(target, code.Display) else ()
    if last in _AGAIN and arguments:
        return frozenset(bound_names(target))
    if last == "enumerate" and arguments and len(parts) == 2:
        return repeated_names(ask, function, parts[1], arguments[0], depth - 1)
    if last == "zip" and len(parts) == len(arguments):
        columns = zip(parts, arguments, strict=True)
        return frozenset().union(*(repeated_names(ask, function, part, column, depth - 1) for part, column in columns))
    if last in _SAME_ELEMENTS and arguments:
        return repeated_names(ask, function, target, arguments[-1 if last == "filter" else 0], depth - 1)
    return frozenset()


def _of_name(ask: Ask, function: str, target: code.Expr, name: str, depth: int) -> frozenset[str]:
    home = ask.index.scope_of(function, name)
    found: frozenset[str] = frozenset()
    for binding in ask.index.scopes[home].get(name, ()) if home is not None else ():
        if binding.kind == "value" and not binding.place and binding.expression is not None:
            found |= repeated_names(ask, binding.where, target, binding.expression, depth)
        elif binding.kind == "parameter":
            for caller, call in ask.callers(binding.where)[:_MOST_CALLERS]:
                given = argument(ask, binding.where, call, binding.position)
                if given is not None:
                    found |= repeated_names(ask, caller, target, given, depth)
    return found


def _among(target: code.Expr, items: Iterable[code.Expr]) -> frozenset[str]:
    """The names that get one value several times when `target` walks `items`."""
    rows = [item for item in items if not isinstance(item, code.Starred)]
    if isinstance(target, code.Name):
        known = [row for row in rows if isinstance(row, code.Literal | code.Name)]
        return frozenset({target.id}) if len(set(known)) < len(known) else frozenset()
    if not isinstance(target, code.Display):
        return frozenset()
    found: frozenset[str] = frozenset()
    for position, part in enumerate(target.items):
        column = [row.items[position] for row in rows if isinstance(row, code.Display) and position < len(row.items)]
        found |= _among(part, column)
    return found
