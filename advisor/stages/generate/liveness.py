"""Liveness: which names the caller keeps reading once the work has been taken out of a loop."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from advisor.stages.generate.names import (
    binds,
    here,
    parameters,
)
from advisor.stages.generate.source import Source
from advisor.stages.generate.work import Cut


def in_order_bound(names: frozenset[str], statements: Sequence[ast.stmt]) -> tuple[str, ...]:
    """The names in the order in which the source first gives them a value."""
    stores = [
        n
        for s in statements
        for n in ast.walk(s)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id in names
    ]
    ordered = dict.fromkeys(node.id for node in sorted(stores, key=lambda n: (n.lineno, n.col_offset)))
    return (*ordered, *sorted(names - ordered.keys()))


def kept_statements(made: Cut, body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements of the body, at any depth, that the caller keeps (compound ones come with their blocks as well)."""
    gone = {id(node) for node in here([*made.statements, *made.dropped])} | {id(made.block)}
    return [node for node in here(body) if isinstance(node, ast.stmt) and id(node) not in gone]


def reads_rest(made: Cut, rest: Sequence[ast.stmt], without: Iterable[int] = ()) -> frozenset[str]:
    """The names that the caller's part of a round reads, but for the nodes `without`."""
    gone = set(without)
    gone |= {id(node) for node in ast.walk(made.expression)} if made.expression is not None else set()
    if made.branch is not None:
        gone |= {id(node) for node in ast.walk(made.branch.test)}
    for statement in [*made.moved, *made.dropped]:
        gone |= {id(node) for node in ast.walk(statement)}
    found: set[str] = set()
    for statement in rest:
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            found.add(statement.target.id)
        found |= {
            node.id
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store) and id(node) not in gone
        }
    return frozenset(found)


def reads_after(source: Source, outside: ast.AST, loop: ast.stmt) -> frozenset[str]:
    """The names that the scope may still read once a round has ended: after the loop, or anywhere if a loop is around it."""
    around = source.enclosing(loop, ast.For, ast.While, ast.AsyncFor, ast.FunctionDef, ast.AsyncFunctionDef)
    repeats = isinstance(around, ast.For | ast.While | ast.AsyncFor)
    inside = {id(node) for node in ast.walk(loop)} - {id(n) for s in getattr(loop, "orelse", []) for n in ast.walk(s)}
    found: set[str] = set()
    for node in ast.walk(outside):
        if isinstance(node, ast.Global | ast.Nonlocal):
            found.update(node.names)
        if id(node) in inside or not isinstance(node, ast.Name) or isinstance(node.ctx, ast.Store):
            continue
        later = repeats or node.lineno > (loop.end_lineno or 0) or source.function(node) is not source.function(loop)
        later = later or source.enclosing(node, ast.Lambda) is not None
        if later and not _bound_nearer(source, node, loop):
            found.add(node.id)
    return frozenset(found)


def _bound_nearer(source: Source, name: ast.Name, loop: ast.stmt) -> bool:
    """Does a loop, comprehension or function around the name, but not around `loop`, give it its value?"""
    above = source.parents.get(name)
    while above is not None and not any(each is loop for each in ast.walk(above)):
        if isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) and name.id in parameters(above.args):
            return True
        if isinstance(above, ast.For | ast.AsyncFor) and name.id in binds([above.target]):
            return not any(each is name for each in ast.walk(above.iter))
        if isinstance(above, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) and any(
            name.id in binds([clause.target]) for clause in above.generators
        ):
            return True
        above = source.parents.get(above)
    return False
