"""Walks: iterators that need a round to be over before they give the next item.

`os.walk` looks at the folders that a round left, a group of `itertools.groupby` is gone with the next one, and a generator
may fill one buffer anew for each item.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Site
from advisor.model.state import How, Piece, Place, Root, RootKind
from advisor.model.summary import Summaries
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


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What is of no use once the next item has been drawn: a part of each item, or the whole of it where that is None."""

    part: Place | None
    because: str


def spoilt(program: Program, catalog: Catalog, summaries: Summaries, site: Site) -> Spoilt | None:
    """What drawing the next item takes away from those before."""
    for call in _drawn(program, catalog, site.function, site.iterable):
        for name, entry in entries(program, catalog, site.function, call):
            if entry.spoils is not None:
                part = _part(site, entry.spoils) if call is site.iterable else None
                return Spoilt(part, f"`{name}` takes each group away when it gives the next one")
        for target in program.targets(site.function, call):
            info = program.functions[target.name] if target.kind == "function" and not target.callback else None
            filled = _filled_anew(program, catalog, summaries, info) if info is not None and info.is_generator else None
            if filled is not None:
                return Spoilt(None, f"`{filled[0]}` is filled anew for each item (line {filled[1]})")
    return None


def _drawn(program: Program, catalog: Catalog, function: str, walked: code.Expr | None) -> Iterator[code.Call]:
    """The calls that give their items one at a time as these are asked for: `rows()` in `enumerate(rows())`, not in
    `sorted(rows())`."""
    match walked:
        case code.Call(arguments=arguments):
            yield walked
            kinds = program.values(function, walked)
            known = (catalog.object(value.name) for value in kinds if value.kind == "object")
            if any(v.is_used_up for v in kinds) or any(each is not None and each.iterates for each in known):
                for each in arguments:
                    yield from _drawn(program, catalog, function, each)
        case code.Comprehension(kind="generator", clauses=clauses):
            for clause in clauses:
                yield from _drawn(program, catalog, function, clause.iterable)


def _filled_anew(
    program: Program, catalog: Catalog, summaries: Summaries, info: FunctionInfo
) -> tuple[str, int] | None:
    """A variable that the generator hands out again and again, and changes in between; with the line where it does."""
    for loop in (s for s in info.statements if isinstance(s, code.For | code.While)):
        given = [n.value for n in tree.expressions(loop.body) if isinstance(n, code.Yield) and n.value is not None]
        held = {name for value in given for name in _handed_out(program, catalog, info.id, value)}
        kept = {Root(RootKind.LOCAL, name, info.id) for name in held.difference(_bound_in(loop))}
        if not kept:
            continue
        for write in summaries.state(Piece(info.id, loop.body)).writes:
            if write.place.root in kept and (write.how is not How.REBIND or write.place.path):
                return write.place.root.name, write.where.line
    return None


def _handed_out(program: Program, catalog: Catalog, function: str, value: code.Expr) -> Iterator[str]:
    """The variables whose objects an expression gives: as they are, as a view of them, or in a row with others."""
    match value:
        case code.Name(id=name):
            yield name
        case code.Display(items=items):
            for each in items:
                yield from _handed_out(program, catalog, function, each)
        case code.Subscript(value=inner, index=code.Operation(operator="slice")) | code.Call(arguments=(inner,)):
            viewed = inner if isinstance(value, code.Subscript) else value
            known = (catalog.object(v.name) for v in program.values(function, viewed) if v.kind == "object")
            if any(each is not None and each.window for each in known):
                yield from _handed_out(program, catalog, function, inner)


def _bound_in(loop: code.For | code.While) -> Iterable[str]:
    targets = tree.bound_names(loop.target) if isinstance(loop, code.For) else ()
    return (*targets, *tree.bound_in(loop.body))


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
