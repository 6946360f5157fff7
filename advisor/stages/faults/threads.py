"""Threads: what they share without a lock or against its documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from advisor.model import code, tree
from advisor.model.catalog import Basis, ObjectEntry, ThreadSafety
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import INSIDE, How, Place, State, Where
from advisor.questions.locks import is_own
from advisor.questions.pools import hand_over
from advisor.stages.faults.shared import crews, guarded, is_handed, is_shared
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.workers import alone, handovers, is_bound_anew, several, touched

_ARITHMETIC = frozenset(["+", "-", "*", "/", "//", "|", "&", "^"])
_COMPUTED = (code.Operation, code.Name)
_HARMLESS_USES = frozenset(["close", "copy", "clone", "new_session"])


def _shared_updates(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`counter += 1` on what several threads share, without a lock."""
    for handover in crews(sight, info):
        state = touched(sight, handover)
        for write in state.writes if state is not None else ():
            if (
                (write.how is How.AUGMENT or (write.how is How.REBIND and _adds_to_itself(sight, write.where)))
                and not write.possible
                and (
                    is_shared(sight, handover, write.place, write.where.function)
                    or (is_handed(sight, handover, write.place) and INSIDE not in write.place.path)
                )
            ):
                if guarded(sight, handover, write.where) or _in_new_object(sight, write.where.function):
                    continue
                where = sight.program.functions[write.where.function]
                because = f"`{where.name}` updates `{write.place.label}` in line {write.where.line}, {_unguarded(sight, write.where)}"
                yield Clue(handover.spot.call.line, handover.spot.call.column, handover.spot.call.end_line,
                           write.place.label, because, write.where.line)  # fmt: skip
                break


def _unguarded(sight: Sight, where: Where) -> str:
    """How a write is not guarded: by no lock, or by one that keeps nobody out."""
    info = sight.program.functions[where.function]
    own = (
        block.line
        for block in info.withs_around(where.line, where.line)
        for context, _ in block.items
        if is_own(sight.program, sight.catalog, info.id, context)
    )
    line = next(own, None)
    return "without a lock" if line is None else f"under a lock (line {line}) that every call makes anew for itself"


def _adds_to_itself(sight: Sight, where: Where) -> bool:
    """`total = total + n`, or with a variable in between: `now = total`, `total = now + n`."""
    statements = sight.program.functions[where.function].statements
    assigned = [s for s in statements if isinstance(s, code.Assign) and len(s.targets) == 1 and s.value is not None]
    for statement in assigned:
        target, value = statement.targets[0], statement.value
        if statement.line != where.line or statement.operator is not None or not isinstance(value, _COMPUTED):
            continue
        copies = [s.targets[0] for s in assigned if s.value == target and isinstance(s.targets[0], code.Name)]
        if isinstance(value, code.Name):  # `now += n` in between
            return value in copies and any(s.operator is not None and s.targets[0] == value for s in assigned)
        return value.operator in _ARITHMETIC and not {*copies, target}.isdisjoint(value.operands)
    return False


def _in_new_object(sight: Sight, function: str) -> bool:
    return sight.program.functions[function].name.endswith("__init__")


def _shared_clients(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """One client used by several threads, which its documentation forbids or does not allow."""
    yield from _handed_methods(sight, info)
    for handover in crews(sight, info):
        state = touched(sight, handover)
        for use in state.uses if state is not None else ():
            known = _told(sight, use.type)
            if known is None or not _is_unsafe(known) or use.type.startswith(("io.", "builtins.", "threading.")):
                continue
            if use.api.rpartition(".")[2] in (*_HARMLESS_USES, *known.own_with):
                continue
            if state is not None and len({other.type for other in state.uses if other.place == use.place}) > 1:
                continue  # one of several, and perhaps another for each thread
            if not is_shared(sight, handover, use.place, use.where.function) and not is_handed(
                sight, handover, use.place
            ):
                continue
            if not guarded(sight, handover, use.where) and not _checks_off(sight, info, use.type):
                because = f"line {use.where.line} calls `{use.api}` on it"
                as_it_is = state is not None and _stays_as_it_is(known, state, use.place)
                yield Clue(handover.spot.call.line, handover.spot.call.column, handover.spot.call.end_line, use.place.label,
                           f"{because}; {_what_is_known(use.type, known)}", use.where.line, aside=as_it_is)  # fmt: skip
                break


def _stays_as_it_is(known: ObjectEntry, state: State, place: Place) -> bool:
    """Is a client by whose settings its calls go left as it was made by those who share it?"""
    places = (*(write.place for write in state.writes), *(use.place for use in state.acted))
    changed = {each for each in places if each.root == place.root}
    below = {each.path[len(place.path) :][:1] for each in changed if each.path[: len(place.path)] == place.path}
    return bool(known.settings) and below.isdisjoint({(), *((each,) for each in known.settings)})


def _handed_methods(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A method of such a client that is itself what the threads run: `pool.map(server.delete, names)`."""
    for handover in handovers(sight, info, "thread"):
        given = hand_over(sight.program, sight.catalog, info.id, handover.spot.call)
        function = None if given is None else given.function
        if handover.worker is not None or not isinstance(function, code.Attribute) or not several(sight, handover):
            continue
        known = [_told(sight, kind) for kind in sorted(sight.kinds(info.id, function.value))]
        kept = isinstance(function.value, code.Name | code.Attribute) and not is_bound_anew(
            handover.spot, function.value
        )
        if kept and len(known) == 1 and known[0] is not None and _is_unsafe(known[0]) and not alone(sight, handover):
            kind = min(sight.kinds(info.id, function.value))
            if function.name not in (*_HARMLESS_USES, *known[0].own_with) and not _checks_off(sight, info, kind):
                name = tree.dotted(function.value) or kind
                because = f"each runs its `{function.name}`; {_what_is_known(kind, known[0])}"
                yield replace(at(handover.spot.call, name, because), aside=bool(known[0].settings))


def _told(sight: Sight, kind: str) -> ObjectEntry | None:
    """What is said of a class, or of one above it of which it is documented or measured whether threads may share it."""
    own = sight.catalog.object(kind)
    if own is None or own.threads not in (ThreadSafety.NO, ThreadSafety.UNKNOWN) or own.because is not Basis.REASONED:
        return own
    above = (known for known in sight.catalog.lineage(kind) if known.because is not Basis.REASONED)
    return next((known for known in above if known.threads is ThreadSafety.NO), own)


def _is_unsafe(known: ObjectEntry) -> bool:
    if known.because is Basis.REASONED:
        return False
    return known.threads is ThreadSafety.NO or (known.threads is ThreadSafety.UNKNOWN and known.note is not None)


def _what_is_known(kind: str, known: ObjectEntry) -> str:
    if known.refuses is not None:
        return f"a `{kind}` raises `{known.refuses}` at once in any thread but the one that made it"
    if known.threads is ThreadSafety.NO:
        instead = f": {known.instead}" if known.instead else ""
        return f"a `{kind}` must not be shared by threads{instead}"
    shared = f"its `{known.settings[0]}` are those of all, and " if known.settings else ""
    return f"{shared}that threads may share a `{kind}` is not promised"


def _checks_off(sight: Sight, info: FunctionInfo, kind: str) -> bool:
    """SQLite's own check refuses other threads a connection; where it is switched off somebody has thought about locks."""
    return kind == "sqlite3.Connection" and "check_same_thread" in sight.words(info.path)


THREAD_FACTS: Mapping[str, Detector] = {
    Fact.SHARED_UPDATE: _shared_updates,
    Fact.SHARED_CLIENT: _shared_clients,
}
