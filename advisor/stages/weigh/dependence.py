"""Dependence: what one round of a site needs from another, each tie with the name and line that prove it."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import Program
from advisor.model.site import Dependence, DependenceKind, Detail, Site
from advisor.model.summary import Place, Summary, Write
from advisor.stages.weigh.flow import Flow
from advisor.stages.weigh.slices import splits

_STRENGTH = tuple(DependenceKind)
_PRINTS = ("builtins.print", "sys.stdout.write", "click.echo", "rich.print")
_STOPS_EARLY = frozenset({"any", "all", "next"})
_WRITES = frozenset(["write", "writelines", "writerow", "writerows"])

Tie = tuple[DependenceKind, Detail]


def dependence(program: Program, site: Site, flow: Flow, summary: Summary) -> Dependence:
    """The strongest tie between rounds, the others beside it."""
    ties = [
        *_names(site, flow),
        *_state(program, site, flow, summary),
        *_order(flow, summary),
        *_exits(site, flow),
    ]
    ties = _split(site, ties, summary)
    if not ties:
        return Dependence(DependenceKind.NONE)
    ties.sort(key=lambda tie: -_STRENGTH.index(tie[0]))
    kind = ties[0][0]
    details = tuple(dict.fromkeys(detail for k, detail in ties if k is kind))
    return Dependence(kind, details[:6], frozenset(k for k, _ in ties) - {kind})


def _split(site: Site, ties: list[Tie], summary: Summary) -> list[Tie]:
    """Ties that the costly calls have no part in become a matter of combining results in order."""
    carried = [detail for kind, detail in ties if kind is DependenceKind.CARRIED]
    if (
        not carried
        or isinstance(site.node, code.While)
        or not splits(site.body, (d.name for d in carried), summary.proofs)
    ):
        return ties
    lighter = {
        detail: Detail(
            detail.name,
            detail.line,
            f"`{detail.name}` goes from round to round, but apart from the costly calls: it can be worked out before or after them",
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
            yield DependenceKind.REDUCTION, Detail(name, use.stepped, f"`{name}` counts the rounds")
        elif use.exposed:
            yield _carried(name, use.exposed, use.augmented or use.combined or use.written)
        elif use.augmented or use.combined:
            line = use.augmented or use.combined
            yield DependenceKind.REDUCTION, Detail(name, line, f"every round adds to `{name}`")
        elif use.tested:
            yield (
                DependenceKind.REDUCTION,
                Detail(name, use.tested, f"`{name}` keeps the best or first value seen so far"),
            )


def _carried(name: str, read: int, written: int) -> Tie:
    return (
        DependenceKind.CARRIED,
        Detail(name, read, f"each round reads `{name}` (line {read}), which the round before wrote (line {written})"),
    )


def _state(program: Program, site: Site, flow: Flow, summary: Summary) -> Iterator[Tie]:
    """Ties through objects that the rounds share."""
    names = walked(site)
    taken = drained(site)
    by_place: dict[Place, list[Write]] = {}
    for write in summary.writes:
        by_place.setdefault(write.place, []).append(write)
    for place, writes in sorted(by_place.items(), key=lambda pair: (pair[0].root, pair[0].path)):
        if place.label in taken and all(w.how == "take" for w in writes):
            continue
        if place.root.startswith("local:") and place.path == "" and _is_name_write(place, writes, flow):
            continue  # told by `_names`
        tie = _tie(program, site, place, writes, summary, feeds_itself=place.label in names | taken)
        if tie is not None:
            yield tie


def _is_name_write(place: Place, writes: list[Write], flow: Flow) -> bool:
    return place.label in flow.bound and all(w.how in ("rebind", "augment") for w in writes)


def _tie(
    program: Program, site: Site, place: Place, writes: list[Write], summary: Summary, *, feeds_itself: bool
) -> Tie | None:
    label, first = place.label, writes[0]
    hows = {w.how for w in writes}
    where = _where(program, site, first)
    read, keyed = place in summary.reads, place in summary.keyed

    def tie(kind: DependenceKind, because: str) -> Tie:
        return kind, Detail(label, first.line, because + where)

    if feeds_itself and any(w.how in ("append", "key") and w.function == site.function for w in writes):
        return tie(DependenceKind.CARRIED, f"the rounds add to `{label}` while it is being worked through")
    if all(w.guarded for w in writes):
        return tie(DependenceKind.REDUCTION, f"`{label}` is filled the first time it is needed and reused")
    # Of several methods that may be meant one may do this; a global that called code keeps for itself is mostly a cache.
    aside = all(
        w.possible or w.guarded or (place.root.startswith("global:") and w.function != site.function) for w in writes
    )
    carried = DependenceKind.UNKNOWN if aside else DependenceKind.CARRIED
    if "take" in hows:
        return tie(carried, f"each round takes from `{label}` what others left")
    if "mutate" in hows and len(hows) > 1:
        return tie(carried, f"the rounds fill and empty `{label}` in turn")
    if "mutate" in hows:
        return tie(DependenceKind.UNKNOWN, f"`{label}` is changed as a whole")
    if "rebind" in hows and read:
        return tie(carried, f"each round reads `{label}`, which the round before set")
    if "rebind" in hows and place.path and first.function == site.function and not first.possible:
        return tie(DependenceKind.CARRIED, f"every round sets `{label}`, and the last one must win")
    if "rebind" in hows:
        return tie(DependenceKind.UNKNOWN, f"every round sets `{label}`, which the others share")
    if "augment" in hows and read:
        return tie(carried, f"`{label}` is changed by each round and read by the next")
    if hows <= {"key", "augment"} and keyed:
        return tie(DependenceKind.UNKNOWN, f"entries of `{label}` are read and replaced")
    if "key" in hows:
        return tie(DependenceKind.REDUCTION, f"results are stored in `{label}` by key")
    if read and "append" in hows:
        return tie(DependenceKind.UNKNOWN, f"`{label}` grows and is read in the same round")
    return tie(DependenceKind.REDUCTION, f"results are collected in `{label}`")


def _where(program: Program, site: Site, write: Write) -> str:
    info = program.functions.get(write.function)
    return "" if info is None or info.is_module or write.function == site.function else f" in {info.name}"


def _order(flow: Flow, summary: Summary) -> Iterator[Tie]:
    """Ties through the order of what is put out."""
    for line in flow.yields[:1]:
        yield DependenceKind.ORDERED, Detail("yield", line, "results are handed out in order, one by one")
    for proof in summary.proofs:
        if proof.effect.value == "terminal":
            yield DependenceKind.ORDERED, Detail(proof.api, proof.line, "lines are printed in order")
            break
    for use in summary.uses:
        if use.api.rpartition(".")[2] in _WRITES:
            yield (
                DependenceKind.ORDERED,
                Detail(use.place.label, use.line, f"`{use.place.label}` is written to in order"),
            )
            break


def _exits(site: Site, flow: Flow) -> Iterator[Tie]:
    if site.consumer in _STOPS_EARLY:
        because = f"`{site.consumer}` stops at the first item that decides it"
        yield DependenceKind.EXIT, Detail(site.consumer, site.line, because)
    if isinstance(site.node, code.While) and _always(site.node.test):
        return  # the break is how such a loop ends at all
    for line in flow.breaks[:1]:
        yield DependenceKind.EXIT, Detail("break", line, "the loop may end before all rounds have run")
    for line in flow.returns[:1]:
        yield DependenceKind.EXIT, Detail("return", line, "the loop may end before all rounds have run")


def _always(test: code.Expr) -> bool:
    return isinstance(test, code.Literal) and bool(test.value)


def walked(site: Site) -> set[str]:
    """The names of the collections that the loop walks."""
    if site.iterable is None:
        return set()
    return {name for node in tree.every(site.iterable) if (name := tree.dotted(node)) is not None}


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
