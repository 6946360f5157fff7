"""Signs: what speaks for a site being slow enough to care about, when nothing was measured."""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.effect import COMPUTING, CostClass
from advisor.model.estimate import Work
from advisor.model.program import Program
from advisor.model.site import Sign, Site
from advisor.model.summary import Summary
from advisor.model.words import mentions
from advisor.questions.bars import has_bar, moves_bar
from advisor.questions.calls import last_name

_LONG = 0.01  # seconds
_HEAVY = frozenset({CostClass.MEDIUM, CostClass.LARGE, CostClass.HUGE})


def signs(program: Program, catalog: Catalog, site: Site, summary: Summary, work: Work) -> frozenset[Sign]:
    """All signs at a site."""
    found: set[Sign] = set()
    at_least = work.per_item.low * work.items.low  # every loop of unknown length taken to run once
    if work.items_known and (not summary.guessed_rounds or at_least > _LONG):
        found.add(Sign.KNOWN_SIZE)
    if _has_bar(program, catalog, site):
        found.add(Sign.PROGRESS_BAR)
    if _walks_files(catalog, site):
        found.add(Sign.FILES)
    for proof in summary.proofs:
        entry = catalog.call(proof.api)
        if proof.guessed or entry is None:
            continue
        if (proof.effect in COMPUTING and entry[1].cost in _HEAVY) or entry[1].device:
            found.add(Sign.HEAVY_CALL)
    return frozenset(found)


def _has_bar(program: Program, catalog: Catalog, site: Site) -> bool:
    if site.iterable is not None and has_bar(program, catalog, site.function, site.iterable):
        return True
    return any(moves_bar(program, catalog, site.function, call) for call in tree.calls(site.body))


def _walks_files(catalog: Catalog, site: Site) -> bool:
    if site.iterable is None:
        return False
    names: list[str] = [*site.targets]
    for node in tree.every(site.iterable):
        match node:
            case code.Call():
                if last_name(node) in catalog.words.file_walks:
                    return True
            case code.Name(id=name) | code.Attribute(name=name):
                names.append(name)
    return any(mentions(name, catalog.words.files) for name in names)
