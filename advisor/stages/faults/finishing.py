"""Finishing: an object that joins the process which it keeps before it reads the queue that the process fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo, Value
from advisor.model.state import How, Piece, RootKind
from advisor.questions.calls import entries, receiver
from advisor.questions.lineage import lineage
from advisor.stages.faults.courses import after, always, before
from advisor.stages.faults.draining import JOIN, LETS_GO, Put, joined_before_drained, puts
from advisor.stages.faults.memory import WITHIN
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.starting import makes_process
from advisor.stages.faults.workers import Handover, handovers


def _joined_by_its_object(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`self.process.join()` in one method, where another one has made the process, and `self.queue.get()` behind it."""
    joins = [
        spot for spot in sight.spots(info)
        if info.owner is not None and JOIN in spot.names and not spot.call.arguments and not spot.call.keywords
    ]  # fmt: skip
    if not joins or not sight.words(info.path).isdisjoint(LETS_GO):
        return
    sure = {id(statement) for statement in always(info.body)}
    for join in joins:
        if id(join.statement) not in sure:
            continue
        for handover in _makers(sight, info, _attribute(join)):
            for put in puts(sight, handover):
                if any(_read_afterwards(sight, join, name) for name in _attributes(sight, handover, put)):
                    who = sight.program.functions[put.where.function].name
                    because = (
                        f"`{who}` puts into `{put.label}` in line {put.where.line}, and that is read only afterwards"
                    )
                    yield at(join.call, f"{tree.callee(join.call)}()", because, put.where.line)
                    return


def _attribute(join: Spot) -> str | None:
    """The attribute that holds the process which is joined, or the list of those that are joined one by one."""
    joined = receiver(join.call)
    if isinstance(joined, code.Name) and isinstance(join.loop, code.For) and joined == join.loop.target:
        joined = join.loop.iterable
    match joined:
        case code.Attribute(value=code.Name(id="self"), name=name):
            return name
    return None


def _makers(sight: Sight, info: FunctionInfo, attribute: str | None) -> Iterator[Handover]:
    """What makes the process of an attribute, where that is given only one thing: in another method of the class."""
    given = (
        () if attribute is None or info.owner is None else sight.program.classes[info.owner].assigned.get(attribute, ())
    )
    made = [(where, value) for where, value in given if value != code.Literal("none", None)]
    if len(made) == 1 and made[0][0] != info.id:
        where, value = made[0]
        for handover in handovers(sight, sight.program.functions[where], "process"):
            if makes_process(handover.spot) and any(node is handover.spot.call for node in tree.every(value)):
                yield handover


def _attributes(sight: Sight, handover: Handover, put: Put) -> frozenset[str]:
    """The attributes of the object that hold the queue: its places, and what is set to the same variable."""
    made = handover.spot.function
    found = {p.path[0] for p in put.queue if p.root.kind is RootKind.SELF and len(p.path) == 1}
    for name, given in sight.program.classes[made.owner].assigned.items() if made.owner is not None else ():
        held = sight.program.objects.places(made.id, given[0][1], WITHIN) if given[0][0] == made.id else frozenset()
        if len(given) == 1 and not put.queue.isdisjoint(held):
            found.add(name)
    return frozenset(found)


def _read_afterwards(sight: Sight, join: Spot, name: str) -> bool:
    """Is the queue read behind the join, and neither before it nor by anybody else?"""
    info = join.function
    rest = after(info, join.statement)
    around = () if isinstance(join.loop, code.Comprehension) or join.loop is None else join.loop.body
    earlier = (*before(info, join.statement), *around)
    return (
        bool(rest)
        and any(_takes(sight, info, statement, name) for statement in rest[0])
        and not any(_takes(sight, info, statement, name) for statement in earlier)
        and not any(_may_read(sight, other, info, name) for other in sight.program.functions.values())
    )


def _takes(sight: Sight, info: FunctionInfo, statement: code.Stmt, name: str) -> bool:
    state = sight.summaries.state(Piece(info.id, (statement,)))
    return any(
        write.how is How.TAKE and write.place.root.kind is RootKind.SELF and write.place.path[:1] == (name,)
        for write in state.writes
    )


def _may_read(sight: Sight, other: FunctionInfo, info: FunctionInfo, name: str) -> bool:
    """Does another function use the attribute, but for one that sets it, and one that the joining method alone calls?"""
    if other.id == info.id or _belongs_to(sight, other, info):
        return False
    sets = info.owner is not None and any(
        where == other.id for where, _ in sight.program.classes[info.owner].assigned.get(name, ())
    )
    if sets:
        return any(_takes(sight, other, statement, name) for statement in other.body)
    used = [
        node
        for node in other.expressions
        if isinstance(node, code.Attribute) and node.name == name and _may_be_of(sight, other, info, node.value)
    ]
    filled = (
        [spot for spot in sight.spots(other) if _fills(sight, spot) and receiver(spot.call) in used] if used else []
    )
    return len(used) > len(filled)


def _may_be_of(sight: Sight, other: FunctionInfo, info: FunctionInfo, held: code.Expr) -> bool:
    """May an expression of another function be an object of the class, or of one above or below it? Yes where it is not known."""
    if held == code.Name("self") and other.owner is not None:
        return _are_kin(sight, other.owner, info.owner)
    values = sight.program.values(other.id, held)
    return not values or any(
        value.kind not in ("module", "object", "external") and not _is_of_another_class(sight, value, info.owner)
        for value in values
    )


def _is_of_another_class(sight: Sight, value: Value, owner: str | None) -> bool:
    return value.kind in ("instance", "some", "class") and not _are_kin(sight, value.name, owner)


def _are_kin(sight: Sight, one: str, other: str | None) -> bool:
    classes = sight.program.classes
    if other is None or one not in classes:
        return True
    above, below = ({cls.id for cls in lineage(sight.program, classes[each])} for each in (one, other))
    return one in below or other in above


def _belongs_to(sight: Sight, other: FunctionInfo, info: FunctionInfo) -> bool:
    callers = {caller for caller, _ in sight.program.callers(other.id)}
    return callers == {info.id}


def _fills(sight: Sight, spot: Spot) -> bool:
    known = entries(sight.program, sight.catalog, spot.function.id, spot.call)
    return any(entry.changes.get("receiver") is How.APPEND for _, entry in known)


def _joined(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    yield from joined_before_drained(sight, info)
    yield from _joined_by_its_object(sight, info)


FINISHING_FACTS: Mapping[str, Detector] = {Fact.JOINED_BEFORE_DRAINED: _joined}
