"""Chosen: calls of a function that is picked by a text which is not written out, so that it may be any of its owner."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from advisor.model import code
from advisor.model.catalog import CallEntry, Catalog
from advisor.model.effect import OUTSIDE
from advisor.model.program import Program, Value
from advisor.model.state import State
from advisor.questions.interference import changes_outside

_NAMESPACES = frozenset({"globals", "locals", "vars"})
_DEEPEST = 5  # bases above each other
_OF_THE_PROJECT = frozenset({"instance", "some", "class"})


def family(program: Program, function: str, called: code.Expr) -> tuple[str, ...]:
    """The project's methods that a call of `called`, written in `function`, may run, where a text picks one of them."""
    match _behind(program, function, called):
        case code.Call(function=code.Name(id="getattr"), arguments=(owner, name, *_)) if not _is_told(name):
            kinds = sorted(v for v in program.values(function, owner) if v.kind in _OF_THE_PROJECT)
            found = (m for v in kinds for cls in _below(program, v) for m in _fitting(program, cls, _written(name)))
            return tuple(dict.fromkeys(found))
    return ()


def _below(program: Program, value: Value) -> tuple[str, ...]:
    """The class of an object, and the classes below it where the object may be of one of these."""
    if value.kind != "some":
        return (value.name,)
    return tuple(cls for cls in sorted(program.classes) if value.name in _above(program, cls))


def _above(program: Program, cls: str, depth: int = _DEEPEST) -> Iterator[str]:
    """A class and those of the project that it inherits from."""
    yield cls
    info = program.classes[cls]
    for base in info.bases if depth else ():
        for value in program.values(info.parent, base):
            if value.kind == "class":
                yield from _above(program, value.name, depth - 1)


def _fitting(program: Program, cls: str, written: str) -> Iterator[str]:
    """The methods that a class has under names that begin and end as what is written out does."""
    for each in _above(program, cls):
        yield from (method for name, method in program.classes[each].methods.items() if _fits(name, written))


def _fits(name: str, written: str) -> bool:
    if name.startswith("__") and not written.startswith("__"):
        return False
    ends = range(len(written) + 1)  # where the hole is is not told
    return any(name.startswith(written[:end]) and name.endswith(written[end:]) for end in ends)


def may_leave_a_trace(
    program: Program, catalog: Catalog, function: str, called: code.Expr, known: Callable[[str], State]
) -> bool:
    """May a call of `called`, written in `function`, do something outside the program? `known` tells of the project's own
    functions. False as well where no text picks the function."""
    match _behind(program, function, called):
        case code.Call(function=code.Name(id="getattr"), arguments=(owner, name, *_)) if not _is_told(name):
            values = program.values(function, owner)
            return not values or any(_of_value(program, catalog, value, _written(name), known) for value in values)
        case code.Subscript(value=code.Call(function=code.Name(id=space)), index=name) if space in _NAMESPACES:
            return not _is_told(name)
    return False


def _behind(program: Program, function: str, called: code.Expr) -> code.Expr:
    """What a name stands for that is given one value."""
    values = program.objects.values_of(function, called.id) if isinstance(called, code.Name) else None
    return values[0] if values is not None and len(values) == 1 else called


def _is_told(name: code.Expr) -> bool:
    return isinstance(name, code.Literal)


def _written(name: code.Expr) -> str:
    """What of the text is written out, before and behind what is not: `visit_` of `"visit_" + kind`."""
    match name:
        case code.Operation(operator="+", operands=operands):
            return "".join(str(each.value) for each in operands if isinstance(each, code.Literal))
        case code.Text(text=text):
            return text
    return ""


def _of_value(program: Program, catalog: Catalog, value: Value, written: str, known: Callable[[str], State]) -> bool:
    """May one of the functions that `value` has under such names leave a trace?"""
    if value.kind in _OF_THE_PROJECT:
        return any(changes_outside(known(method)) is not None for method in _fitting(program, value.name, written))
    if value.kind == "container":
        return False  # their methods work in memory
    entries = catalog.below(value.name) if value.kind in ("object", "external") else {}
    return not entries or any(_acts(entry) for name, entry in entries.items() if _fits(name, written))


def _acts(entry: CallEntry) -> bool:
    told = any(way is not None for way in (entry.mode, entry.statement, entry.verb))
    unknown = entry.access is None and entry.effect in OUTSIDE
    return told or unknown or (entry.access is not None and not entry.access.looks)
