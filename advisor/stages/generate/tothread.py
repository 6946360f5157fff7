"""A call that blocks the event loop, awaited in a thread in place: `await asyncio.to_thread(f, x)` for `f(x)`."""

from __future__ import annotations

import ast

from advisor.model.refactor import Edit
from advisor.stages.generate.source import Source

_BARE = (ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Expr, ast.keyword, ast.NamedExpr, ast.List, ast.Tuple,
         ast.Dict, ast.ListComp, ast.SetComp, ast.comprehension, ast.For, ast.If, ast.While)  # fmt: skip


def awaited_in_a_thread(source: Source, call: ast.Call) -> Edit:
    """The edit that has a thread make the call, and the coroutine await it."""
    return Edit(*source.span(call), wrapped(source, call, f"await asyncio.to_thread({handed(source, call)})"))


def handed(source: Source, call: ast.Call) -> str:
    """The function and its arguments, as what calls it gets them."""
    return ", ".join(source.segment(part) for part in (call.func, *call.args, *call.keywords))


def wrapped(source: Source, call: ast.Call, text: str) -> str:
    """What is awaited instead of a call, in parentheses where more is done with the result: `(await …).json()`."""
    above = source.parents[call]
    argument = isinstance(above, ast.Call) and above.func is not call
    return text if argument or isinstance(above, _BARE) else f"({text})"
