"""Transactions: blocks whose statements a database takes as one."""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.program import Program
from advisor.model.words import is_named


def opens_transaction(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> bool:
    """Does `with expression:`, written in `function`, run its block in one transaction?"""
    kinds = (value.name for value in program.values(function, expression) if value.kind == "object")
    if any(known.transaction for kind in kinds for known in catalog.lineage(kind)):
        return True
    named = tree.callee(expression) if isinstance(expression, code.Call) else tree.dotted(expression) or ""
    return is_named(named, catalog.words.transactions)
