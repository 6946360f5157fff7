"""Randomness: which generators a program sets to a known state, so that its numbers are to come again in the same order."""

from __future__ import annotations

from advisor.model.catalog import Catalog
from advisor.model.program import Program
from advisor.model.state import GENERATORS, Access, Ambient


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
