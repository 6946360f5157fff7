"""Exits: how code ends, whether it leaves the block that it stands in, and whether a function may end with nothing to give."""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.program import FunctionInfo


def leaves(block: tree.Block) -> bool:
    """Does the block end with leaving the one it stands in?"""
    return bool(block) and (
        isinstance(block[-1], code.Return | code.Raise)
        or (isinstance(block[-1], code.Jump) and block[-1].kind != "pass")
    )


def may_leave(block: tree.Block) -> bool:
    """May the block be left other than by raising: by `return`, or by `break` and `continue` of a loop around it?"""
    for statement in block:
        if isinstance(statement, code.Return) or (isinstance(statement, code.Jump) and statement.kind != "pass"):
            return True
        inner = tree.blocks(statement)
        if isinstance(statement, code.For | code.While):
            if any(isinstance(each, code.Return) for body in inner for each in tree.statements(body)):
                return True
        elif any(map(may_leave, inner)):
            return True
    return False


def may_give_nothing(function: FunctionInfo) -> bool:
    """May a function end without returning anything, or by returning None?"""
    if function.is_generator or function.name.endswith(("__init__", "__new__", "__post_init__")):
        return False
    statements = function.statements
    stores = [s for s in statements if isinstance(s, code.Assign) and _may_be_none(s.value, frozenset())]
    empty = frozenset(name for store in stores for target in store.targets for name in tree.bound_names(target))
    given = (s.value for s in statements if isinstance(s, code.Return))
    return not _never_ends(function.body) or any(value is None or _may_be_none(value, empty) for value in given)


def _may_be_none(value: code.Expr | None, empty: frozenset[str]) -> bool:
    """Is None written there, or a name that may be `empty`?"""
    match value:
        case code.Literal(kind=kind):
            return kind == "none"
        case code.Name(id=name):
            return name in empty
        case code.Operation(operator="if", operands=(body, _, orelse)):
            return _may_be_none(body, empty) or _may_be_none(orelse, empty)
    return False


def _never_ends(block: tree.Block) -> bool:
    """Is the end of the block never reached, because it returns or raises before?"""
    match block[-1] if block else None:
        case code.Return() | code.Raise():
            return True
        case code.If(body=body, orelse=orelse):
            return _never_ends(body) and _never_ends(orelse)
        case code.With(body=body):
            return _never_ends(body)
        case code.While(test=code.Literal(value=value), body=body):
            return bool(value) and not any(
                isinstance(s, code.Jump) and s.kind == "break" for s in tree.statements(body)
            )
        case code.Try(body=body, handlers=handlers, orelse=orelse, final=final):
            ends = (orelse or body, *(handler.body for handler in handlers))
            return _never_ends(final) or all(map(_never_ends, ends))
    return False


def gives_answer(block: tree.Block) -> bool:
    """Does the block end with returning something?"""
    return bool(block) and isinstance(block[-1], code.Return) and block[-1].value is not None
