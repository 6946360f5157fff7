"""Interference: what one iteration changes that another one needs.

Two iterations, or two statements, may run side by side where nothing that one changes is read or changed by the other:
in memory, by whatever name; in the process, the thread or its context; and outside the program. The same answers serve
the advice and the rewrite.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from msgspec import structs

from advisor.model import code
from advisor.model.program import Objects, Program
from advisor.model.site import Site, SiteKind
from advisor.model.state import (
    BELOW,
    GENERATORS,
    HANDED,
    LINES,
    NOWHERE,
    Access,
    Ambient,
    AmbientUse,
    Deed,
    How,
    Key,
    Place,
    Places,
    Read,
    Root,
    RootKind,
    Scope,
    State,
    Where,
    Write,
    meets,
)
from advisor.questions.written import NOTHING_WRITTEN, Written


@dataclass(frozen=True, slots=True)
class Clash:
    """`write` of one iteration changes what `read` of another reads, or what `other` changes as well."""

    write: Write
    read: Read | None = None
    other: Write | None = None

    @property
    def second(self) -> Where:
        return (
            self.read.where
            if self.read is not None
            else self.other.where
            if self.other is not None
            else self.write.where
        )


@dataclass(frozen=True, slots=True)
class View:
    """How places look from a site: `items` are the other names of what an iteration works on, `own` the names of items that are
    another one in each iteration for sure (indices, keys), `written` what is known of the items' values."""

    objects: Objects
    function: str
    items: Mapping[str, Places] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    written: Written = NOTHING_WRITTEN
    known: dict[tuple[Place, bool], Places] = field(default_factory=dict, compare=False)  # the names of each place
    read: dict[int, tuple[State, Readers, Readers]] = field(
        default_factory=dict, compare=False
    )  # by identity of states

    def touched(self, state: State) -> tuple[Readers, Readers]:
        """Who reads what a state reads, and who reads what it writes."""
        if id(state) not in self.read:
            written = (Read(Place(w.place.root, w.target), False, True, w.where) for w in state.writes)
            self.read[id(state)] = state, Readers(self, state.reads), Readers(self, written)
        return self.read[id(state)][1:]

    def names(self, place: Place, *, own: bool = False) -> Places:
        """All places that may be the same object as `place`; with `own` each iteration's item counts as one by itself."""
        if (place, own) not in self.known:
            found = self.objects.aliases(self.function, place)
            if place.root.kind is RootKind.ITEM and not own:
                for held in self.items.get(place.root.name, NOWHERE):
                    found |= self.objects.aliases(self.function, held.below(*place.path))
            self.known[place, own] = found
        return self.known[place, own]

    def is_own(self, root: Root) -> bool:
        """Is it an item that no other iteration gets?"""
        return root.kind is RootKind.ITEM and root.name not in self.written.repeated

    def is_own_entry(self, write: Write) -> bool:
        """Is it an entry that no other iteration sets: under the key or index that is walked?"""
        key = write.key
        if write.how is not How.KEY or key is None or key.text or key.shifted or len(key.places) != 1:
            return False
        (place,) = key.places
        return place.root.kind is RootKind.ITEM and place.root.name in self.own and not place.path


_MAKES = (Access.CREATE, Access.DELETE)
_COMES_AND_GOES = (Access.WRITE, Access.CREATE, Access.DELETE)
_ALL = "all"  # where all paths of a root are found, whatever their first step
_Paths = dict[tuple[Root, str], list[tuple[int, tuple[str, ...]]]]


class Readers:
    """Reads, found by all names of what they read, so that a write is only held against those that may be meant."""

    def __init__(self, seen: View, reads: Iterable[Read]) -> None:
        self.seen, self.reads = seen, tuple(reads)

    @cached_property
    def _by_name(self) -> _Paths:
        paths = _Paths()
        for position, read in enumerate(self.reads):
            _enter(position, self.seen.names(read.place), paths)
        return paths

    @cached_property
    def _by_own_name(self) -> _Paths:
        paths = _Paths()
        for position, read in enumerate(self.reads):
            if self.seen.is_own(read.place.root):
                _enter(position, self.seen.names(read.place, own=True), paths)
        return paths

    def of(self, *writes: Write, apart: bool) -> list[Read]:
        """The reads that may see what any of `writes` changes, in their order; `apart` when they are of another iteration."""
        return [self.reads[position] for position in self.positions(*writes, apart=apart)]

    def positions(self, *writes: Write, apart: bool) -> list[int]:
        """The same, by their positions."""
        found: set[int] = set()
        done: set[tuple[Place, tuple[str, ...], bool, bool]] = set()
        for write in writes:
            entry, added = apart and self.seen.is_own_entry(write), write.how is How.AUGMENT
            change = (write.place, write.target, entry, added)
            if change not in done:
                done.add(change)
                self._add_met(found, *change, apart=apart)
        return sorted(found)

    def _add_met(
        self, found: set[int], place: Place, target: tuple[str, ...], entry: bool, added: bool, *, apart: bool
    ) -> None:
        own = place.root if apart and self.seen.is_own(place.root) else None
        beyond = target[len(place.path) :]
        for among in (self._by_name, self._by_own_name) if own is not None else (self._by_name,):
            of_item = among is self._by_own_name  # what lies in one item and what lies in that of another iteration
            for changed in self._set(place, own=of_item) if not beyond else self.seen.names(place, own=of_item):
                path = (*changed.path, *beyond)
                if apart and len(path) < 3 and self.seen.is_own(changed.root):
                    continue  # each has an item of its own
                for position, there in _near(changed.root, path, among):
                    if position in found:
                        continue
                    read = self.reads[position]
                    if (read.place.root == own) is not of_item or (entry and read.place.root.kind is RootKind.ITEM):
                        continue
                    if read.bare and added:
                        continue  # what is added to is not None before, nor after
                    if meets(path, there, whole=read.whole):
                        found.add(position)

    def _set(self, place: Place, *, own: bool) -> Places:
        """The places that get another value: an attribute is set on its object, by whatever name that goes, and what it
        held before stays as it was."""
        if not place.path:
            return self.seen.names(place, own=own)
        holders = self.seen.names(Place(place.root, place.path[:-1]), own=own)
        return frozenset(holder.below(place.path[-1]) for holder in holders) | {place}


def _enter(position: int, places: Places, paths: _Paths) -> None:
    for place in places:
        for step in (_first(place.path), _ALL):
            paths.setdefault((place.root, step), []).append((position, place.path))


def _near(root: Root, path: tuple[str, ...], paths: _Paths) -> Iterable[tuple[int, tuple[str, ...]]]:
    """The paths from `root` that may lead to the same as `path`, as far as their first steps tell."""
    step = _first(path)
    return paths.get((root, _ALL), ()) if not step else (*paths.get((root, step), ()), *paths.get((root, ""), ()))


def _first(path: tuple[str, ...]) -> str:
    """The attribute that a path begins with, `[` for any entry, nothing where it may go anywhere."""
    if not path or path[0] == BELOW:
        return ""
    return "[" if path[0].startswith("[") else path[0]


def view(program: Program, site: Site) -> View:
    """How the places that an iteration touches look from the site."""
    if site.iterable is None:
        return View(program.objects, site.function)
    target = target_of(site)
    items = {name: program.objects.items(site.function, name, site.iterable) for name in site.targets}
    rows = () if target is None else program.objects.written(site.function, target, site.iterable)
    written = Written(rows)
    return View(program.objects, site.function, items, _own_keys(target, site.iterable) - written.repeated, written)


def target_of(site: Site) -> code.Expr | None:
    """What each iteration of the outermost loop of a site is bound to."""
    match site.node:
        case code.For(target=target):
            return target
        case code.Comprehension(clauses=clauses):
            return clauses[0].target
        case code.Call() if site.kind is SiteKind.MAP:
            return code.Name(HANDED)
    return None


def _own_keys(target: code.Expr | None, iterable: code.Expr) -> frozenset[str]:
    """The names that are another value in each iteration: an index, a number that is counted, the key of a dict."""
    match target, iterable:
        case (
            code.Display(items=(code.Name(id=name), *_)),
            code.Call(function=code.Name(id="enumerate") | code.Attribute(name="items")),
        ):
            return frozenset({name})
        case (code.Name(id=name), code.Call(function=code.Name(id="range" | "set") | code.Attribute(name="keys"))):
            return frozenset({name})
    return frozenset()


def settled(state: State, moving: frozenset[str] | None) -> State:
    """The state with no memo that rests on what is another in each iteration; `moving` None: on anything at all."""

    def lasts(write: Write) -> bool:
        rest = write.rests_on
        return rest is None or not (rest.places if moving is None else varies(rest, moving))

    if all(lasts(write) for write in state.writes):
        return state
    return replace(state, writes=tuple(w if lasts(w) else structs.replace(w, memo=False) for w in state.writes))


def clashes(seen: View, changing: State, other: State, *, apart: bool = True) -> Iterator[Clash]:
    """What `changing` writes in memory and `other` reads or writes. Where both are the same state, that of two iterations."""
    readers, writers = seen.touched(other)
    for write in changing.writes:
        if write.memo:
            continue
        yield from (Clash(write, read=read) for read in readers.of(write, apart=apart))
        for position in writers.positions(write, apart=apart):
            second = other.writes[position]
            if not second.memo and _order_shows(write, second):
                yield Clash(write, other=second)


def _order_shows(one: Write, other: Write) -> bool:
    """Can be seen afterwards which of two writes came first? Sets do not tell; sums of floats do."""
    if one.how is other.how is How.ADD:
        return False
    return not (one.constant and other.constant and one.how is other.how is How.REBIND and one.where == other.where)


# ---- ambient


def ambient_clashes(work: State, rest: State) -> Iterator[tuple[AmbientUse, str]]:
    """State of the process, the thread or the context because of which work cannot run beside other work, each with why.

    Lines and random numbers are left out: lines may mix where somebody says so, and drawing is a matter of its own.
    """
    for use in (*work.ambient, *rest.ambient):
        if use.what is Ambient.EXIT or use.what in LINES or use.what in GENERATORS:
            continue
        if use.what.scope is Scope.PROCESS and use.access is not Access.READ:
            yield use, f"`{use.api}` changes the {words(use.what)}, which the whole process shares"
    own_loop = any(use.what is Ambient.EVENT_LOOP and use.access is not Access.READ for use in work.ambient)
    for use in work.ambient:
        if use.what is Ambient.EVENT_LOOP and own_loop:
            continue  # it brings a loop of its own
        if use.what.scope is Scope.THREAD:
            yield use, f"`{use.api}` asks for the {words(use.what)}, which is another one in a worker"
        elif use.what.scope is Scope.CONTEXT and use.access is not Access.READ:
            yield use, f"`{use.api}` changes the {words(use.what)}, and the caller would not see that"
        elif use.what.scope is Scope.CONTEXT and any(
            other.what is use.what and other.access is not Access.READ for other in rest.ambient
        ):
            yield use, f"`{use.api}` reads the {words(use.what)}, which each iteration changes for the next"


def words(what: Ambient) -> str:
    return {Ambient.CWD: "working directory", Ambient.SIGNALS: "signal handlers or timers", Ambient.INPUT: "standard input",
            Ambient.CHILDREN: "set of child processes",
            Ambient.INTERPRETER: "interpreter or a module"}.get(what, what.value.replace("-", " "))  # fmt: skip


def draws(state: State) -> Iterator[tuple[str, Where, Write | AmbientUse]]:
    """Random numbers that are drawn one after the other from a generator that outlives the iteration."""
    for write in state.writes:
        if write.how is How.DRAW:
            yield write.place.label, write.where, write
    for use in state.ambient:
        if use.what in GENERATORS:
            yield use.api, use.where, use


# ---- outside


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two deeds act on one thing, so that their order matters; or on two of which one is `nested` in the other."""

    one: Deed
    other: Deed
    nested: bool = False


def varies(key: Key | None, moving: frozenset[str], repeated: frozenset[str] = frozenset()) -> bool:
    """Is it another thing in each iteration? `moving` are the names that get another value, `repeated` items that come twice."""
    if key is None:
        return False
    own = (
        p
        for p in key.places
        if p.root.kind is RootKind.ITEM or (p.root.kind is RootKind.LOCAL and p.root.name in moving)
    )
    return key.fresh or any(not key.lossy and place.root.name not in repeated for place in own)


def meetings(
    work: Iterable[Deed], other: Iterable[Deed], moving: frozenset[str], written: Written = NOTHING_WRITTEN,
    *, listed: bool = True,
) -> Iterator[Meeting]:  # fmt: skip
    """The pairs of deeds, of two iterations, that act on one thing in an order that shows; what one makes or removes where
    the other looks which things there are among them, unless `listed` is false."""
    others = tuple(other)
    for one in work:
        for second in others:
            if one.space != second.space or _is_shared_object(one) or (one.access is None) != (second.access is None):
                continue
            if _is_in_the_other(one, second) or _lead_into(one, second, written):
                yield Meeting(one, second, nested=True)
                continue
            if one.access and second.access and one.access.looks and second.access.looks:
                continue
            if one.access is second.access is Access.CREATE and one.space != "file":
                continue  # two new ones, whichever comes first
            if one.access is None:
                same = _is_the_same_again(one, second) and _same_thing(one.key, second.key, moving, written)
                same = same or _goes_on(one, second, moving)
            else:
                same = _same_thing(one.key, second.key, moving, written)
            if same or (listed and _is_listed(one, second, moving)):
                yield Meeting(one, second)


def _is_shared_object(deed: Deed) -> bool:
    """A connection that the iterations share: whether it may be is told of the object, not of what is done with it."""
    return deed.space == "object" and deed.key is not None and bool(deed.key.places) and not deed.key.text


def _is_in_the_other(one: Deed, other: Deed) -> bool:
    """Does one make or remove what lies in what the other does, as a folder in a folder? That must be there first."""
    nested = one.key is not None and one.key.nested and not one.key.fresh and one.key == other.key
    return nested and one.access in _MAKES and other.access in _MAKES


def _lead_into(one: Deed, other: Deed, written: Written) -> bool:
    """The same for items that are written out: `a`, `a/b`."""
    if one.access not in _MAKES or other.access not in _MAKES or one.key is None or other.key is None:
        return False
    return written.lead_into(one.key, other.key)


def _is_the_same_again(one: Deed, other: Deed) -> bool:
    """Is nothing known of what they do but that it is one call in the same words, as of a program that is started again?"""
    return one.api == other.api and one.key is not None and one.key == other.key and bool(one.key.text)


def _goes_on(one: Deed, other: Deed, moving: frozenset[str]) -> bool:
    """Is a program given what the one before was given as well, in another place: `cp part1 part2`, `cp part2 part3`?"""
    pairs = ((mine, theirs) for mine in one.words for theirs in other.words if mine != theirs)
    return one.api == other.api and any(
        _spelt(mine) == _spelt(theirs) != ()
        and mine.places == theirs.places
        and (mine.shifted or theirs.shifted)
        and not (mine.partial or theirs.partial or mine.fresh or theirs.fresh)
        and varies(mine, moving)
        for mine, theirs in pairs
    )


def _spelt(key: Key) -> tuple[str, ...]:
    """What is written out of a name, but for numbers; nothing of what is a number as a whole."""
    return tuple(part for part in key.text.split("|") if part and not part.isdigit())


def _same_thing(one: Key | None, other: Key | None, moving: frozenset[str], written: Written) -> bool:
    if one is None or other is None:
        return one is other
    if one.fresh or other.fresh or one.partial or not (one.text or one.places):
        return False  # another one each time, or not known well enough
    if written.lead_together(one, other):
        return True
    if one == other:
        return not varies(one, moving - written.repeated, written.repeated)
    near = (one.shifted or other.shifted) and _spelt(one) == _spelt(other)
    return near and one.places == other.places and varies(one, moving)


def _is_listed(one: Deed, other: Deed, moving: frozenset[str]) -> bool:
    """Does one look which things there are in a place, the same for all, where the other makes or removes one?"""
    looking, changing = (one, other) if one.access is Access.LIST else (other, one)
    if looking.access is not Access.LIST or changing.access not in _COMES_AND_GOES:
        return False
    place, thing = looking.key, changing.key
    if place is None or thing is None or place.partial or thing.fresh or varies(place, moving):
        return False
    named = thing.text.split("|")
    return place.places <= thing.places and all(
        any(_lies_in(name, folder) for name in named) for folder in place.text.split("|") if folder
    )


def _lies_in(name: str, pattern: str) -> bool:
    """Is a name, written out, that of a folder, or of something in it? A pattern is that of a folder as far as it is plain."""
    plain = re.split(r"[*?[]", pattern, maxsplit=1)[0]
    folder = (pattern if plain == pattern else plain.rpartition("/")[0]).rstrip("/")
    return name == folder or name.startswith(f"{folder}/") or (folder in ("", ".") and not name.startswith("/"))


def independent(first: State, second: State, *, alike: bool = False, awaits: bool = False) -> str | None:
    """Why two statements may not overlap as far as the world outside is concerned; None where they surely may.

    Reordering needs a proof: what is not known stays in order. `alike`: the two are the same work on different things, as
    the iterations of a loop are; then only what is known to be one thing ties them.
    `awaits`: only what is awaited acts outside.
    """
    if alike:
        found = next(meetings(first.deeds, second.deeds, frozenset()), None)
        return f"`{found.one.api}` and `{found.other.api}` act on the same thing" if found is not None else None
    for state in (first, second):
        if state.opaque_awaits if awaits else state.opaque:
            return "what is called there is not known"
    for one in first.deeds:
        for other in second.deeds:
            if one.access is None or other.access is None:
                unknown = one if one.access is None else other
                if one.space == other.space or unknown.guessed:
                    return f"what `{unknown.api}` changes is not known"
                continue
            if (one.access.looks and other.access.looks) or one.space != other.space:
                continue
            if one.api == other.api and one.access is not Access.EXCLUSIVE and _differ(one.key, other.key):
                continue
            return f"`{one.api}` and `{other.api}` may act on the same thing"
    return None


def changes_outside(state: State) -> Deed | None:
    """A deed that leaves a trace outside the program: if something before it fails, it must not have been done. Other
    programs leave traces of their own, of which nothing is known."""
    return next((deed for deed in state.deeds if deed.access and not deed.access.looks and not deed.words), None)


def _differ(one: Key | None, other: Key | None) -> bool:
    return one is not None and other is not None and one != other and not (one.partial and other.partial)
