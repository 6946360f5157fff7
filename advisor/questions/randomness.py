"""Randomness: which generators a program sets to a known state, so that its numbers are to come again in the same order."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model.catalog import Catalog
from advisor.model.program import Program
from advisor.model.state import GENERATORS, Access, Ambient, AmbientUse, RootKind, State, Where
from advisor.questions.interference import draws


def drawn_in_turn(
    program: Program, catalog: Catalog, state: State, *, copied: bool = False
) -> Iterator[tuple[str, Where]]:
    """The generators whose numbers would be others if the work were done side by side, each with where one is drawn.

    Where a module's generator is never seeded, no run is like another anyway. `copied`: each worker has a copy of all
    objects, as a process has, so that all draw the same numbers; only Python's own generator starts anew there.
    """
    found = list(draws(state))
    seeded = seeded_generators(program, catalog) if found else frozenset()
    for name, where, drawn in found:
        if isinstance(drawn, AmbientUse):
            shows = drawn.what in seeded or (copied and drawn.what is not Ambient.RANDOM)
        else:
            shows = copied or drawn.place.root.kind is not RootKind.ITEM  # an item brings its own
        if shows:
            yield name, where


def seeded_generators(program: Program, catalog: Catalog) -> frozenset[Ambient]:
    """The generators of modules that the program sets to a known state anywhere."""
    found: set[Ambient] = set()
    for last in catalog.seeding:
        for function, call in program.objects.calls_named(last):
            for target in program.targets(function, call):
                known = catalog.call(target.name) if target.kind == "external" else None
                if known is not None:
                    found |= {
                        what for what, access in known[1].state.items() if what in GENERATORS and access is Access.WRITE
                    }
    return frozenset(found)
