"""Ending: a pool whose block ends it while it still has tasks, which are then never done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import Answer
from advisor.model.effect import Effect
from advisor.model.fault import Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.questions import pools
from advisor.questions.calls import entries, last_name, receiver
from advisor.questions.talk import tells
from advisor.stages.faults.asked import not_awaited_in
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot


def _ended_early(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`with Pool() as pool: pool.apply_async(…)`, and nothing in the block waits for the task."""
    for block in (each for each in info.statements if isinstance(each, code.With) and not each.is_async):
        for made, name in block.items:
            if isinstance(name, code.Name) and _drops_work(sight, info, made):
                yield from _lost(sight, info, block, name)


def _drops_work(sight: Sight, info: FunctionInfo, made: code.Expr) -> bool:
    kinds = sight.kinds(info.id, made)
    return bool(kinds) and all(any(k.drops_work for k in sight.catalog.lineage(kind)) for kind in kinds)


def _lost(sight: Sight, info: FunctionInfo, block: code.With, pool: code.Name) -> Iterator[Clue]:
    """The first call that hands the pool of a block something that the block does not wait for."""
    inside = {id(each) for each in tree.statements(block.body)}
    spots = [spot for spot in sight.spots(info) if id(spot.statement) in inside]
    handing = [spot for spot in spots if receiver(spot.call) == pool and _goes_on(sight, spot)]
    others = {id(spot.call) for spot in spots} - {id(spot.call) for spot in handing}
    if any(id(spot.call) in others and _may_wait(sight, info, spot, pool) for spot in spots):
        return
    if sum(_names(head, pool) for each in tree.statements(block.body) for head in tree.heads(each)) > len(handing):
        return  # it goes elsewhere
    for spot in handing:
        if _is_left_alone(sight, info, spot, block):
            last = f"the block ends in line {block.end_line}, and the pool with it"
            yield at(spot.call, written(spot.call), last, block.line)
            return


def _names(expression: code.Expr, pool: code.Name) -> int:
    return sum(node == pool for node in tree.every(expression))


def _goes_on(sight: Sight, spot: Spot) -> bool:
    """Does the call hand something in and return before it is done?"""
    found = pools.hand_over(sight.program, sight.catalog, spot.function.id, spot.call)
    waits = pools.waits_for_result(sight.program, sight.catalog, spot.function.id, spot.call)
    return found is not None and found.by_pool and not waits


def _may_wait(sight: Sight, info: FunctionInfo, spot: Spot, pool: code.Name) -> bool:
    """May the pool get time for its work while the call runs? What computes or is not known may."""
    if receiver(spot.call) == pool:
        return True  # join, above all
    if tells(sight.program, sight.catalog, info.id, spot.call):
        return False
    known = entries(sight.program, sight.catalog, info.id, spot.call)
    calm = all(entry.effect is Effect.NONE or entry.waits_only or entry.answer is Answer.FUTURE for _, entry in known)
    plain = receiver(spot.call) is not None and last_name(spot.call) in ("append", "add")
    return not (known and calm) and not plain


def _is_left_alone(sight: Sight, info: FunctionInfo, spot: Spot, block: code.With) -> bool:
    found = pools.hand_over(sight.program, sight.catalog, info.id, spot.call)
    if spot.fate is Fate.DROPPED or (isinstance(spot.statement, code.Return) and spot.statement.value is spot.call):
        return True
    lazily = found is not None and found.answer is Answer.ELEMENTS
    return spot.fate is Fate.USED and not_awaited_in(sight, info, spot.call, block.body, lazily=lazily)


ENDING_FACTS: Mapping[str, Detector] = {Fact.ENDED_BEFORE_DONE: _ended_early}
