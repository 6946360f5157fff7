"""Transactions: blocks whose statements a database takes as one, or whose calls go out as one request."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.catalog import Catalog, ObjectEntry
from advisor.model.program import Program
from advisor.model.site import Site
from advisor.model.words import is_named
from advisor.questions.calls import calls_of


def opens_transaction(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> bool:
    """Does `with expression:`, written in `function`, run its block in one transaction?"""
    if any(known.transaction for known in _kinds(program, catalog, function, expression)):
        return True
    return is_named(_name(expression), catalog.words.transactions)


def is_batched(program: Program, catalog: Catalog, site: Site, expression: code.Expr, bound: code.Expr | None) -> bool:
    """Are the calls of a site only noted, and sent together when the block of `with expression as bound:` around it ends?
    Where a name alone says so, it is those on what the block binds, if it binds anything."""
    if any(known.batches for known in _kinds(program, catalog, site.function, expression)):
        return True
    if not is_named(_name(expression), catalog.words.batches):
        return False
    names = set(tree.bound_names(bound)) if bound is not None else set()
    return not names or any(tree.callee(call).partition(".")[0] in names for call in calls_of(site))


def _kinds(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> Iterator[ObjectEntry]:
    """What the catalog knows of the objects that an expression may give."""
    kinds = (value.name for value in program.values(function, expression) if value.kind == "object")
    return (known for kind in kinds for known in catalog.lineage(kind))


def _name(expression: code.Expr) -> str:
    return tree.callee(expression) if isinstance(expression, code.Call) else tree.dotted(expression) or ""
