"""Place: what the names and the surroundings of a site say of how much there is to gain from it."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.confidence import Fact
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Site, SiteKind
from advisor.model.words import Words, is_named, mentions
from advisor.questions.bars import behind_bar, has_bar, moves_bar
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
    if _has_bar(program, catalog, site):
        yield Fact.PROGRESS
    if info.path in program.small():
        yield Fact.MAIN_PART
    if _is_blocking(site):
        yield Fact.BLOCKING
    yield from (fact for fact in _runs(program, words, info) if fact is not Fact.UNCALLED or not _is_blocking(site))


def _is_blocking(site: Site) -> bool:
    return site.kind is SiteKind.BLOCKING_IN_ASYNC  # whose coroutine a framework calls, mostly


def _has_bar(program: Program, catalog: Catalog, site: Site) -> bool:
    if site.iterable is not None and has_bar(program, catalog, site.function, site.iterable):
        return True
    return any(moves_bar(program, catalog, site.function, call) for call in tree.calls(site.body))


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


def _runs(program: Program, words: Words, info: FunctionInfo) -> Iterator[Fact]:
    """When the function runs, and for whom."""
    if is_for_developers(words, info.path):
        yield Fact.DEVELOPERS
    if info.is_module:
        yield Fact.AT_IMPORT
        return
    if not info.decorators and not program.callers(info.id):
        yield Fact.UNCALLED
    own_name = info.name.rpartition(".")[2]
    if mentions(own_name, words.set_ups):
        yield Fact.SETS_UP
    if mentions(own_name, words.clean_ups):
        yield Fact.CLEANS_UP
