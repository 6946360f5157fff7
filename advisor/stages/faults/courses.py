"""Courses: the statements that run before and after a place in its function, as far as the order is written down."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from advisor.model import code, tree
from advisor.model.program import FunctionInfo

_LEAVES = (code.Return, code.Raise)


def after(info: FunctionInfo, statement: code.Stmt) -> tuple[tree.Block, ...]:
    """What may run in `info` once the head of `statement` is done: the rest of the function, then each loop around it anew."""
    trail = trail_to(info.body, statement)
    if trail is None:
        return ()
    own = tree.blocks(statement)
    rest: list[code.Stmt] = [each for block in own for each in block]
    anew: list[tree.Block] = []
    for block, position in reversed(trail):
        here = block[position]
        if here is not statement:
            rest += _then(here, trail, block)
            anew += [here.body] if isinstance(here, code.For | code.While) else []
        behind = block[position + 1 :]
        rest += behind
        if isinstance(statement, _LEAVES) or any(isinstance(each, _LEAVES) for each in behind):
            break
    return tuple(block for block in (tuple(rest), *anew) if block)


def before(info: FunctionInfo, statement: code.Stmt, *, imported: bool = False) -> tree.Block:
    """What has run in `info` when it comes to `statement`, outermost first; of a module only what its main guard holds,
    unless what runs when it is `imported` is wanted as well."""
    trail = trail_to(info.body, statement) or ()
    if info.is_module and not imported:
        guarded = (n for n, (block, at) in enumerate(trail) if is_main_guard(block[at]))
        first = next(guarded, len(trail)) + 1
        trail = trail[first:]
    return tuple(each for block, position in trail for each in block[:position])


def always(block: tree.Block) -> Iterator[code.Stmt]:
    """The statements of a block that no condition decides about, as far as none returns early."""
    for statement in block:
        yield statement
        if isinstance(statement, code.For | code.With | code.Try):
            yield from always(statement.body)
        elif isinstance(statement, code.If) and any(isinstance(s, code.Return) for s in tree.statements((statement,))):
            return


def is_main_guard(statement: code.Stmt) -> bool:
    """Is it `if __name__ == "__main__":`, whose block runs in the program alone and not where the file is imported?"""
    return isinstance(statement, code.If) and any(
        isinstance(node, code.Name) and node.id == "__name__" for node in tree.every(statement.test)
    )


def trail_to(block: tree.Block, wanted: code.Stmt) -> tuple[tuple[tree.Block, int], ...] | None:
    """The blocks that lead to a statement, outermost first, each with the position at which it goes on."""
    for position, statement in enumerate(block):
        if statement is wanted:
            return ((block, position),)
        for inner in tree.blocks(statement):
            found = trail_to(inner, wanted)
            if found is not None:
                return ((block, position), *found)
    return None


def _then(outer: code.Stmt, trail: tuple[tuple[tree.Block, int], ...], block: tree.Block) -> Iterator[code.Stmt]:
    """What of a statement runs behind the block of it that the trail leads through."""
    inner = next(found for (before, _), (found, _) in pairwise(trail) if before is block)
    match outer:
        case code.For(orelse=orelse) | code.While(orelse=orelse):
            yield from orelse
        case code.Try(body=body, orelse=orelse, final=final) if inner is not final:
            yield from orelse if inner is body else ()
            yield from final
