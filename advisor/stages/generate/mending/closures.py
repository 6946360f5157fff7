"""Functions made in a loop that read its variable late: a default binds the value of the round in which they are made."""

from __future__ import annotations

import ast

from advisor.model.refactor import Edit, Rewrite
from advisor.stages.generate.mending.mend import Mend
from advisor.stages.generate.names import binds, free, here
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source

_Made = ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef
_LOOPS = (ast.For, ast.AsyncFor, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)


def bound_now(mend: Mend) -> Rewrite:
    """`lambda: load(url)` becomes `lambda url=url: load(url)`."""
    made = _made(mend)
    names = _varying(mend.source, made)
    if mend.fault.name not in names:
        because = (
            f"the function is not made in the iteration that sets `{mend.fault.name}`: hand it over as an argument"
        )
        raise Refused("carried-dependence", because, made)
    _check_signature(made)
    return mend.rewrite([_with_defaults(mend.source, made, sorted(names))])


def _made(mend: Mend) -> _Made:
    """The one function on the line of the proof that reads the name from outside."""
    found = [n for n in ast.walk(mend.source.tree) if isinstance(n, _Made) and n.lineno == mend.fault.proof]
    reading = [n for n in found if mend.fault.name in free([n])]
    outer = [n for n in reading if not any(n is not other and n in ast.walk(other) for other in reading)]
    if len(outer) != 1:
        because = f"which function of line {mend.fault.proof} reads `{mend.fault.name}` late was not found"
        raise Refused("layout", because, mend.fault.line)
    return outer[0]


def _varying(source: Source, made: _Made) -> frozenset[str]:
    """The names that the function reads and the loops around it bind before the function is made."""
    wanted, found = free([made]), frozenset[str]()
    for around in source.above(made):
        if isinstance(around, _SCOPES):
            break
        if isinstance(around, _COMPREHENSIONS):
            found |= wanted & binds([clause.target for clause in around.generators])
        elif isinstance(around, _LOOPS):
            mine = wanted & binds([around])
            _check_bound_before(around, source.statement(made), mine)
            found |= mine
    return found


def _check_bound_before(loop: ast.AST, made: ast.stmt, names: frozenset[str]) -> None:
    """The value that a round gives a name must be the last one of that round when the function is made."""
    for node in here(loop.body):  # type: ignore[attr-defined]
        again = _bound_by(node) & names if isinstance(node, ast.stmt) else frozenset[str]()
        counts = isinstance(node, ast.AugAssign | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        if again and (counts or getattr(node, "lineno", 0) >= made.lineno):
            because = (
                f"line {node.lineno} sets `{min(again)}`: which value the function should see is for a person to say"  # type: ignore[attr-defined]
            )
            raise Refused("carried-dependence", because, node)


def _bound_by(statement: ast.stmt) -> frozenset[str]:
    """The names that a statement itself binds, without those in its block."""
    match statement:
        case ast.For(target=target) | ast.AsyncFor(target=target):
            return binds([target])
        case ast.With(items=items) | ast.AsyncWith(items=items):
            return binds(items)
        case ast.If() | ast.While() | ast.Try() | ast.Match():
            return frozenset()
    return binds([statement])


def _check_signature(made: _Made) -> None:
    """A further parameter must not get what the function is called with, and not be set to something else inside."""
    given = made.args
    if given.vararg or given.kwarg or given.kwonlyargs or given.posonlyargs:
        raise Refused(
            "dynamic-call", "the function takes whatever it is called with: a default could be overwritten", made
        )
    if not isinstance(made, ast.Lambda):
        if made.decorator_list:
            raise Refused("dynamic-call", "what the decorator makes of a further parameter is not known", made)
        outer = [n for n in ast.walk(made) if isinstance(n, ast.Nonlocal | ast.Global)]
        if outer:
            raise Refused("shared-write", "the function sets variables around it", outer[0])


def _with_defaults(source: Source, made: _Made, names: list[str]) -> Edit:
    text = ", ".join(f"{name}={name}" for name in names)
    parts = [*made.args.args, *made.args.defaults]
    if parts:
        end = max(source.span(part)[1] for part in parts)
        return Edit(end, end, f", {text}")
    if isinstance(made, ast.Lambda):
        start = source.span(made)[0] + len("lambda")
        return Edit(start, start, f" {text}")
    start = source.text.index("(", source.span(made)[0]) + 1
    return Edit(start, start, text)
