"""Copied: generators of random numbers that every process has a copy of, so that all draw the same ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import Access, Ambient, How, Place, RootKind, State, Where
from advisor.questions import pools
from advisor.questions.calls import argument
from advisor.stages.faults.memory import rooted
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.starting import makes_process, start_method
from advisor.stages.faults.workers import Handover, handovers, pool_of, several

_OF_LIBRARIES = (Ambient.NUMPY_RANDOM, Ambient.TORCH_RANDOM)  # Python's own begins anew after a fork


def _same_numbers(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Several processes draw from copies of one generator."""
    for handover in handovers(sight, info, "process"):
        worker = handover.worker
        if (
            worker is None
            or handover.starts_a_class
            or not several(sight, handover)
            or not _begins_alike(sight, handover)
        ):
            continue
        state = sight.summaries.function_state(worker.id)
        drawn = _global(sight, handover, state) or next(_objects(sight, handover, worker, state), None)
        if drawn is not None:
            name, where, because = drawn
            reader = sight.program.functions[where.function].name
            yield at(handover.spot.call, name, f"`{reader}` draws in line {where.line}, and {because}", where.line)


def _begins_alike(sight: Sight, handover: Handover) -> bool:
    """Are there several processes, of which none is known, or may be, to set its generator up by itself?"""
    if makes_process(handover.spot):
        return True
    pool = pool_of(sight, handover.spot)
    if pool is None or any(keyword.name is None for keyword in pool.keywords):
        return False
    alone = pools.size(sight.program, handover.spot.function.id, pool) == 1
    set_up = next((k.value for k in pool.keywords if k.name == "initializer"), None) or argument(pool, 1)
    return set_up is None and not alone


def _global(sight: Sight, handover: Handover, state: State) -> tuple[str, Where, str] | None:
    """The generator of a library, which a fork copies."""
    for what in _OF_LIBRARIES:
        uses = [use for use in state.ambient if use.what is what]
        drawn = next((use for use in uses if use.access is Access.EXCLUSIVE), None)
        seeded = any(use.access is Access.WRITE for use in uses)
        if drawn is not None and not seeded and start_method(sight, handover.spot) == "fork":
            return drawn.api, drawn.where, "a forked process has its parent's generator, in the state it is in"
    return None


def _objects(sight: Sight, handover: Handover, worker: FunctionInfo, state: State) -> Iterator[tuple[str, Where, str]]:
    """Generators of which the process gets a copy with its memory, or with the task."""
    draws = [write for write in state.writes if write.how is How.DRAW and not write.possible]
    changed = {write.place for write in state.writes if write.how is not How.DRAW}
    for write in draws:
        root = write.place.root
        held = rooted(sight, handover, worker, root)
        if held is None or _is_changed(write.place, changed) or _is_another_one(handover, held.expression):
            continue
        label = min((place.below(*write.place.path).label for place in held.places), key=len)
        if root.kind is RootKind.GLOBAL:
            if start_method(sight, handover.spot) == "fork":
                yield label, write.where, "a forked process has its parent's generator, in the state it is in"
        elif root.kind in (RootKind.SELF, RootKind.PARAM):
            yield label, write.where, "each task gets a copy of it, in the same state"


def _is_changed(place: Place, changed: set[Place]) -> bool:
    """Does the worker make or set the generator, or what holds it, itself?"""
    return any(other.root == place.root and other.path == place.path[: len(other.path)] for other in changed)


def _is_another_one(handover: Handover, named: code.Expr) -> bool:
    """Is it another object in each round, or for each item?"""
    loop = handover.spot.loop
    moving = set() if loop is None or isinstance(loop, code.While) else set(tree.bound_each_round(loop))
    names = {node.id for node in tree.every(named) if isinstance(node, code.Name)}
    return isinstance(named, code.Subscript | code.Call) or isinstance(loop, code.While) or not names.isdisjoint(moving)


COPIED_FACTS: Mapping[str, Detector] = {Fact.COPIED_RANDOM: _same_numbers}
