"""By name: who reads the variables around a site by their names sees those that a rewrite adds, and misses those it takes away."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from advisor.model import code
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.names import dotted, here
from advisor.stages.generate.refused import Refused

_ALL_NAMES = frozenset({"locals", "vars", "dir"})  # without an argument
_RUN_A_TEXT = frozenset({"eval", "exec"})  # without a namespace of its own
_OF_A_FRAME = "f_locals"


def check_by_name(draft: Draft) -> None:
    """Refused where the variables around the site are read by name in it or after it."""
    after = list(_after(draft))
    line = next((node.lineno for node in after if _reads_names(node)), None) or _read_through_frame(draft, after)
    if line is not None:
        because = f"line {line} reads the variables of the function by name: the rewrite would change which there are"
        raise Refused("identity", because, draft.loop)


def _after(draft: Draft) -> Iterator[ast.Call | ast.Attribute]:
    """The calls and attributes that are evaluated with the site, or may be after it, in the same function."""
    source, loop = draft.source, draft.loop
    scope = source.function(loop) or source.tree
    first = loop.lineno
    for around in source.above(loop):
        if around is scope:
            break
        if isinstance(around, ast.For | ast.AsyncFor | ast.While):
            first = around.lineno
    for node in here(scope.body if isinstance(scope.body, list) else [scope.body]):
        if isinstance(node, ast.Call | ast.Attribute) and (node.end_lineno or 0) >= first:
            yield node


def _reads_names(node: ast.Call | ast.Attribute) -> bool:
    match node:
        case ast.Attribute(attr=name):
            return name == _OF_A_FRAME
        case ast.Call(func=function, args=given, keywords=named):
            name = (dotted(function) or "").removeprefix("builtins.")
            few = len(given) + len(named)
            return (name in _ALL_NAMES and few == 0) or (name in _RUN_A_TEXT and few == 1)
    return False


def _read_through_frame(draft: Draft, after: list[ast.Call | ast.Attribute]) -> int | None:
    """The line on which a called function looks into the frame of its caller."""
    if not draft.inquiry.reads_attribute(_OF_A_FRAME):
        return None
    for name in draft.inquiry.reached(after):
        info = draft.order.program.functions[name]
        if any(isinstance(e, code.Attribute) and e.name == _OF_A_FRAME for e in info.expressions):
            return info.line
    return None
