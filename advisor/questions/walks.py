"""Walks: iterators that look at what a round left of an item before they give the next one, as `os.walk` looks at folders."""

from __future__ import annotations

from advisor.model import code
from advisor.model.catalog import Catalog
from advisor.model.program import Program
from advisor.model.site import Site
from advisor.model.state import Place, Root, RootKind
from advisor.questions.bars import behind_bar
from advisor.questions.calls import argument, entries
from advisor.questions.interference import target_of


def looked_at_again(program: Program, catalog: Catalog, site: Site) -> Place | None:
    """The part of each item from which the iterator that the site walks works out how it goes on."""
    if site.iterable is None:
        return None
    walk = behind_bar(program, catalog, site.function, site.iterable)
    if not isinstance(walk, code.Call):
        return None
    for _, entry in entries(program, catalog, site.function, walk):
        if entry.looks_again is not None and not _is_off(walk, entry.looks_again_unless):
            return _part(site, entry.looks_again)
    return None


def _is_off(walk: code.Call, switch: str | None) -> bool:
    """Is the walk told to go the other way round, so that what a round leaves comes too late?"""
    given = argument(walk, switch) if switch is not None else None
    return isinstance(given, code.Literal) and given.value is False


def _part(site: Site, index: int) -> Place | None:
    match target_of(site):
        case code.Name(id=name):
            return Place(Root(RootKind.ITEM, name, site.function), (f"[{index}]",))
        case code.Display(items=items) if index < len(items):
            part = items[index]
            return Place(Root(RootKind.ITEM, part.id, site.function)) if isinstance(part, code.Name) else None
    return None
