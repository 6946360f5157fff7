"""Relays: functions of the project that hand the function they are given on to a pool, as a pool's own method does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.program import FunctionInfo
from advisor.model.state import Place, Places, RootKind
from advisor.questions import pools
from advisor.questions.calls import receiver
from advisor.stages.faults.same import places_of
from advisor.stages.faults.sight import Sight
from advisor.stages.faults.spots import Spot


@dataclass(frozen=True, slots=True, eq=False)
class Relay:
    """A call that leads to a relay: `at` is where that hands `worker` to the pool, which is known to the caller by `pool`."""

    at: Spot
    found: pools.HandOver
    worker: FunctionInfo
    pool: Places

    @property
    def gives_back(self) -> bool:
        """Does the caller get what the pool gives for the task?"""
        returned = [s.value for s in self.at.function.statements if isinstance(s, code.Return)]
        match self.at.statement:
            case code.Assign(targets=(code.Name() as name,), value=value) if value is self.at.call:
                return name in returned
        return any(value is self.at.call for value in returned)


def relay(sight: Sight, spot: Spot) -> Relay | None:
    """The relay that a call surely runs, with the one function of the project that it is given."""
    targets = sight.program.targets(spot.function.id, spot.call)
    if len(targets) != 1 or targets[0].kind != "function":
        return None
    if targets[0].callback or targets[0].guessed or targets[0].conditional:
        return None
    inner = sight.program.functions[targets[0].name]
    if inner.is_async or inner.is_generator or inner.decorators or inner.id == spot.function.id:
        return None
    for at, found, place in _handed_on(sight, inner):
        given = sight.program.argument(inner.id, spot.call, place)
        values = () if given is None else tuple(sight.program.values(spot.function.id, given))
        if len(values) == 1 and values[0].kind == "function":
            return Relay(at, found, sight.program.functions[values[0].name], _pool(sight, spot, at))
    return None


def _handed_on(sight: Sight, info: FunctionInfo) -> Iterator[tuple[Spot, pools.HandOver, int]]:
    """Where a function hands a parameter of its own to a pool, with the number of that."""
    names = [parameter.name for parameter in info.parameters]
    hands_on = names and not info.called_names.isdisjoint(sight.catalog.handing)
    for spot in sight.spots(info) if hands_on else ():
        found = pools.hand_over(sight.program, sight.catalog, info.id, spot.call)
        if found is None or not found.by_pool or found.guessed or found.maps:
            continue
        if isinstance(found.function, code.Name) and found.function.id in names:
            origins = sight.program.objects.origins(info.id, found.function.id)
            if all(origin.how == "parameter" for origin in origins):
                yield spot, found, names.index(found.function.id)


def _pool(sight: Sight, spot: Spot, at: Spot) -> Places:
    """The places of the relay's pool as its caller knows them; none for one that the relay makes itself."""
    owner, names = receiver(at.call), [parameter.name for parameter in at.function.parameters]
    if owner is None:
        return frozenset()
    if isinstance(owner, code.Name) and owner.id in names:
        given = sight.program.argument(at.function.id, spot.call, names.index(owner.id))
        return frozenset() if given is None else places_of(sight, spot.function.id, given)
    found = places_of(sight, at.function.id, owner)
    mine = frozenset(p for p in found if p.root.kind is RootKind.GLOBAL)
    held = receiver(spot.call)
    path = (tree.dotted(owner) or "").split(".")
    if held is not None and path[0] == "self" and len(path) > 1:
        mine |= frozenset[Place](p.below(*path[1:]) for p in places_of(sight, spot.function.id, held))
    return mine
