"""Filling: `while len(found) < wanted: found.append(…)` is a `for` in other words: each round adds one, so all are counted."""

from __future__ import annotations

from advisor.model import code, tree

_ADDS_ONE = frozenset({"append", "appendleft"})


def filled(loop: code.While) -> str:
    """The name of the collection whose length counts the rounds of `loop`; empty where rounds are not so counted.

    Every round must add exactly one item: at the end of all ways through the body, and nowhere else.
    """
    match loop.test:
        case code.Operation(operator="<" | "!=", operands=(code.Call() as length, bound)):
            pass
        case code.Operation(operator=">" | "!=", operands=(bound, code.Call() as length)):
            pass
        case _:
            return ""
    if tree.callee(length) != "len" or len(length.arguments) != 1:
        return ""
    name = tree.dotted(length.arguments[0]) or ""
    fixed = not any(isinstance(node, code.Call) for node in tree.every(bound)) and not _touched(loop.body, bound)
    return name if name and fixed and _adds_one(loop.body, name) else ""


def _touched(body: tree.Block, bound: code.Expr) -> bool:
    """Does the body give another value to a name of the bound?"""
    read = {node.id for node in tree.every(bound) if isinstance(node, code.Name)}
    targets = (t for s in tree.statements(body) if isinstance(s, code.Assign) for t in s.targets)
    return any((tree.root_name(target) or "") in read for target in targets)


def _adds_one(body: tree.Block, name: str) -> bool:
    """Does the body add one item to `name` in each round, skip no round, and use it for nothing else?"""
    if any(isinstance(s, code.Jump) and s.kind == "continue" for s in tree.statements(body)):
        return False
    adding = [
        statement
        for statement in body
        if isinstance(statement, code.Evaluate)
        and isinstance(statement.value, code.Call)
        and isinstance(statement.value.function, code.Attribute)
        and statement.value.function.name in _ADDS_ONE
        and tree.dotted(statement.value.function.value) == name
    ]
    mentions = sum(tree.dotted(node) == name for node in tree.expressions(body))
    return len(adding) == 1 and mentions == 1
