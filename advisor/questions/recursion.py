"""Recursion: whether a run of a function calls it once at most, or several times."""

from __future__ import annotations

from collections.abc import Iterable

from advisor.model import code, tree
from advisor.model.program import FunctionInfo, Program
from advisor.model.rounds import Walked
from advisor.questions.calls import last_name

_SEVERAL = 2


def recursion(program: Program, info: FunctionInfo) -> Walked | None:
    """How a function calls itself; None where it does not by its own hand."""
    own = [call for call in info.calls if _leads_to(program, info, call)]
    return shape(info, own) if own else None


def shape(info: FunctionInfo, own: Iterable[code.Call]) -> Walked:
    """How a function leads back to itself by those of its calls that are its `own`."""
    often = _most(info.body, frozenset(call.uid for call in own))
    return Walked.LINEAR_RECURSION if often < _SEVERAL else Walked.TREE_RECURSION


def growth(info: FunctionInfo, own: Iterable[code.Call]) -> float | None:
    """By what factor the runs multiply with each more of a number that is counted down in all of the `own` calls: 1.62 for
    `fib(n - 1) + fib(n - 2)`; None where there is no such number, or one call alone."""
    names = {parameter.name for parameter in info.parameters}
    steps = [_step(call, names) for call in own]
    known = [step for step in steps if step is not None]
    if len(known) < _SEVERAL or len(known) < len(steps):
        return None
    low, high = 1.0, float(len(known) + 1)
    while high - low > 1e-6:  # the only root above one: as many runs as those that are each by its step shorter
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


def _leads_to(program: Program, info: FunctionInfo, call: code.Call) -> bool:
    targets = program.targets(info.id, call) if last_name(call) == info.name.rpartition(".")[2] else ()
    return any(target.name == info.id and not target.callback for target in targets)


def _most(block: tree.Block, own: frozenset[int]) -> int:
    """How many of its `own` calls one run of `block` makes at most; those in a loop count as several."""
    for position, statement in enumerate(block):
        if not isinstance(statement, code.If):
            continue
        rest = _most(block[position + 1 :], own)
        before = sum(_in_statement(each, own) for each in block[:position])
        branches = [_most(each, own) + (0 if _leaves(each) else rest) for each in (statement.body, statement.orelse)]
        return before + _in(statement.test, own) + max(branches)
    return sum(_in_statement(each, own) for each in block)


def _in_statement(statement: code.Stmt, own: frozenset[int]) -> int:
    heads = sum(_in(head, own) for head in tree.heads(statement))
    inner = [_most(block, own) for block in tree.blocks(statement)]
    match statement:
        case code.For():
            return heads + (_SEVERAL if any(inner) else 0)
        case code.While():
            return _SEVERAL if heads or any(inner) else 0
        case code.Match():
            return heads + max(inner, default=0)
    return heads + sum(inner)


def _in(expression: code.Expr, own: frozenset[int]) -> int:
    """The same for an expression: of a conditional one, one branch runs."""
    match expression:
        case code.Lambda():
            return 0
        case code.Operation(operator="if", operands=(body, test, orelse)):
            return _in(test, own) + max(_in(body, own), _in(orelse, own))
        case code.Comprehension(clauses=(first, *_)):
            several = any(isinstance(node, code.Call) and node.uid in own for node in tree.every(expression))
            return _in(first.iterable, own) or (_SEVERAL if several else 0)
        case code.Call(uid=uid) if uid in own:
            return 1 + _all(tree.parts(expression), own)
    return _all(tree.parts(expression), own)


def _all(expressions: Iterable[code.Expr], own: frozenset[int]) -> int:
    return sum(_in(each, own) for each in expressions)


def _leaves(block: tree.Block) -> bool:
    return bool(block) and isinstance(block[-1], code.Return | code.Raise)
