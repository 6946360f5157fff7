"""Number: how many items there may be where nobody wrote it down: surely few, surely many, or as many as somebody brings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from advisor.model import code, tree
from advisor.model.catalog import Elements, Length
from advisor.model.program import Origin
from advisor.model.rounds import Walked
from advisor.questions.calls import entries, receiver, walked
from advisor.questions.rounds import walked as kind_of
from advisor.stages.faults.crowds import additions
from advisor.stages.faults.sight import Sight

_MANY = 200.0  # items from which nobody means all at once
_AS_MANY_AS = frozenset(  # what gives as many items as a file, table or folder holds
    "readlines splitlines read_text fetchall iterrows itertuples to_dict glob rglob iterdir listdir walk scandir "
    "read_csv list_objects scan_iter reader DictReader".split()
)
_ADD_SEVERAL = ("extend", "update")
_PORTIONS = frozenset(["batch", "batches", "batched", "chunk", "chunks", "chunked", "page", "slice", "window"])
_DEEPEST = 6  # names that stand for names, calls around calls, callers of callers
_MOST_CALLERS = 8


class Amount(IntEnum):
    FEW = 0  # or a number that somebody chose
    UNKNOWN = 1
    MANY = 2


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """How many items there may be, and why, in words; `known` where the source tells the number."""

    amount: Amount
    because: str = ""
    known: float = 0.0


_FEW = Count(Amount.FEW)


def count(sight: Sight, function: str, items: code.Expr, depth: int = _DEEPEST) -> Count:
    """How many elements `items`, written in `function`, may have."""
    length = sight.program.length(function, items)
    if isinstance(items, code.Name) and any(True for _ in _grown(sight, function, items.id)):
        length = None  # what it was made with is not all
    if length is not None:
        return Count(Amount.MANY if length >= _MANY else Amount.FEW, f"it has {length:.0f} items", length)
    if depth == 0:
        return _FEW
    match items:
        case code.Comprehension(clauses=(only,)):
            return count(sight, function, only.iterable, depth - 1)
        case code.Comprehension(clauses=clauses):
            return max(count(sight, function, clause.iterable, depth - 1) for clause in clauses)
        case code.Operation(operator="or" | "+" | "|", operands=operands):
            return max(count(sight, function, each, depth - 1) for each in operands)
        case code.Await(value=inner) | code.Starred(value=inner):
            return count(sight, function, inner, depth - 1)
        case code.Call():
            return _of_call(sight, function, items, depth)
        case code.Name(id=name):
            return _of_name(sight, function, name, depth)
        case code.Attribute(value=code.Name(id=owner)) if _is_handed_in(sight, function, owner):
            return Count(Amount.UNKNOWN, f"nothing says how many `{tree.dotted(items)}` holds")
    return _FEW


def _is_handed_in(sight: Sight, function: str, name: str) -> bool:
    """Is it a parameter, not the method's own object, of a type that nothing tells?"""
    info = sight.program.functions[function]
    own = info.parameters[0].name if info.owner is not None and info.parameters else None
    named = next((p for p in info.parameters if p.name == name and name != own), None)
    return named is not None and not sight.program.values(function, code.Name(name))


def _of_call(sight: Sight, function: str, call: code.Call, depth: int) -> Count:
    named = tree.callee(call)
    if named.rpartition(".")[2] in _AS_MANY_AS:
        return Count(Amount.MANY, f"it has as many items as `{named}` finds")
    for _, entry in entries(sight.program, sight.catalog, function, call):
        if entry.elements in (Elements.PASSED, Elements.SAME, Elements.AWAITED) or entry.length is Length.SAME:
            return max((count(sight, function, each, depth - 1) for each in walked(call, entry)), default=_FEW)
        if entry.length is Length.RANGE:  # a number that somebody chose, or as many as there are of something
            counted = call.arguments[0] if len(call.arguments) == 1 else None
            of = counted.arguments if isinstance(counted, code.Call) and tree.callee(counted) == "len" else ()
            return max((count(sight, function, each, depth - 1) for each in of), default=_FEW)
        if entry.length is Length.SHORTEST:
            return min((count(sight, function, each, depth - 1) for each in call.arguments), default=_FEW)
    if kind_of(sight.program, sight.catalog, function, call) in (Walked.RECORDS, Walked.FOLDER):
        return Count(Amount.MANY, f"it has as many items as `{named}` finds")
    made = (t.name for t in sight.program.targets(function, call) if t.kind == "function" and not t.callback)
    returned = (
        count(sight, name, statement.value, depth - 1)
        for name in made
        for statement in sight.program.functions[name].statements
        if isinstance(statement, code.Return) and statement.value is not None
    )
    return max(returned, default=Count(Amount.UNKNOWN, f"it has as many items as `{named}` gives"))


def _of_name(sight: Sight, function: str, name: str, depth: int) -> Count:
    if not _PORTIONS.isdisjoint(name.lower().split("_")):
        return _FEW
    if kind_of(sight.program, sight.catalog, function, code.Name(name)) is Walked.RECORDS:
        return Count(Amount.MANY, f"it has as many items as `{name}` has lines or rows")
    added = [count(sight, where, loop.iterable, depth - 1) for where, loop in _grown(sight, function, name)]
    found = [_of_origin(sight, name, origin, depth) for origin in sight.program.objects.origins(function, name)]
    return max((*added, *found), default=_FEW)


def _grown(sight: Sight, function: str, name: str) -> Iterator[tuple[str, code.For]]:
    """The loops of the function whose variable it is that put something into it each round, one thing or several."""
    home = sight.program.objects.home(function, name)
    if home is None:
        return
    for loop, _ in additions(sight, sight.program.functions[home], name):
        yield home, loop
    for spot in sight.spots(sight.program.functions[home]):
        owner = receiver(spot.call)
        here = isinstance(owner, code.Name) and owner.id == name
        if here and spot.last in _ADD_SEVERAL and isinstance(spot.loop, code.For):
            yield home, spot.loop


def _of_origin(sight: Sight, name: str, origin: Origin, depth: int) -> Count:
    if origin.place:
        return _FEW
    match origin:
        case Origin(how="value", expression=value) if value is not None and value != code.Name(name):
            return count(sight, origin.where, value, depth - 1)
        case Origin(how="parameter"):
            return _of_parameter(sight, origin.where, name, depth)
    return _FEW


def _of_parameter(sight: Sight, function: str, name: str, depth: int) -> Count:
    """The most that callers bring; where there are none to be seen, nobody knows how many that is."""
    info = sight.program.functions[function]
    places = [
        i for i, each in enumerate(info.parameters) if each.name == name and each.kind in ("positional", "keyword")
    ]
    if not places:
        return _FEW  # `*items` are written out, as a rule
    callers = sight.program.callers(function)
    if not callers:
        return Count(Amount.UNKNOWN, f"`{name}` holds as many as the caller of `{info.name}` brings")
    found = []
    for caller, call in callers[:_MOST_CALLERS]:
        given = sight.program.argument(function, call, places[0])
        found.append(_FEW if given is None else count(sight, caller, given, depth - 1))
    return max(found)
