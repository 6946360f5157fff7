"""Found again: where a program looks for what is equal only to itself, as no copy of it from a process would be."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import ClassInfo, Program

_LOOKS_UP = frozenset({"get", "pop", "setdefault", "index", "count", "remove", "discard"})  # the first argument
_GATHERS = frozenset({"set", "frozenset", "Counter", "fromkeys"})  # the elements of the first argument
_COMPARES = frozenset({"==", "!=", "in", "not in"})


def equal_only_to_itself(cls: ClassInfo) -> bool:
    return "__eq__" not in cls.methods and not cls.bases and not cls.decorators


def names_asked(program: Program, function: str) -> Iterator[tuple[int, str]]:
    """The names whose values a function looks for, each with its line."""
    for line, asked, within in _asked(program, function):
        if isinstance(asked, code.Name) and not within:
            yield line, asked.id


def _asked(program: Program, function: str) -> Iterator[tuple[int, code.Expr, bool]]:
    """What a function looks for, with its line; `within`: it is the elements that are meant."""
    for statement in program.functions[function].statements:
        line = statement.line
        for node in (each for head in tree.heads(statement) for each in tree.every(head)):
            match node:
                case code.Call(function=code.Attribute(name=name), arguments=(first, *_)) if name in _LOOKS_UP:
                    yield line, first, False
                case code.Call(function=code.Attribute(name=name) | code.Name(id=name), arguments=(first, *_)) if (
                    name in _GATHERS
                ):
                    yield line, first, True
                case code.Subscript(index=index) if not isinstance(index, code.Literal):
                    yield line, index, False
                case code.Operation(operator=operator, operands=operands) if operator in _COMPARES:
                    yield from ((line, each, False) for each in operands)


# ---- NaN


def gives_nan(program: Program, function: str) -> bool:
    """Does a function return a NaN that others have too: `math.nan`, or a name of the module for it?"""
    for statement in program.functions[function].statements:
        if isinstance(statement, code.Return) and statement.value is not None:
            values = [statement.value]
            if isinstance(statement.value, code.Name):
                values += program.objects.values_of(function, statement.value.id) or ()
            if any(_is_nan(program, function, node) for value in values for node in tree.every(value)):
                return True
    return False


def _is_nan(program: Program, function: str, node: code.Expr) -> bool:
    """Is it called so, or a name that was given one: `MISSING = math.nan`, `MISSING = float("nan")`?"""
    if not isinstance(node, code.Name | code.Attribute):
        return False
    if (tree.dotted(node) or "").rpartition(".")[2].lower() == "nan":
        return True
    origins = program.objects.origins(function, node.id) if isinstance(node, code.Name) else ()
    return any(each.expression is not None and _written_nan(each.expression) for each in origins)


def _written_nan(value: code.Expr) -> bool:
    match value:
        case code.Name() | code.Attribute():
            return (tree.dotted(value) or "").rpartition(".")[2].lower() == "nan"
        case code.Call(function=code.Name(id="float"), arguments=(code.Literal(value=str(text)),)):
            return text.lower() == "nan"
    return False


def nan_found_again(program: Program) -> int | None:
    """The first line on which it matters whether two NaN are one: in a collection, the same object counts as equal."""
    for name in sorted(program.functions):
        for line, asked, within in _asked(program, name):
            if _is_nan(program, name, asked) or (within and _may_hold_floats(program, name, asked)):
                return line
    return None


def _may_hold_floats(program: Program, function: str, collection: code.Expr) -> bool:
    inner = {each.name for value in program.values(function, collection) for each in value.args}
    return not inner or "builtins.float" in inner
