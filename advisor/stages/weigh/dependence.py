"""Dependence: what one round of a site needs from another, each tie with the name and line that prove it."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping

from msgspec import structs

from advisor.model import code, tree
from advisor.model.catalog import Catalog, ThreadSafety
from advisor.model.effect import Effect
from advisor.model.program import Program
from advisor.model.site import Dependence, DependenceKind, Detail, Site
from advisor.model.state import BELOW, INSIDE, Access, How, Key, Place, Read, RootKind, State, Use, Write
from advisor.model.summary import Summary
from advisor.questions.calls import puts_behind
from advisor.questions.ending import without_last
from advisor.questions.fields import by_two_ways
from advisor.questions.flow import Flow
from advisor.questions.interference import Readers, View, clashes, meetings, varies
from advisor.questions.lines import may_show, shows
from advisor.questions.thresholds import COSTLY
from advisor.stages.weigh.slices import splits

_STRENGTH = tuple(DependenceKind)
_STOPS_EARLY = frozenset({"any", "all", "next"})

Tie = tuple[DependenceKind, Detail]


Taken = tuple[Flow, State]  # of the body of a loop that takes results one by one


def dependence(
    catalog: Catalog, site: Site, flow: Flow, summary: Summary, state: State, seen: View, taken: Taken | None = None,
    known: Iterable[Tie] = (),
) -> Dependence:  # fmt: skip
    """The strongest tie between iterations, the others beside it; some are `known`."""
    costly, state = costly_calls(summary), without_last(site, state)
    ties = _split(site, list(_names(site, flow)), summary)
    ties += known
    ties += _state(site, flow, state, seen, costly)
    ties += [*_outside(catalog, flow, state, seen), *_statements(catalog, flow, state), *_changed_again(catalog, state)]
    ties += _answered(catalog, site, flow, state, seen)
    ties += [*_order(catalog, flow, summary, state, seen), *_exits(site, flow)]
    if taken is not None:
        ties += [*_between(state, taken, seen, frozenset(flow.bound)), *_exits(site, taken[0])]
    if not ties:
        return Dependence(DependenceKind.NONE)
    ties.sort(key=lambda tie: -_STRENGTH.index(tie[0]))
    kind = ties[0][0]
    details = tuple(dict.fromkeys(detail for k, detail in ties if k is kind))
    return Dependence(kind, details[:6], frozenset(k for k, _ in ties) - {kind})


def costly_calls(summary: Summary) -> frozenset[int]:
    """The calls of an iteration that take its time: those that a rewrite hands over."""
    total = sum(proof.seconds.expected for proof in summary.proofs)
    return frozenset(proof.uid for proof in summary.proofs if proof.seconds.expected >= COSTLY * total)


def _split(site: Site, ties: list[Tie], summary: Summary) -> list[Tie]:
    """Ties that the costly calls have no part in become a matter of combining results in order."""
    carried = [detail for kind, detail in ties if kind is DependenceKind.CARRIED]
    if (
        not carried
        or isinstance(site.node, code.While)
        or not site.body  # one expression is not split
        or not splits(site.body, (d.name for d in carried), summary.proofs)
    ):
        return ties
    lighter = {
        detail: Detail(
            detail.name,
            detail.line,
            f"`{detail.name}` goes from iteration to iteration, but apart from the costly calls: it can be worked out before or after them",
        )
        for detail in carried
    }
    return [(DependenceKind.REDUCTION, lighter[d]) if kind is DependenceKind.CARRIED else (kind, d) for kind, d in ties]


def _names(site: Site, flow: Flow) -> Iterator[Tie]:
    """Ties through plain local names."""
    for name, use in sorted(flow.names.items()):
        if name in site.targets and not use.exposed:
            continue
        changed = use.written or use.augmented
        if not changed or name not in flow.bound:
            continue
        if use.exposed and (use.written or use.combined) and not (use.augmented or use.combined):
            yield _carried(name, use.exposed, use.written)
        elif use.exposed and use.stepped and not use.written:
            yield DependenceKind.REDUCTION, Detail(name, use.stepped, f"`{name}` counts the iterations")
        elif use.exposed:
            yield _carried(name, use.exposed, use.augmented or use.combined or use.written)
        elif use.augmented or use.combined:
            line = use.augmented or use.combined
            yield DependenceKind.REDUCTION, Detail(name, line, f"every iteration adds to `{name}`")
        elif use.tested:
            yield (
                DependenceKind.REDUCTION,
                Detail(name, use.tested, f"`{name}` keeps the best or first value seen so far"),
            )


def doubted(program: Program, site: Site, summary: Summary, state: State) -> Iterator[Tie]:
    """Ties through an object that is reached by two ways, if these lead to one object."""
    costly, state = costly_calls(summary), without_last(site, state)
    for clash in by_two_ways(program, state.writes, (read for read in state.reads if in_work(read, costly))):
        write, label = clash.write, clash.write.place.label
        because = (
            f"each iteration changes `{label}`{_where(site, write)}, which may be what line {clash.second.line} reads"
        )
        yield DependenceKind.UNKNOWN, Detail(label, write.where.line, because)


def lasting(last: Mapping[str, int]) -> Iterator[Tie]:
    """Ties through names that each round sets anew, and that are read when the loop is over."""
    for name, line in last.items():
        because = f"every iteration sets `{name}`, and the last one must win"
        yield DependenceKind.REDUCTION, Detail(name, line, because)


def _carried(name: str, read: int, written: int) -> Tie:
    return (
        DependenceKind.CARRIED,
        Detail(
            name,
            read,
            f"each iteration reads `{name}` (line {read}), which the previous iteration wrote (line {written})",
        ),
    )


def _state(site: Site, flow: Flow, state: State, seen: View, costly: frozenset[int]) -> Iterator[Tie]:
    """Ties through objects that the iterations share."""
    taken = drained(site)
    # what is handed on whole is rarely looked through
    looked = (r for r in state.reads if not (r.whole and r.place.root.kind is RootKind.SELF and not r.place.path))
    readers = Readers(seen, looked)
    by_place: dict[Place, list[Write]] = {}
    for write in state.writes:
        by_place.setdefault(write.place, []).append(write)
    for place, writes in sorted(by_place.items()):
        if place.label in taken and all(w.how is How.TAKE for w in writes):
            continue
        if place.root.kind is RootKind.LOCAL and not place.path and _is_name_write(place, writes, flow):
            continue  # told by `_names`
        if all(w.how is How.DRAW for w in writes):
            continue  # a hazard of its own
        seeing = readers.of(*(w for w in writes if not w.memo), apart=True)
        tie = _tie(site, place, writes, seeing, costly)
        if tie is not None:
            yield tie


def _is_name_write(place: Place, writes: list[Write], flow: Flow) -> bool:
    return place.root.name in flow.bound and all(w.how in (How.REBIND, How.AUGMENT) for w in writes)


def _tie(site: Site, place: Place, writes: list[Write], readers: list[Read], costly: frozenset[int]) -> Tie | None:
    label, hows = place.label, {w.how for w in writes}
    first = next((w for w in writes if not w.memo), writes[0])
    exposed = [r for r in readers if r.exposed]
    inside = (
        in_work(writes[0], costly)
        or any(in_work(w, costly) for w in writes)
        or any(in_work(r, costly) for r in readers)
    )

    def tie(kind: DependenceKind, because: str) -> Tie:
        return kind, Detail(label, first.where.line, because + _where(site, first))

    def needs(kind: DependenceKind, because: str) -> Tie:
        possible = not any(_proven(site, w) for w in writes if not w.memo)
        return tie(DependenceKind.UNKNOWN if possible and kind is DependenceKind.CARRIED else kind, because)

    if all(w.memo for w in writes):
        return tie(DependenceKind.REDUCTION, f"`{label}` is filled the first time it is needed and reused")
    if place.root.kind is RootKind.ITEM and not readers:
        return None
    if How.TAKE in hows:
        return needs(DependenceKind.CARRIED, f"each iteration takes from `{label}` what others left")
    if How.MUTATE in hows:
        if not readers and len(hows) == 1:
            return tie(DependenceKind.UNKNOWN, f"`{label}` is changed as a whole")
        return needs(DependenceKind.CARRIED, f"the iterations change `{label}` in turn")
    if exposed and hows <= {How.KEY, How.AUGMENT} and How.KEY in hows:
        lines = {(w.where.function, w.where.line) for w in writes}
        if any(r.whole and r.place == place and (r.where.function, r.where.line) in lines for r in exposed):
            because = f"what an iteration puts into `{label}` is told by all that others have put there"
            return tie(DependenceKind.CARRIED, because)  # `ids[tag] = len(ids)`
        return tie(DependenceKind.UNKNOWN, f"entries of `{label}` are read and replaced")
    if exposed and inside:
        reader = exposed[0]
        return needs(
            DependenceKind.CARRIED,
            f"each iteration reads `{reader.place.label}` (line {reader.where.line}), which the one before changed",
        )
    if exposed:
        return tie(
            DependenceKind.REDUCTION, f"`{label}` goes from iteration to iteration, but apart from the costly calls"
        )
    if readers and How.REBIND in hows and inside:
        return needs(
            DependenceKind.CARRIED,
            f"each iteration sets `{label}` and then reads it, and side by side they would overwrite it",
        )
    if How.REBIND in hows and not all(w.constant for w in writes):
        if any(in_work(w, costly) for w in writes):
            return tie(DependenceKind.UNKNOWN, f"every iteration sets `{label}`, which the others share")
        return tie(DependenceKind.REDUCTION, f"every iteration sets `{label}`, and the last one must win")
    if How.KEY in hows:
        return tie(DependenceKind.REDUCTION, f"results are stored in `{label}` by key")
    return tie(DependenceKind.REDUCTION, f"results are collected in `{label}`")


def _proven(site: Site, write: Write) -> bool:
    """Does every iteration surely do it, to this very place? Else the iterations may depend on each other, or not."""
    here = write.where.function == site.function
    exact = INSIDE not in write.place.path and BELOW not in write.place.path
    return not write.possible and (here or (write.sure and exact))


def in_work(access: Read | Write | Use, costly: frozenset[int]) -> bool:
    """Does it happen in one of the calls that take the time, or in its arguments? Where none does, all of it is the work."""
    return not costly or not costly.isdisjoint(access.where.calls)


def _where(site: Site, write: Write) -> str:
    name = write.where.function.rpartition(":")[2].replace("<locals>.", "").partition("~")[0]
    return "" if write.where.function == site.function or name == "<module>" else f" in {name}"


def _outside(catalog: Catalog, flow: Flow, state: State, seen: View) -> Iterator[Tie]:
    """Ties through things outside the program: one file that each iteration reads and writes, one key that all of them set."""
    moving = frozenset(flow.bound)
    for meeting in meetings(state.deeds, state.deeds, moving, seen.written):
        one, other = meeting.one, meeting.other
        name = (one.key.text.split("|")[-1] if one.key is not None else "") or one.api
        if meeting.nested:
            because = f"`{one.api}` acts on things that lie in one another, and the outer one must be there first"
            yield DependenceKind.CARRIED, Detail(one.api, one.where.line, because)
            continue
        if {one.access, other.access} <= {Access.APPEND}:
            yield (
                DependenceKind.ORDERED,
                Detail(name, one.where.line, f"`{one.api}` adds to the same thing in every iteration, in order"),
            )
        elif one.access is None:
            because = f"several iterations use the same thing with `{one.api}`, and what that changes is not known"
            yield DependenceKind.UNKNOWN, Detail(name, one.where.line, because)
        elif one.api == other.api and (known := catalog.call(one.api)) is not None and known[1].into:
            because = (
                f"`{one.api}` puts files into one folder in every iteration, and of two with one name the last stays"
            )
            yield DependenceKind.UNKNOWN, Detail(name, one.where.line, because)
        elif {one.access, other.access} <= {Access.WRITE, Access.APPEND, Access.CREATE} and one.api == other.api:
            yield (
                DependenceKind.CARRIED,
                Detail(
                    name,
                    one.where.line,
                    f"every iteration writes the same thing with `{one.api}`, and the last one must win",
                ),
            )
        else:
            line = other.where.line
            yield (
                DependenceKind.CARRIED,
                Detail(
                    name,
                    one.where.line,
                    f"`{one.api}` and `{other.api}` (line {line}) use the same thing in every iteration",
                ),
            )


def _statements(catalog: Catalog, flow: Flow, state: State) -> Iterator[Tie]:
    """Ties through one database, to which each iteration opens a connection of its own: a statement that is not written out
    may change what that of another iteration reads. Over a shared connection they come in turn anyway."""
    shared = {use.place for use in state.uses}
    for deed in state.deeds:
        known = catalog.call(deed.api) if deed.access is None and deed.key is not None and deed.key.fresh else None
        if known is None or known[1].statement is None or deed.key is None:
            continue
        if (
            not deed.key.partial
            and deed.key.places.isdisjoint(shared)
            and not varies(structs.replace(deed.key, fresh=False), frozenset(flow.bound))
        ):
            because = f"what the statement that `{deed.api}` sends changes in the one database is not known"
            yield DependenceKind.UNKNOWN, Detail(deed.api, deed.where.line, because)


def _changed_again(catalog: Catalog, state: State) -> Iterator[Tie]:
    """Ties through a thing at a service that an iteration reads and then changes, where only a part of the item names it, as an
    order names an article: of two iterations that name the same one, one change would be lost. Files are told by their path."""
    changed = [deed for deed in state.deeds if deed.access in (Access.WRITE, Access.EXCLUSIVE) and deed.space != "file"]
    for one, other in itertools.product(state.deeds, changed):
        if one.access is Access.READ and one.space == other.space and one.key is not None and one.key == other.key:
            part = _part_of_the_item(one.key)
            if part and part not in catalog.words.identities:
                because = f"two items may name the same thing, which `{one.api}` reads and `{other.api}` then changes"
                yield DependenceKind.CARRIED, Detail(other.api, other.where.line, because)
                return


def _answered(catalog: Catalog, site: Site, flow: Flow, state: State, seen: View) -> Iterator[Tie]:
    """Ties through what a service answers to each of the things that it is sent to one address: a number, a balance, what came
    before. Nothing in this program tells whether the answers go by the order in which the things arrive."""
    alone = frozenset(
        call.uid
        for each in tree.statements(site.body)
        if isinstance(each, code.Evaluate)
        and isinstance(call := each.value.value if isinstance(each.value, code.Await) else each.value, code.Call)
    )
    for deed in state.deeds:
        known = catalog.call(deed.api)
        asks = known is not None and known[1].effect in (Effect.NETWORK, Effect.ASYNC) and deed.space != "object"
        sent = asks and deed.access is Access.CREATE and deed.key is not None and not deed.key.partial
        used = bool(deed.where.calls) and alone.isdisjoint(deed.where.calls)
        if sent and used and not varies(deed.key, frozenset(flow.bound), seen.written.repeated):
            because = f"`{deed.api}` sends each item to one address, and the answers may tell what came before"
            yield DependenceKind.UNKNOWN, Detail(deed.api, deed.where.line, because)
            return


def _part_of_the_item(key: Key) -> str:
    """The name of the part of an item that names a thing: `sku` of `line["sku"]` and `line.sku`; "" where it is the whole."""
    item = next((place for place in key.places if place.root.kind is RootKind.ITEM), None)
    if item is None or key.partial:
        return ""
    last = item.path[-1] if item.path else key.text.rpartition("|")[2]
    return last if last.isidentifier() else ""


def _order(catalog: Catalog, flow: Flow, summary: Summary, state: State, seen: View) -> Iterator[Tie]:
    """Ties through the order of what is put out."""
    for line in flow.yields[:1]:
        yield DependenceKind.ORDERED, Detail("yield", line, "results are handed out in order, one by one")
    printed = [(proof.api, proof.line) for proof in summary.ever if proof.effect is Effect.TERMINAL]
    printed += [(use.api, use.where.line) for use in shows(seen.objects, state)]
    for api, line in printed[:1]:
        yield DependenceKind.ORDERED, Detail(api, line, "lines are printed or logged in order")
    for deed in may_show(state) if not printed else ():
        because = f"what `{deed.api}` starts may print to the same terminal, in order"
        yield DependenceKind.ORDERED, Detail(deed.api, deed.where.line, because)
        break
    for use in state.uses:
        if is_output(catalog, use):
            yield (
                DependenceKind.ORDERED,
                Detail(use.place.label, use.where.line, f"`{use.place.label}` is written to in order"),
            )
            break


def _between(state: State, taken: Taken, seen: View, moving: frozenset[str]) -> Iterator[Tie]:
    """Ties through what the loop does with one result before it asks for the next."""
    ways, body = taken
    for clash in (*clashes(seen, body, state, apart=False), *clashes(seen, state, body, apart=False)):
        label, line = clash.write.place.label, clash.write.where.line
        because = f"line {line} changes `{label}` between one result and the next, and line {clash.second.line} uses it"
        yield DependenceKind.CARRIED, Detail(label, line, because)
    moving |= ways.bound
    for meeting in (*meetings(body.deeds, state.deeds, moving), *meetings(state.deeds, body.deeds, moving)):
        one, other = meeting.one, meeting.other
        because = f"`{one.api}` and `{other.api}` (line {other.where.line}) act in turn on the same thing"
        yield DependenceKind.CARRIED, Detail(one.api, one.where.line, because)


def is_output(catalog: Catalog, use: Use) -> bool:
    """Is the object put out in the order of the calls, as a file or a document is? A list or queue only collects results."""
    known = catalog.object(use.type)
    collects = known is not None and known.threads is ThreadSafety.YES
    return puts_behind(catalog, use.api) and not collects


def _exits(site: Site, flow: Flow) -> Iterator[Tie]:
    if site.consumer in _STOPS_EARLY:
        because = f"`{site.consumer}` stops at the first item that decides it"
        yield DependenceKind.EXIT, Detail(site.consumer, site.line, because)
    if isinstance(site.node, code.While) and _always(site.node.test):
        return  # the break is how such a loop ends at all
    for line in flow.breaks[:1]:
        yield DependenceKind.EXIT, Detail("break", line, "the loop may end before all iterations have run")
    for line in flow.returns[:1]:
        yield DependenceKind.EXIT, Detail("return", line, "the loop may end before all iterations have run")


def _always(test: code.Expr) -> bool:
    return isinstance(test, code.Literal) and bool(test.value)


def drained(site: Site) -> set[str]:
    """The names of the collections that a while loop empties: `while jobs: job = jobs.pop()`."""
    if not isinstance(site.node, code.While):
        return set()
    tested = {name for node in tree.every(site.node.test) if (name := tree.dotted(node)) is not None}
    found = set()
    for call in tree.calls(site.body):
        if isinstance(call.function, code.Attribute) and call.function.name in (
            "pop",
            "popleft",
            "get",
            "get_nowait",
            "popitem",
        ):
            owner = tree.dotted(call.function.value)
            if owner is None:
                continue
            looked_at = owner in tested or any(t.startswith(f"{owner}.") for t in tested)
            if looked_at or (_always(site.node.test) and not _waits_for_more(call)):
                found.add(owner)
    return found


def _waits_for_more(call: code.Call) -> bool:
    """`queue.get()` in an endless loop serves whoever puts something in; there is no pile to share out."""
    if not isinstance(call.function, code.Attribute) or call.function.name != "get":
        return False
    given = (*call.arguments[:1], *(keyword.value for keyword in call.keywords if keyword.name == "block"))
    return not any(isinstance(argument, code.Literal) and argument.value is False for argument in given)


def counted(site: Site, flow: Flow) -> str | None:
    """The name that a while loop counts up to a bound: `while i < n: …; i += 1`."""
    if not isinstance(site.node, code.While):
        return None
    match site.node.test:
        case code.Operation(operator="<" | "<=" | ">" | ">=" | "!=", operands=operands):
            for operand in operands:
                if isinstance(operand, code.Name):
                    use = flow.names.get(operand.id)
                    if use is not None and use.stepped and not use.written:
                        return operand.id
    return None
