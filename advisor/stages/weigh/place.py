"""Place: what the names and the surroundings of a site say of how much there is to gain from it."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.confidence import Fact
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Site, SiteKind
from advisor.model.words import Words, is_named, mentions
from advisor.questions.bars import behind_bar
from advisor.questions.tests import is_for_developers


def place(program: Program, catalog: Catalog, site: Site) -> frozenset[Fact]:
    """The facts that can be told without knowing what an iteration costs."""
    return frozenset(_facts(program, catalog, site))


def _facts(program: Program, catalog: Catalog, site: Site) -> Iterator[Fact]:
    info = program.functions[site.function]
    words = catalog.words
    walked = tuple(_walked(program, catalog, site))
    if any(is_named(name, words.few) for name in walked):
        yield Fact.NAMED_FEW
    if any(is_named(name, words.many) for name in walked):
        yield Fact.NAMED_MANY
    if info.path in program.small() and not is_for_developers(words, info.path):
        yield Fact.MAIN_PART
    if site.kind is SiteKind.BLOCKING_IN_ASYNC and program.serves():
        yield Fact.HOLDS_UP
    yield from _runs(words, info)


def _walked(program: Program, catalog: Catalog, site: Site) -> Iterator[str]:
    """The names of an item and of what is walked."""
    yield from sorted(site.targets)
    if site.iterable is None:
        return
    walked = behind_bar(program, catalog, site.function, site.iterable)
    match walked:
        case code.Call(function=code.Attribute(value=owner)) if not walked.arguments:
            yield tree.dotted(owner) or ""  # `hosts.items()`
        case code.Call(function=function):
            yield tree.dotted(function) or ""
        case _:
            yield tree.dotted(walked) or ""


def _runs(words: Words, info: FunctionInfo) -> Iterator[Fact]:
    """When the function runs, and for whom."""
    if is_for_developers(words, info.path):
        yield Fact.DEVELOPERS
    if info.is_module:
        yield Fact.AT_IMPORT
        return
    if mentions(info.name.rpartition(".")[2], words.set_ups):
        yield Fact.SETS_UP
