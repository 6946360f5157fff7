"""Slices: whether the costly calls of a round and the values carried from round to round need each other.

Where the calls do not need the values, the loop splits in two: the costly part for all rounds side by side, then the
rest in order. Where the values do not come out of the calls, they can be worked out beforehand. Only where the values
feed the calls and the calls feed the values do the rounds have to wait for one another.
"""

from __future__ import annotations

from collections.abc import Iterable

from advisor.model import code, tree
from advisor.model.summary import Proof
from advisor.questions.thresholds import COSTLY

_INDEPENDENT = 0.4  # share of a round's time that may hang on the rounds before for a split to pay


def splits(body: tree.Block, carried: Iterable[str], proofs: Iterable[Proof]) -> bool:
    """Can the costly calls be taken apart from the values in `carried` (names, or `name.attribute`)?"""
    weighed = [(proof.uid, proof.seconds.expected) for proof in proofs]
    total = sum(seconds for _, seconds in weighed)
    if total <= 0:
        return False
    names = frozenset(carried)
    fed = _follow(body, _Slice(set(names)))
    if sum(seconds for uid, seconds in weighed if uid in fed.calls) <= _INDEPENDENT * total:
        return True
    costly = frozenset(uid for uid, seconds in weighed if seconds >= COSTLY * total)
    return not names & _follow(body, _Slice(set(), costly)).names


def _follow(body: tree.Block, slice_: _Slice) -> _Slice:
    for _ in range(3):  # a value travels forward at most so far in code that people can read
        before = len(slice_.names)
        slice_.block(body, controlled=False)
        if len(slice_.names) == before:
            break
    return slice_


class _Slice:
    """The names and calls that hang on some names and on the results of some calls, directly or through what was computed from them."""

    def __init__(self, names: set[str], results: frozenset[int] = frozenset()) -> None:
        self.names = names
        self.results = results
        self.calls: set[int] = set()

    def block(self, block: tree.Block, *, controlled: bool) -> None:
        for statement in block:
            hangs = controlled or any(self._hangs(head) for head in self._read(statement))
            for head in tree.heads(statement):
                for node in tree.every(head):
                    if isinstance(node, code.Call) and (controlled or self._hangs(node)):
                        self.calls.add(node.uid)
            if hangs:
                self.names.update(tree.bound_by(statement))
                self.names.update(_filled(statement))
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
                case code.Call(uid=uid) if uid in self.results:
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


def _filled(statement: code.Stmt) -> Iterable[str]:
    """What the statement changes in place: `pages.append(page)`, `self.last = page`, `seen[key] = page`."""
    match statement:
        case code.Evaluate(value=code.Call(function=code.Attribute(value=owner))):
            label = tree.dotted(owner)
            if label is not None:
                yield label
        case code.Assign(targets=targets):
            for target in targets:
                label = tree.dotted(target) if isinstance(target, code.Attribute) else tree.root_name(target)
                if label is not None:
                    yield label
