"""Once: costly calls that end the loop they stand in, so that they run once however many rounds there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.model import code, tree
from advisor.model.summary import Proof
from advisor.questions.ending import leaves
from advisor.questions.thresholds import THE_POINT


def ends_with(body: tree.Block, proofs: Iterable[Proof], total: float) -> Proof | None:
    """The costliest call of a round, where all calls that cost much leave the loop: `if name == wanted: return load(name)`.

    What a `try` leaves on success may fail and be tried again with the next item, so that does not count.
    """
    costly = [proof for proof in proofs if proof.seconds.expected > THE_POINT * total]
    last = frozenset(_last_calls(body, leaving=False, in_loop=False))
    return costly[0] if costly and all(proof.uid in last for proof in costly) else None


def _last_calls(block: tree.Block, *, leaving: bool, in_loop: bool) -> Iterator[int]:
    """The calls in blocks that end by leaving the loop; `break` of a loop `in_loop` leaves only that."""
    for statement in block:
        if leaving:
            nodes = (node for head in tree.heads(statement) for node in tree.every(head))
            yield from (node.uid for node in nodes if isinstance(node, code.Call))
        deeper = in_loop or isinstance(statement, code.For | code.While)
        for inner in tree.blocks(statement):
            ends = isinstance(statement, code.If | code.Match) and leaves(inner, in_loop=in_loop)
            yield from _last_calls(inner, leaving=leaving or ends, in_loop=deeper)
