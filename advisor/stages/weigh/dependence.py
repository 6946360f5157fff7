"""Dependence: what one round of a site needs from another, each tie with the name and line that prove it."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import Program
from advisor.model.site import Dependence, DependenceKind, Detail, Site
from advisor.model.summary import Place, Summary, Write
from advisor.stages.weigh.flow import Flow

_STRENGTH = tuple(DependenceKind)
_PRINTS = ("builtins.print", "sys.stdout.write", "click.echo", "rich.print")
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
    if not ties:
        return Dependence(DependenceKind.NONE)
    ties.sort(key=lambda tie: -_STRENGTH.index(tie[0]))
    kind = ties[0][0]
    details = tuple(dict.fromkeys(detail for k, detail in ties if k is kind))
    return Dependence(kind, details[:6], frozenset(k for k, _ in ties) - {kind})


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
    walked = _walked(site)
    taken = drained(site)
    by_place: dict[Place, list[Write]] = {}
    for write in summary.writes:
        by_place.setdefault(write.place, []).append(write)
    for place, writes in sorted(by_place.items(), key=lambda pair: (pair[0].root, pair[0].path)):
        if place.label in taken and all(w.how == "take" for w in writes):
            continue
        if place.root.startswith("local:") and place.path == "" and _is_name_write(place, writes, flow):
            continue  # told by `_names`
        tie = _tie(program, place, writes, summary, feeds_itself=place.label in walked | taken)
        if tie is not None:
            yield tie


def _is_name_write(place: Place, writes: list[Write], flow: Flow) -> bool:
    return place.label in flow.bound and all(w.how in ("rebind", "augment") for w in writes)


def _tie(program: Program, place: Place, writes: list[Write], summary: Summary, *, feeds_itself: bool) -> Tie | None:
    label = place.label
    first = writes[0]
    line = first.line
    hows = {w.how for w in writes}
    where = "" if len({w.function for w in writes}) == 1 and first.function.startswith("?") else _where(program, first)
    read = place in summary.reads
    keyed = place in summary.keyed
    if feeds_itself and hows & {"append", "key"}:
        return DependenceKind.CARRIED, Detail(
            label, line, f"the rounds add to `{label}` while it is being worked through{where}"
        )
    if all(w.guarded for w in writes):
        return DependenceKind.REDUCTION, Detail(
            label, line, f"`{label}` is filled the first time it is needed and reused{where}"
        )
    if "take" in hows:
        return DependenceKind.CARRIED, Detail(label, line, f"each round takes from `{label}` what others left{where}")
    if "mutate" in hows and len(hows) > 1:
        return DependenceKind.CARRIED, Detail(label, line, f"the rounds fill and empty `{label}` in turn{where}")
    if "mutate" in hows:
        return DependenceKind.UNKNOWN, Detail(label, line, f"`{label}` is changed as a whole{where}")
    if "rebind" in hows:
        if read and any(w.read_first for w in writes):
            return DependenceKind.CARRIED, Detail(
                label, line, f"each round reads `{label}`, which the round before set{where}"
            )
        return DependenceKind.UNKNOWN, Detail(label, line, f"every round sets `{label}`, which the others share{where}")
    if "augment" in hows and read:
        return DependenceKind.CARRIED, Detail(
            label, line, f"`{label}` is changed by each round and read by the next{where}"
        )
    if hows <= {"key", "augment"} and keyed:
        return DependenceKind.UNKNOWN, Detail(label, line, f"entries of `{label}` are read and replaced{where}")
    if "key" in hows:
        return DependenceKind.REDUCTION, Detail(label, line, f"results are stored in `{label}` by key{where}")
    if read and "append" in hows:
        return DependenceKind.UNKNOWN, Detail(label, line, f"`{label}` grows and is read in the same round{where}")
    return DependenceKind.REDUCTION, Detail(label, line, f"results are collected in `{label}`{where}")


def _where(program: Program, write: Write) -> str:
    info = program.functions.get(write.function)
    return "" if info is None or info.is_module else f" in {info.name}"


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
    if isinstance(site.node, code.While) and _always(site.node.test):
        return  # the break is how such a loop ends at all
    for line in flow.breaks[:1]:
        yield DependenceKind.EXIT, Detail("break", line, "the loop may end before all rounds have run")
    for line in flow.returns[:1]:
        yield DependenceKind.EXIT, Detail("return", line, "the loop may end before all rounds have run")


def _always(test: code.Expr) -> bool:
    return isinstance(test, code.Literal) and bool(test.value)


def _walked(site: Site) -> set[str]:
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
            if owner is not None and (
                owner in tested or any(t.startswith(f"{owner}.") for t in tested) or _always(site.node.test)
            ):
                found.add(owner)
    return found


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
