"""Locks: what keeps others out while it is held, and what lets in only so many."""

from __future__ import annotations

from collections.abc import Callable

from advisor.model import code, tree
from advisor.model.catalog import Catalog, ObjectEntry, Waiter
from advisor.model.program import Program, Value
from advisor.model.words import Group, is_named

Kind = Callable[[ObjectEntry], Waiter | None]


def is_lock(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> bool:
    """Does `with expression:`, written in `function`, keep out all others: a lock or a condition, not a semaphore?"""
    return _is(program, catalog, function, expression, lambda known: known.lock, catalog.words.locks)


def is_limit(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> bool:
    """Does `with expression:` let in only so many at a time: a semaphore?"""
    return _is(program, catalog, function, expression, lambda known: known.limit, catalog.words.limits)


def lock_type(catalog: Catalog, name: str) -> Waiter | None:
    """Whom the locks and semaphores of class `name` keep out; None where that is no class of these."""
    return next((who for known in catalog.lineage(name) if (who := known.lock or known.limit) is not None), None)


def _is(program: Program, catalog: Catalog, function: str, expression: code.Expr, kind: Kind, words: Group) -> bool:
    values = program.values(function, expression)
    told = [answer for value in values if (answer := _told(program, catalog, value, kind, words)) is not None]
    if told:
        return any(told)
    named = (
        tree.callee(expression)
        if isinstance(expression, code.Call)
        else tree.dotted(expression) or _held_in(expression)
    )
    return is_named(named, words)


def _held_in(expression: code.Expr) -> str:
    """`self.locks[key]` is one of what the container is named for."""
    return (tree.dotted(expression.value) or "") if isinstance(expression, code.Subscript) else ""


def _told(program: Program, catalog: Catalog, value: Value, kind: Kind, words: Group) -> bool | None:
    """What the type of a value says; None where nothing is known of it."""
    match value.kind:
        case "object":
            known = tuple(catalog.lineage(value.name))
            return any(kind(each) is not None for each in known) if known else is_named(value.name, words) or None
        case "instance" | "some":
            return is_named(program.classes[value.name].name, words) or None
    return None
