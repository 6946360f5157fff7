"""Which calls of a syntax tree hand a function over, as the analysis of the whole program knows it."""

from __future__ import annotations

import ast

from msgspec import structs

from advisor.model import code
from advisor.model.catalog import Answer, Passes
from advisor.questions.pools import HandOver, given, hand_over
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


def as_called(inquiry: Inquiry, call: code.Call) -> code.Call:
    """`f(x)` for `submit(f, x)` or `Thread(target=f, args=(x,))`: the call that the worker makes, where that is written out."""
    order = inquiry.order
    found = hand_over(order.program, order.catalog, inquiry.function, call)
    if found is None or isinstance(found.function, code.Lambda):
        return call
    behind, keywords = given(call, found), call.keywords
    if found.passes is Passes.PACKED:
        options = {keyword.name for keyword in keywords}
        if "kwargs" in options or len(behind) != 1 or not isinstance(behind[0], code.Display):
            return call
        behind, keywords = behind[0].items, ()
    elif found.passes is not Passes.REST:
        return call
    keywords = tuple(k for k in keywords if k.name != found.place)
    uid = -2 - call.uid  # a call of its own, which stands nowhere in the program
    return structs.replace(call, uid=uid, function=found.function, arguments=behind, keywords=keywords)


def starts_one_task(inquiry: Inquiry, node: ast.AST) -> bool:
    """Does the call start one task, whose result is asked for later: `submit`, `apply_async`?"""
    found = handed_to_pool(inquiry, node)
    return found is not None and found.passes in (Passes.REST, Passes.PACKED) and found.answer is not Answer.VALUE
