"""The function that the workers run, written out: its arguments, the statements moved into it, what it gives back."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from advisor.model.refactor import Edit
from advisor.stages.generate.names import jumps
from advisor.stages.generate.source import Source
from advisor.stages.generate.work import Cut

_OPPOSITES = {ast.In: "not in", ast.NotIn: "in", ast.Eq: "!=", ast.NotEq: "==", ast.Is: "is not", ast.IsNot: "is"}

_ATOMS = (ast.Name, ast.Attribute, ast.Subscript, ast.Call, ast.Constant, ast.JoinedStr, ast.List, ast.Dict, ast.Set)


@dataclass(frozen=True, slots=True)
class Returned:
    """What a worker gives: `names` as the caller calls them; `flag` is the first of them where the worker may find nothing to do."""

    names: tuple[str, ...]
    flag: str | None

    @property
    def target(self) -> str:
        return ", ".join(self.names) if self.names else "_"


def definition(
    source: Source,
    made: Cut,
    name: str,
    parameters: Sequence[str],
    returned: Returned,
    value: str | None,
    indent: str,
    *,
    asynchronous: bool,
    gate: str = "",
    first: Iterable[str] = (),
    early: Iterable[str] = (),
) -> str:
    """The text of the worker. `first` are lines to begin with, `early` tests after which there is nothing to do, `gate` what it
    waits for before it begins."""
    inner = indent + source.unit
    lines = [f"{indent}{'async ' if asynchronous else ''}def {name}({', '.join(parameters)}):\n"]
    together = gate and isinstance(made.block, ast.AsyncWith) and not (first or early or made.prepare or made.private)
    if gate and not together:
        lines.append(f"{inner}async with {gate}:\n")
        inner += source.unit
    lines += [f"{inner}{line}\n" for line in first]
    gives_any = bool(made.live or value is not None or made.private or returned.flag)
    nothing = _nothing(returned, list(made.private.values())) or ("return None" if gives_any else "return")
    ended = _nothing(returned, list(made.private)) or nothing
    lines += [source.piece([statement], inner, with_comments=True) for statement in made.prepare]
    lines += [f"{inner}if {test}:\n{inner}{source.unit}return None\n" for test in early]
    lines += [f"{inner}{private} = {empty}\n" for private, empty in made.private.items()]
    if made.block is not None:
        head = source.head(made.block, inner)
        lines.append(head.replace("async with ", f"async with {gate}, ", 1) if together else head)
        inner += source.unit
    if made.branch is not None:
        lines.append(f"{inner}if {negated(source, made.branch.test)}:\n{inner}{source.unit}{nothing}\n")
    if made.statements:
        edits = [Edit(*source.span(jump), ended) for jump in jumps(made.statements) if isinstance(jump, ast.Continue)]
        lines.append(source.piece(made.statements, inner, edits, with_comments=True))
    gives = ["True"] if returned.flag is not None else []
    gives += list(made.live)
    gives += [value] if value is not None else []
    gives += list(made.private)
    lines.append(f"{inner}{_give(gives)}\n" if gives else "")
    return "".join(lines)


def _nothing(returned: Returned, pieces: Sequence[str]) -> str:
    """What a worker gives that ends without a result, but for the `pieces` of what it collects."""
    if returned.flag is None:
        return _give(pieces)
    return _give(["False", *["None"] * (len(returned.names) - 1 - len(pieces)), *pieces])


def conjunct(source: Source, test: ast.expr) -> str:
    """A test as it may stand beside others with `and` between, or be what `if` and `else` stand around."""
    text = source.segment(test)
    loose = isinstance(test, ast.IfExp | ast.NamedExpr | ast.Lambda) or isinstance(getattr(test, "op", None), ast.Or)
    return f"({text})" if loose else text


def negated(source: Source, test: ast.expr) -> str:
    """The opposite of a test, as one would write it."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return conjunct(source, operand)
        case ast.Compare(left=left, ops=[operator], comparators=[right]) if type(operator) in _OPPOSITES and (
            isinstance(left, _ATOMS) and isinstance(right, _ATOMS)  # others may stand in brackets, which are not theirs
        ):
            return f"{source.segment(left)} {_OPPOSITES[type(operator)]} {source.segment(right)}"
        case ast.Call() | ast.Name() | ast.Attribute():
            return f"not {source.segment(test)}"
    return f"not ({source.segment(test)})"


def _give(values: Sequence[str]) -> str:
    return f"return {', '.join(values)}" if values else ""
