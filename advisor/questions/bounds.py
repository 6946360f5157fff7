"""Bounds: how long a collection can be where a loop over it stands, since a longer one has been turned away before."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import Program

_TURNED = {"<": ">=", ">": "<=", "<=": ">", ">=": "<", "==": "!=", "!=": "=="}
_MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def at_most(program: Program, function: str, iterable: code.Expr) -> float | None:
    """The most elements that a name can have which is walked: `if len(xs) > 5: return`, and behind it a loop over `xs`."""
    info = program.functions[function]
    name = iterable.id if isinstance(iterable, code.Name) else None
    if name is None or not any(_measures(call, name) for call in info.calls):
        return None
    bounds = [n for n in _bounds(program, function, info.body, iterable, name) or () if n is not None]
    return min(bounds, default=None)


def _bounds(
    program: Program, function: str, block: tree.Block, iterable: code.Expr, name: str
) -> list[float | None] | None:
    """The bounds that hold where `iterable` stands; None where it does not stand in the block."""
    held: list[float | None] = []
    for statement in block:
        if any(node is iterable for head in tree.heads(statement) for node in tree.every(head)):
            return held
        for number, inner in enumerate(tree.blocks(statement)):
            deeper = _bounds(program, function, inner, iterable, name)
            if deeper is not None:
                if isinstance(statement, code.If):
                    held += _told(program, function, statement.test, name, holds=number == 0)
                return held + deeper
        if name in tree.bound_in((statement,)):
            held.clear()
        elif isinstance(statement, code.If) and _leaves(statement.body):
            held += _told(program, function, statement.test, name, holds=False)
    return None


def _told(program: Program, function: str, test: code.Expr, name: str, *, holds: bool) -> Iterator[float | None]:
    """What a test that holds, or does not, says of the length of a name."""
    match test:
        case code.Operation(operator="not", operands=(inner,)):
            yield from _told(program, function, inner, name, holds=not holds)
        case code.Operation(operator="and" | "or" as word, operands=operands) if (word == "and") is holds:
            for operand in operands:
                yield from _told(program, function, operand, name, holds=holds)
        case code.Operation(operator=sign, operands=(left, right)) if sign in _TURNED:
            if isinstance(right, code.Call) and _measures(right, name):
                left, right, sign = right, left, _MIRRORED[sign]
            if not isinstance(left, code.Call) or not _measures(left, name):
                return
            number = program.number(function, right)
            said = sign if holds else _TURNED[sign]
            if number is not None and said in ("<", "<=", "=="):
                yield number - 1 if said == "<" else number


def _measures(call: code.Call, name: str) -> bool:
    return call.function == code.Name("len") and call.arguments == (code.Name(name),)


def _leaves(block: tree.Block) -> bool:
    return bool(block) and (
        isinstance(block[-1], code.Return | code.Raise)
        or (isinstance(block[-1], code.Jump) and block[-1].kind != "pass")
    )
