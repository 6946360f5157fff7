"""Widening: what a function touches, told to its callers in a bounded number of accesses, and never with fewer consequences.

What another access says as well is left out, which loses nothing. Where too many are left, neighbours become one access to
whatever lies below their common path: callers may then see a clash that is none, but miss none that is one.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from msgspec import structs

from advisor.model.state import Deed, How, Key, Read, Root, RootKind, State, Use, Write, around

_MOST = 80  # accesses of a sort that are told apart; bounds the work for the callers, not what they may find out
Touch = TypeVar("Touch", Read, Write, Use, Deed)
InMemory = TypeVar("InMemory", Read, Write, Use)


def widened(state: State, most: int = _MOST) -> State:
    """The state of a function as its callers see it, with at most about `most` accesses of a sort."""
    return replace(
        state,
        reads=_by_place(tuple(needed(state.reads)), most, _one_read, lambda read: read.bare),
        writes=_by_place(state.writes, most, _one_write),
        uses=_by_place(state.uses, most, _one_use, lambda use: (use.type, use.api)),
        acted=_by_place(state.acted, most, _one_use, lambda use: use.api),
        asked=_by_place(state.asked, most, _one_use),
        deeds=_joined(state.deeds, most, _one_deed, lambda deed: (deed.space, deed.access, deed.api, deed.guessed)),
    )


def needed(reads: Sequence[Read]) -> Iterator[Read]:
    """The reads without those that others cover: the way to what is read further below, and parts of what is read whole."""
    ways: dict[tuple[Root, tuple[str, ...]], bool] = {}  # with whether what lies there is read before it is written
    wholes: dict[tuple[Root, tuple[str, ...]], bool] = {}
    for read in reads:
        root, path = read.place.root, read.place.path
        # an object that is handed on is rarely looked through, and who asks whether it is there sees less than who reads it
        if read.whole and not read.bare and (path or root.kind is not RootKind.SELF):
            wholes[root, path] = wholes.get((root, path), False) or read.exposed
        for length in () if read.bare else range(len(path)):
            ways[root, path[:length]] = ways.get((root, path[:length]), False) or read.exposed
    for read in reads:
        root, path = read.place.root, read.place.path
        above = [] if read.whole else [wholes.get((root, path[:length])) for length in range(len(path) + 1)]
        if not read.whole:
            above.append(ways.get((root, path)))
        if not any(exposed is not None and exposed >= read.exposed for exposed in above):
            yield read


def _by_place(
    accesses: Sequence[InMemory], most: int, one: Callable[[list[InMemory]], InMemory],
    apart: Callable[[InMemory], Hashable] = lambda _: (),
) -> tuple[InMemory, ...]:  # fmt: skip
    """Those whose paths begin alike become one; if that is not enough, those of one root."""

    def near(access: InMemory) -> Hashable:
        return access.place.root, access.place.path[:1], apart(access)

    nearer = _joined(accesses, most, one, near)
    return _joined(nearer, most, one, lambda access: (access.place.root, apart(access)))


def _joined(
    accesses: Sequence[Touch], most: int, one: Callable[[list[Touch]], Touch], near: Callable[[Touch], Hashable]
) -> tuple[Touch, ...]:
    """All of them, or where these are too many, one for those that are `near` each other."""
    if len(accesses) <= most:
        return tuple(accesses)
    groups: dict[Hashable, list[Touch]] = {}
    for access in accesses:
        groups.setdefault(near(access), []).append(access)
    return tuple(group[0] if len(group) == 1 else one(group) for group in groups.values())


def _one_read(reads: list[Read]) -> Read:
    place, exposed = around(read.place for read in reads), any(read.exposed for read in reads)
    return Read(place, whole=True, exposed=exposed, where=reads[0].where, bare=reads[0].bare)


def _one_write(writes: list[Write]) -> Write:
    first, keys = writes[0], {write.key for write in writes}
    rests = {write.rests_on for write in writes}
    return Write(
        around(write.place for write in writes),
        How.MUTATE,
        first.where,
        memo=all(write.memo for write in writes) and len(rests) == 1,
        possible=all(write.possible for write in writes),
        sure=False,
        key=first.key if len(keys) == 1 else None,
        rests_on=first.rests_on if len(rests) == 1 else None,
    )


def _one_use(uses: list[Use]) -> Use:
    return structs.replace(uses[0], place=around(use.place for use in uses))


def _one_deed(deeds: list[Deed]) -> Deed:
    """Which things are changed is told no more; then they may be the same ones each time."""
    first, keys = deeds[0], {deed.key for deed in deeds}
    if len(keys) > 1:
        return structs.replace(first, key=Key(partial=True) if first.access and first.access.looks else None)
    return first
