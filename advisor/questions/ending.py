"""Ending: what an iteration does that ends its loop, so that no other one comes after it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from advisor.model import code, tree
from advisor.model.site import Site
from advisor.model.state import State, Where


def without_last(site: Site, state: State) -> State:
    """What an iteration does that another may follow: `if usable(key): self.key = key; break` is done in the last one.

    What stands in a `try` may fail half-way, and the next iteration finds what was done till then.
    """
    is_loop = isinstance(site.node, code.For | code.While)
    blocks = tuple(_last_blocks(site.body, in_loop=False)) if is_loop else ()
    if not blocks:
        return state
    statements = [statement for block in blocks for statement in tree.statements(block)]
    lines = {statement.line for statement in statements}
    heads = (node for s in statements for head in tree.heads(s) for node in tree.every(head))
    calls = frozenset(node.uid for node in heads if isinstance(node, code.Call))

    def goes_on(where: Where) -> bool:
        return calls.isdisjoint(where.calls) and not (where.function == site.function and where.line in lines)

    return replace(
        state,
        writes=tuple(write for write in state.writes if goes_on(write.where)),
        deeds=tuple(deed for deed in state.deeds if goes_on(deed.where)),
    )


def _last_blocks(block: tree.Block, *, in_loop: bool) -> Iterator[tree.Block]:
    """The blocks that end by leaving the loop, but for those in a `try`."""
    for statement in block:
        if isinstance(statement, code.Try | code.Function | code.Class):
            continue
        deeper = in_loop or isinstance(statement, code.For | code.While)
        for inner in tree.blocks(statement):
            if isinstance(statement, code.If | code.Match) and leaves(inner, in_loop=in_loop):
                yield inner
            else:
                yield from _last_blocks(inner, in_loop=deeper)


def leaves(block: tree.Block, *, in_loop: bool) -> bool:
    """Does a block end by leaving the loop around it; by `break` not where that leaves another loop, which it is `in`?"""
    if not block:
        return False
    last = block[-1]
    return isinstance(last, code.Return) or (not in_loop and isinstance(last, code.Jump) and last.kind == "break")
