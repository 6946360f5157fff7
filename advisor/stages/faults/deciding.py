"""Deciding: the tests on which it hangs whether a statement runs, around it or before it, and their single conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.program import FunctionInfo
from advisor.stages.faults.courses import trail_to

_LEAVES = (code.Return, code.Raise, code.Jump)


@dataclass(frozen=True, slots=True)
class Test:
    """A test that decides whether a statement runs: `holds` when it runs where the test holds, and what runs in between,
    the statement itself included."""

    expression: code.Expr
    line: int
    holds: bool
    between: tree.Block


def deciding(info: FunctionInfo, statement: code.Stmt) -> Iterator[Test]:
    """The tests that decide whether a statement runs, the nearest ones first."""
    trail = trail_to(info.body, statement) or ()
    for depth in range(len(trail) - 1, -1, -1):
        block, position = trail[depth]
        for number in range(position - 1, -1, -1):
            before = block[number]
            if isinstance(before, code.If) and not before.orelse and isinstance(before.body[-1], _LEAVES):
                yield Test(before.test, before.line, holds=False, between=block[number + 1 : position + 1])
        outer = trail[depth - 1][0][trail[depth - 1][1]] if depth else None
        if isinstance(outer, code.If):
            yield Test(outer.test, outer.line, outer.body is block, block[: position + 1])
        elif isinstance(outer, code.While) and outer.body is block:
            yield Test(outer.test, outer.line, holds=True, between=block[: position + 1])


def conditions(test: code.Expr, *, holds: bool) -> Iterator[tuple[code.Expr, bool]]:
    """The single conditions of a test, each with whether it is to hold."""
    match test:
        case code.Operation(operator="not", operands=(inner,)):
            yield from conditions(inner, holds=not holds)
        case code.Operation(operator="and" | "or", operands=operands):
            for each in operands:
                yield from conditions(each, holds=holds)
        case _:
            yield test, holds
