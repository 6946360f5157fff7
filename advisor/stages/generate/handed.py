"""Which calls of a syntax tree hand a function over, as the analysis of the whole program knows it."""

from __future__ import annotations

import ast

from advisor.model.catalog import Answer, Passes
from advisor.questions.pools import HandOver, hand_over
from advisor.stages.generate.inquiry import Inquiry


def function_handed(inquiry: Inquiry, node: ast.Call) -> ast.expr | None:
    """The function that a call hands to a thread or process; None where it hands none."""
    found = _hand_over(inquiry, node)
    if found is None or not found.runs_elsewhere:
        return None
    if isinstance(found.place, int):
        return node.args[found.place]
    return next(keyword.value for keyword in node.keywords if keyword.arg == found.place)


def handed_to_pool(inquiry: Inquiry, node: ast.AST) -> HandOver | None:
    """What a method call hands to the threads or processes of a pool; None for any other node."""
    found = _hand_over(inquiry, node)
    return found if found is not None and found.runs_elsewhere and (found.guessed or found.by_pool) else None


def _hand_over(inquiry: Inquiry, node: ast.AST) -> HandOver | None:
    call = inquiry.call(node) if isinstance(node, ast.Call) else None
    order = inquiry.order
    return None if call is None else hand_over(order.program, order.catalog, inquiry.function, call)


def starts_one_task(inquiry: Inquiry, node: ast.AST) -> bool:
    """Does the call start one task, whose result is asked for later: `submit`, `apply_async`?"""
    found = handed_to_pool(inquiry, node)
    return found is not None and found.passes in (Passes.REST, Passes.PACKED) and found.answer is not Answer.VALUE
