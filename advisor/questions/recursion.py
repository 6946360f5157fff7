"""Recursion: whether a function that leads back to itself does so once in a run, like a loop, or several times, like a tree."""

from __future__ import annotations

from collections.abc import Callable

from advisor.model import code, tree
from advisor.model.program import FunctionInfo

LeadsBack = Callable[[code.Call], bool]
_MANY = 2


def branches_out(body: tree.Block, leads_back: LeadsBack) -> bool:
    """May one run of `body` make several of the calls that lead back to it?"""
    return _in_block(body, leads_back) >= _MANY


def _in_block(block: tree.Block, leads_back: LeadsBack) -> int:
    """How many such calls one run of a block makes at most; a loop makes many."""
    found = 0
    for position, statement in enumerate(block):
        match statement:
            case code.Function() | code.Class():
                continue
            case code.For() | code.While() if any(leads_back(call) for call in tree.calls(statement.body)):
                return _MANY
            case code.If(body=body, orelse=orelse):
                found += _in(statement.test, leads_back)
                rest = _in_block(block[position + 1 :], leads_back)
                ways = [
                    _in_block(branch, leads_back) + (0 if _leaves(branch) else rest) for branch in (body, orelse)
                ]
                return found + max(ways)
            case _:
                found += sum(_in(head, leads_back) for head in tree.heads(statement))
                found += sum(_in_block(inner, leads_back) for inner in tree.blocks(statement))
    return found


def _leaves(block: tree.Block) -> bool:
    return bool(block) and isinstance(block[-1], code.Return | code.Raise | code.Jump)


def _in(expression: code.Expr, leads_back: LeadsBack) -> int:
    """The same for an expression."""
    match expression:
        case code.Operation(operator="if", operands=(body, test, orelse)):
            return _in(test, leads_back) + max(_in(body, leads_back), _in(orelse, leads_back))
        case code.Comprehension():
            inner = any(isinstance(node, code.Call) and leads_back(node) for node in tree.every(expression))
            return _MANY if inner else 0
    own = int(isinstance(expression, code.Call) and leads_back(expression))
    return own + sum(_in(part, leads_back) for part in tree.parts(expression))


def growth(info: FunctionInfo, leads_back: LeadsBack) -> float | None:
    """By what factor the runs multiply with each more of a number that is counted down: 1.62 for `fib(n - 1) + fib(n - 2)`;
    None where no number is, in calls of which one run makes several."""
    names = {parameter.name for parameter in info.parameters}
    steps = [_step(call, names) for call in info.calls if leads_back(call)]
    known = [step for step in steps if step is not None]
    if len(known) < _MANY or len(known) < len(steps):
        return None
    low, high = 1.0, float(len(known) + 1)
    while high - low > 1e-6:  # of the only root above one: each step makes that many runs fewer
        middle = (low + high) / 2
        low, high = (middle, high) if sum(middle**-step for step in known) > 1 else (low, middle)
    return high


def _step(call: code.Call, names: set[str]) -> float | None:
    """By how much less than a parameter the call is given for it."""
    for argument in call.arguments:
        match argument:
            case code.Operation(
                operator="-", operands=(code.Name(id=name), code.Literal(value=int() | float() as step))
            ) if name in names and step > 0:
                return float(step)
    return None
