"""Slices: which calls of a round need a value that the round before made.

Where the costly calls do not, the loop splits in two: the costly part for all rounds side by side, then the rest in order.
"""

from __future__ import annotations

from collections.abc import Iterable

from advisor.model import code, tree
from advisor.model.summary import Proof

_INDEPENDENT = 0.4  # share of a round's time that may hang on the rounds before for a split to pay


def splits(body: tree.Block, carried: Iterable[str], proofs: Iterable[Proof]) -> bool:
    """Can the costly calls of a round run before the values in `carried` (names, or `name.attribute`) are known?"""
    weighed = [(proof.uid, proof.seconds.expected) for proof in proofs]
    total = sum(seconds for _, seconds in weighed)
    if total <= 0:
        return False
    slice_ = _Slice(set(carried))
    for _ in range(3):  # a value travels forward at most so far in code that people can read
        before = len(slice_.names)
        slice_.block(body, controlled=False)
        if len(slice_.names) == before:
            break
    return sum(seconds for uid, seconds in weighed if uid in slice_.calls) <= _INDEPENDENT * total


class _Slice:
    """The names and calls that hang on the carried values, directly or through what was computed from them."""

    def __init__(self, names: set[str]) -> None:
        self.names = names
        self.calls: set[int] = set()

    def block(self, block: tree.Block, *, controlled: bool) -> None:
        for statement in block:
            hangs = controlled or any(self._hangs(head) for head in self._read(statement))
            for head in tree.heads(statement):
                for node in tree.every(head):
                    if isinstance(node, code.Call) and (controlled or self._hangs(node)):
                        self.calls.add(node.uid)
            if hangs:
                self.names.update(_bound(statement))
            decides = isinstance(statement, code.If | code.While) and self._hangs(statement.test)
            for inner in tree.blocks(statement):
                self.block(inner, controlled=controlled or decides or (isinstance(statement, code.For) and hangs))
            if (
                decides
                and isinstance(statement, code.If)
                and statement.body
                and isinstance(statement.body[-1], code.Jump | code.Return)
            ):
                controlled = True  # what follows runs only when the test failed

    def _read(self, statement: code.Stmt) -> tuple[code.Expr, ...]:
        match statement:
            case code.Assign(value=value, operator=operator, targets=targets):
                read = () if value is None else (value,)
                return (*read, *targets) if operator is not None else read
        return tree.heads(statement)

    def _hangs(self, expression: code.Expr) -> bool:
        for node in tree.every(expression):
            match node:
                case code.Name(id=name):
                    if name in self.names:
                        return True
                case code.Attribute():
                    if tree.dotted(node) in self.names:
                        return True
                case code.Call(function=code.Attribute(value=owner)):
                    # a method of the object whose attribute is carried may read it
                    label = tree.dotted(owner)
                    if label is not None and any(name.startswith(f"{label}.") for name in self.names):
                        return True
                case code.Lambda(body=body):
                    if self._hangs(body):
                        return True
        return False


def _bound(statement: code.Stmt) -> Iterable[str]:
    match statement:
        case code.Assign(targets=targets):
            for target in targets:
                yield from tree.bound_names(target)
        case code.For(target=target):
            yield from tree.bound_names(target)
        case code.With(items=items):
            for _, bound in items:
                if bound is not None:
                    yield from tree.bound_names(bound)
