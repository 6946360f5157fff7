"""Walks: iterators that need a round to be over before they give the next item.

`os.walk` looks at the folders that a round left, a group of `itertools.groupby` is gone with the next one, and a generator
may fill one buffer anew for each item, or hand each out of a block that ends with the next one.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Site
from advisor.model.state import Access, How, Key, Piece, Place, Read, Root, RootKind, State, Where, Write, meets
from advisor.model.summary import Summaries
from advisor.questions.bars import behind_bar
from advisor.questions.calls import argument, entries
from advisor.questions.flow import drawn_from
from advisor.questions.interference import target_of
from advisor.questions.locks import is_guard


def looked_at_again(program: Program, catalog: Catalog, site: Site) -> Place | None:
    """The part of each item from which the iterator that the site walks works out how it goes on."""
    for walked in drawn_from(program, site):
        walk = behind_bar(program, catalog, site.function, walked)
        if not isinstance(walk, code.Call):
            continue
        for _, entry in entries(program, catalog, site.function, walk):
            if entry.looks_again is not None and not _is_off(walk, entry.looks_again_unless):
                return _part(site, entry.looks_again)
    return None


def decided(again: Place | None, state: State) -> Iterator[tuple[Write, str]]:
    """What an iteration changes in the part of its item that the iterator looks at `again`, each with why that ties it."""
    if again is None:
        return
    for write in state.writes:
        rebound = write.how is How.REBIND and len(write.place.path) <= len(again.path)
        if not rebound and write.place.root == again.root and meets(write.place.path, again.path, whole=True):
            label, line = write.place.label, write.where.line
            yield write, f"what an iteration leaves in `{label}` (line {line}) decides where the walk goes next"


_PLAIN = frozenset({"builtins.str", "builtins.bytes", "builtins.int", "builtins.float", "builtins.bool"})


@dataclass(frozen=True, slots=True)
class Spoilt:
    """What is of no use once the next item has been drawn: a part of each item, or the whole of it where that is None."""

    part: Place | None
    because: str

    def is_read(self, reads: Iterable[Read]) -> bool:
        """Does one of these reads see it?"""
        part = self.part
        if part is None:
            return True
        seen = (read for read in reads if read.place.root == part.root)
        return any(meets(part.path, read.place.path, whole=read.whole) for read in seen)


def spoilt(program: Program, catalog: Catalog, summaries: Summaries, site: Site) -> Spoilt | None:
    """What drawing the next item takes away from those before."""
    walked = drawn_from(program, site)
    for call in (each for one in walked for each in _drawn(program, catalog, site.function, one)):
        for name, entry in entries(program, catalog, site.function, call):
            if entry.spoils is not None:
                part = _part(site, entry.spoils) if any(call is one for one in walked) else None
                return Spoilt(part, f"`{name}` takes this away when it gives the next one")
        for info in _generators(program, site.function, call):
            filled = _filled_anew(program, catalog, summaries, info)
            if filled is not None:
                return Spoilt(None, f"`{filled[0]}` is filled anew for each item (line {filled[1]})")
            changed = next(_changed_after(program, catalog, summaries, info), None)
            if changed is not None:
                return Spoilt(None, f"`{changed[0]}` is changed before the next item is drawn (line {changed[1]})")
            undone = next(_undone(program, catalog, summaries, info), None)
            if undone is not None:
                return Spoilt(None, undone)
    return None


def asked_for_position(
    program: Program, catalog: Catalog, site: Site, state: State
) -> Iterator[tuple[str, Where, str]]:
    """How far the reader that is walked has come, where `state` asks that: further, when items are drawn ahead. What asks,
    where, and why that matters."""
    walked = drawn_from(program, site)
    within = (a for each in walked if isinstance(each, code.Call) for a in each.arguments)
    values = (value for each in (*walked, *within) for value in program.values(site.function, each))
    for kind in sorted({value.name for value in values if value.kind in ("object", "container")}):
        entry = catalog.object(kind)
        if entry is None or not entry.position:
            continue
        owners = (kind, kind.rpartition(".")[0])  # `lines.filename()`, `fileinput.filename()`
        told = {f"{owner}.{name}" for owner in owners for name in entry.position}
        asked = [
            *(
                (r.place.label, r.where)
                for r in state.reads
                if r.place.path[-1:] and r.place.path[-1] in entry.position
            ),
            *((use.api, use.where) for use in state.uses if use.api in told),
            *((use.api, use.where) for use in state.ambient if use.api in told),
        ]
        for label, where in asked:
            because = f"`{label}` (line {where.line}) tells how far the walk has come, which items drawn ahead change"
            yield label, where, because


def _generators(program: Program, function: str, call: code.Call) -> Iterator[FunctionInfo]:
    """The generators that give the items: what is called, or the `__iter__` of the object that is made."""
    called = (t for t in program.targets(function, call) if not t.callback)
    for target in (*called, *program.implied(function, call, "iterate")):
        info = program.functions[target.name] if target.kind == "function" else None
        if info is not None and info.is_generator:
            yield info


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
        kept = held.difference(_bound_in(loop))
        if not kept:
            continue
        tests = (loop.test,) if isinstance(loop, code.While) else ()  # `while file.readinto(buffer):`
        for write in summaries.state(Piece(info.id, loop.body, tests)).writes:
            if _changes(write, kept, info):
                return write.place.root.name, write.where.line
    return None


def _changed_after(
    program: Program, catalog: Catalog, summaries: Summaries, info: FunctionInfo
) -> Iterator[tuple[str, int]]:
    """A variable whose object the generator changes when it is asked for the item after that; with the line where it does."""
    for loop in (s for s in info.statements if isinstance(s, code.For | code.While)):
        for position, statement in enumerate(loop.body):
            given = _yields((statement,)) if isinstance(statement, code.Evaluate) else []
            names = {name for value in given for name in _handed_out(program, catalog, info.id, value)}
            if names:
                after = summaries.state(Piece(info.id, loop.body[position + 1 :]))
                yield from ((w.place.root.name, w.where.line) for w in after.writes if _changes(w, names, info))


def _changes(write: Write, names: Container[str], info: FunctionInfo) -> bool:
    """Does it change the object that the generator has by one of these names, rather than what the name stands for?"""
    return _is_named(write.place.root, names, info) and (write.how is not How.REBIND or bool(write.place.path))


def _is_named(root: Root, names: Container[str], info: FunctionInfo) -> bool:
    own = root.kind is RootKind.PARAM or root == Root(RootKind.LOCAL, root.name, info.id)
    return own and root.name in names


def _undone(program: Program, catalog: Catalog, summaries: Summaries, info: FunctionInfo) -> Iterator[str]:
    """What a generator holds for an item only until it is asked for the next one, in words: the block that the item is handed
    out of ends, and what was made for it is removed."""
    for loop in (s for s in info.statements if isinstance(s, code.For | code.While)):
        given = _yields(loop.body)
        if not given:
            continue
        kept = {n for value in given for n in _handed_out(program, catalog, info.id, value)}.difference(_bound_in(loop))
        for block in (s for s in tree.statements(loop.body) if isinstance(s, code.With) and _yields(s.body)):
            if any(_holds(program, catalog, info.id, context, bound, block) for context, bound in block.items):
                yield f"the block of line {block.line}, out of which an item is handed, ends when the next one is drawn"
        for deed in summaries.state(Piece(info.id, loop.body)).deeds:
            if deed.access is Access.DELETE:
                yield f"`{deed.api}` (line {deed.where.line}) removes something before the next item is drawn"
            elif deed.access is Access.WRITE and _names(deed.key, kept, info):
                yield f"`{deed.api}` (line {deed.where.line}) writes the same thing again before the next item is drawn"


def _names(key: Key | None, kept: Container[str], info: FunctionInfo) -> bool:
    """Does it name one thing again and again: that by one of these names?"""
    places = frozenset() if key is None or key.fresh else key.places
    return bool(places) and all(_is_named(place.root, kept, info) for place in places)


def _yields(block: tree.Block) -> list[code.Expr]:
    return [n.value for n in tree.expressions(block) if isinstance(n, code.Yield) and n.value is not None]


def _holds(
    program: Program, catalog: Catalog, function: str, context: code.Expr, bound: code.Expr | None, block: code.With
) -> bool:
    """Does what is done with an item rest on the block: is it about what the block opened, a lock, or ambient state?"""
    if is_guard(program, catalog, function, context):
        return True
    known = entries(program, catalog, function, context) if isinstance(context, code.Call) else ()
    if any(access is not Access.READ for _, entry in known for access in entry.state.values()):
        return True
    names = set(tree.bound_names(bound) if bound is not None else ())
    names |= {context.id} if isinstance(context, code.Name) else set()
    text = any(value.name == "builtins.str" for name in names for value in program.values(function, code.Name(name)))
    return any(_is_of(program, function, value, names, named=text) for value in _yields(block.body))


def _is_of(program: Program, function: str, value: code.Expr, names: set[str], *, named: bool) -> bool:
    """Does a value lead to one of the objects that go by these names? What a call makes of one stands for itself, unless it
    is an object again, or the names are `named` things outside: those of folders."""
    match value:
        case code.Name(id=name):
            return name in names
        case code.Call(function=called, arguments=arguments):
            made = program.values(function, value)
            lives = named or any(v.kind in ("object", "instance") and v.name not in _PLAIN for v in made)
            owner = (called.value,) if isinstance(called, code.Attribute) else ()
            return lives and any(_is_of(program, function, part, names, named=named) for part in (*owner, *arguments))
    return any(_is_of(program, function, part, names, named=named) for part in tree.parts(value))


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
