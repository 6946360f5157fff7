"""Written: the values that a loop walks, where the source writes them out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.model import code
from advisor.model.program import Rows
from advisor.model.tree import bound_names
from advisor.stages.link.ask import Ask
from advisor.stages.link.parameters import argument

_FARTHEST = 5  # names and calls between the loop and the values
_MOST_CALLERS = 6
_SAME_ELEMENTS = frozenset("list tuple sorted reversed iter filter deque".split())
_AGAIN = frozenset("cycle repeat choices".split())
_ONE = code.Name("")  # a value that comes again, whatever it is


def written_rows(
    ask: Ask, function: str, target: code.Expr, iterable: code.Expr, depth: int = _FARTHEST
) -> Iterator[Rows]:
    """What the names of `target` are bound to, one row for each value that is written out; apart for each collection that
    the loop may walk. Of values that come again and again there are two equal rows."""
    if not depth:
        return
    match iterable:
        case code.Display(kind="dict", items=items) if not any(isinstance(i, code.Starred) for i in items):
            yield _rows(target, items[::2])
        case code.Display(kind="list" | "tuple", items=items):
            yield _rows(target, items)
        case code.Operation(operator="*", operands=operands):
            if any(isinstance(o, code.Display) and o.items for o in operands):
                yield _again(target)
        case code.Operation(operator="+", operands=operands):
            yield _rows(target, [item for o in operands if isinstance(o, code.Display) for item in o.items])
            for operand in operands:
                yield from written_rows(ask, function, target, operand, depth - 1)
        case code.Call():
            yield from _of_call(ask, function, target, iterable, depth - 1)
        case code.Comprehension(kind="list" | "generator", element=element, clauses=(clause,)):
            yield from _of_comprehension(ask, function, target, element, clause, depth - 1)
        case code.Name(id=name):
            yield from _of_name(ask, function, target, name, depth - 1)


def _of_call(ask: Ask, function: str, target: code.Expr, call: code.Call, depth: int) -> Iterator[Rows]:
    arguments = call.arguments
    parts = target.items if isinstance(target, code.Display) else ()
    match call.function:
        case code.Attribute(value=code.Name() | code.Display() as held, name="items") if len(parts) == 2:
            yield from _entries(ask, function, parts, held)
            return
        case code.Attribute(name=last) | code.Name(id=last):
            pass
        case _:
            return
    if last in _AGAIN and arguments:
        yield _again(target)
    elif last == "enumerate" and arguments and len(parts) == 2:
        yield from written_rows(ask, function, parts[1], arguments[0], depth)
    elif last == "zip" and len(parts) == len(arguments):
        columns = [
            tuple(written_rows(ask, function, part, column, depth))
            for part, column in zip(parts, arguments, strict=True)
        ]
        for walks in columns:
            yield from walks
        if all(len(walks) == 1 for walks in columns):
            together = zip(*(walks[0] for walks in columns), strict=False)
            yield tuple({name: value for part in row for name, value in part.items()} for row in together)
    elif last in _SAME_ELEMENTS and arguments:
        yield from written_rows(ask, function, target, arguments[-1 if last == "filter" else 0], depth)


def _entries(ask: Ask, function: str, parts: tuple[code.Expr, ...], held: code.Expr) -> Iterator[Rows]:
    """The entries of a dict, key and value."""
    displays = [held] if isinstance(held, code.Display) else []
    if isinstance(held, code.Name):
        home = ask.index.scope_of(function, held.id)
        bindings = ask.index.scopes[home].get(held.id, ()) if home is not None else ()
        displays = [b.expression for b in bindings if b.kind == "value" and isinstance(b.expression, code.Display)]
    for display in displays:
        if display.kind == "dict" and not any(isinstance(item, code.Starred) for item in display.items):
            pairs = zip(display.items[::2], display.items[1::2], strict=True)
            yield _rows(code.Display("tuple", parts), [code.Display("tuple", pair) for pair in pairs])


def _of_comprehension(
    ask: Ask, function: str, target: code.Expr, element: code.Expr, clause: code.Clause, depth: int
) -> Iterator[Rows]:
    own = frozenset(bound_names(clause.target))
    looked_up = isinstance(element, code.Subscript)  # several keys may lead to one thing
    fixed = isinstance(element, code.Name) and element.id not in own
    if looked_up or fixed:
        yield _again(target)
    elif isinstance(element, code.Name):
        for rows in written_rows(ask, function, clause.target, clause.iterable, depth):
            yield _rows(target, [row[element.id] for row in rows if element.id in row])


def _of_name(ask: Ask, function: str, target: code.Expr, name: str, depth: int) -> Iterator[Rows]:
    home = ask.index.scope_of(function, name)
    for binding in ask.index.scopes[home].get(name, ()) if home is not None else ():
        if binding.kind == "value" and not binding.place and binding.expression is not None:
            yield from written_rows(ask, binding.where, target, binding.expression, depth)
        elif binding.kind == "parameter":
            for caller, call in ask.callers(binding.where)[:_MOST_CALLERS]:
                given = argument(ask, binding.where, call, binding.position)
                if given is not None:
                    yield from written_rows(ask, caller, target, given, depth)


def _rows(target: code.Expr, items: Iterable[code.Expr]) -> Rows:
    return tuple(dict(_bound(target, item)) for item in items if not isinstance(item, code.Starred))


def _again(target: code.Expr) -> Rows:
    return (dict.fromkeys(bound_names(target), _ONE),) * 2


def _bound(target: code.Expr, item: code.Expr) -> Iterator[tuple[str, code.Expr]]:
    match target, item:
        case code.Name(id=name), _:
            yield name, item
        case code.Display(items=parts), code.Display(items=values):
            for part, value in zip(parts, values, strict=False):
                yield from _bound(part, value)
