"""Where a client that a site uses was made, if that can be repeated for its twin: one plain call, of which all is known."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from advisor.stages.generate.dialects import DIALECTS, Dialect, caught, maker
from advisor.stages.generate.names import binds, calm, dotted, free, parameters
from advisor.stages.generate.source import Source

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Origin:
    """`text` makes the twin as the client was made. `spent` are the statements that only the client needed."""

    name: str
    dialect: Dialect
    text: str
    spent: tuple[ast.stmt, ...]


def origin(
    source: Source, name: str, cls: str, region: Sequence[ast.AST], scope: Function, others: Callable[[], Iterator[str]]
) -> Origin | None:
    """The origin of the client `name` that `region`, within the function `scope`, uses; None where it is not that plain.

    `others` gives the other files of the project: a session that they may change has no twin.
    """
    local = name in binds(scope.body) | parameters(scope.args)
    within: ast.AST = scope if local else source.tree
    made = _made(source, name, within, scope, local=local)
    if made is None or not isinstance(made.value, ast.Call):
        return None
    dialect = _dialect(cls, made.value)
    text = maker(dialect, source, made.value) if dialect is not None else None
    if dialect is None or text is None or not dialect.shared or caught(dialect, source):
        return None
    if not _same_there(made.value, scope, within):
        return None
    if not local and dialect.made == "requests.Session" and any(re.search(rf"\b{name}\b", each) for each in others()):
        return None
    inside = {id(node) for part in region for node in ast.walk(part)}
    uses = [n for n in ast.walk(within) if isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load)]
    outside = [use for use in uses if id(use) not in inside]
    closing = [s for use in outside if local and _is_close(s := source.statement(use), name)]
    rest = [use for use in outside if source.statement(use) not in closing]
    settings = _settings(source, made, rest) if dialect.made == "requests.Session" else {}
    if settings is None or (dialect.made == "requests.Session" and len(settings) != len(rest)):
        return None
    spent: list[ast.stmt] = []
    if local and (not rest or settings):
        spent = [made, *closing, *(source.statement(use) for use in rest)]
    if not all(source.owns_its_lines([statement]) and len(source.block(statement)) > 1 for statement in spent):
        return None
    more = ", ".join(f"{key}={value}" for key, value in settings.items())
    return Origin(name, dialect, f"{text[:-1]}, {more})" if more else text, tuple(spent))


def _made(source: Source, name: str, within: ast.AST, scope: Function, *, local: bool) -> ast.Assign | None:
    """The one assignment that gives the name its client, before the site can come to use it."""
    if any(name in node.names for node in ast.walk(source.tree) if isinstance(node, ast.Global | ast.Nonlocal)):
        return None
    outer = [each for each in source.above(scope) if isinstance(each, Function | ast.ClassDef)]
    if not local and any(name in binds(each.body) for each in outer):
        return None
    stores = [
        n for n in ast.walk(within) if isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load)
    ]
    statements = [source.parents[store] for store in stores]
    match statements:
        case [ast.Assign(targets=[ast.Name()]) as made] if made in (scope.body if local else source.tree.body):
            return made
    return None


def _dialect(cls: str, made: ast.Call) -> Dialect | None:
    last = (dotted(made.func) or "").rpartition(".")[2]
    for makes, dialect in DIALECTS.items():
        if dialect.made == cls and makes.rpartition(".")[2] == last:
            return dialect
    return None


def _same_there(made: ast.Call, scope: Function, within: ast.AST) -> bool:
    """Would the arguments be the same where the site stands? Not where their names are set again."""
    names = free([*made.args, *(keyword.value for keyword in made.keywords)])
    if not all(calm(each) for each in (*made.args, *(keyword.value for keyword in made.keywords))):
        return False
    if within is not scope and names & (binds(scope.body) | parameters(scope.args)):
        return False
    given = parameters(scope.args) if within is scope else frozenset[str]()
    for name in names:
        stores = sum(
            isinstance(n, ast.Name) and n.id == name and not isinstance(n.ctx, ast.Load) for n in ast.walk(within)
        )
        if stores + (name in given) > 1:
            return False
    return True


def _is_close(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=found), attr="close"), args=[], keywords=[])):
            return found == name
    return False


def _settings(source: Source, made: ast.Assign, uses: Sequence[ast.Name]) -> dict[str, str] | None:
    """What is set on a session right after it was made, as arguments of its twin; None where there is more."""
    found: dict[str, str] = {}
    block = source.block(made)
    after = block[block.index(made) + 1 :]
    for use in uses:
        match source.statement(use):
            case (
                ast.Expr(
                    value=ast.Call(
                        func=ast.Attribute(value=ast.Attribute(value=ast.Name(), attr="headers"), attr="update"),
                        args=[value],
                        keywords=[],
                    )
                ) as statement
            ):
                key = "headers"
            case (
                ast.Assign(
                    targets=[ast.Attribute(value=ast.Name(), attr="auth")], value=ast.Tuple() as value
                ) as statement
            ):
                key = "auth"
            case _:
                return None
        following = after[: len(uses)]
        if key in found or statement not in following or not calm(value) or "\n" in source.segment(value):
            return None
        if isinstance(value, ast.Dict) and any(isinstance(v, ast.Constant) and v.value is None for v in value.values):
            return None
        found[key] = source.segment(value)
    return found
