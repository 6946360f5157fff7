"""Threads: what they share without a lock or against its documentation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import Basis, ObjectEntry, ThreadSafety
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import How, Place, RootKind, Where
from advisor.stages.faults.sight import Clue, Detector, Sight
from advisor.stages.faults.workers import (
    Handover,
    alone,
    argument_of,
    handovers,
    is_bound_anew,
    on_the_way,
    several,
    touched,
)

_HARMLESS_USES = frozenset(
    ["cursor", "close", "copy", "clone", "new_session"]
)  # a cursor of its own is the way to share


def _shared_updates(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`counter += 1` on what several threads share, without a lock."""
    for handover in handovers(sight, info, "thread"):
        state = touched(sight, handover)
        if state is None or not several(handover) or handover.starts_a_class or alone(sight, handover):
            continue
        for write in state.writes:
            if (
                write.how is How.AUGMENT
                and not write.possible
                and _is_shared(sight, handover, write.place, write.where.function)
            ):
                if _guarded(sight, handover, write.where) or _in_new_object(sight, write.where.function):
                    continue
                where = sight.program.functions[write.where.function]
                because = f"`{where.name}` updates `{write.place.label}` in line {write.where.line}, without a lock"
                yield Clue(handover.spot.call.line, handover.spot.call.column, handover.spot.call.end_line,
                           write.place.label, because, write.where.line)  # fmt: skip
                break


def _guarded(sight: Sight, handover: Handover, where: Where) -> bool:
    """Is a lock held there, or around a call on the way there?"""
    return any(sight.locked(info.id, line) for info, line in on_the_way(sight, handover, where))


def _is_shared(sight: Sight, handover: Handover, place: Place, function: str) -> bool:
    """Is the place that `function` touches one and the same for all workers?

    That is a global, a variable of the function that hands them out or of one around it, or their common object.
    """
    if place.root.kind is RootKind.GLOBAL:
        return True
    if place.root.kind is RootKind.LOCAL:
        return _owner(sight, function, place.root.name) in _around(sight, handover.spot.function.id)
    if place.root.kind is not RootKind.SELF or handover.worker is None or handover.worker.owner is None:
        return False
    target = _function_handed(handover)
    return isinstance(target, code.Attribute) and isinstance(target.value, code.Name) and target.value.id == "self"


def _owner(sight: Sight, function: str, name: str) -> str:
    """The function around `function` whose variable `name` is, or the top level of the file."""
    where = sight.program.functions[function]
    while where.parent is not None:
        where = sight.program.functions[where.parent]
        if where.is_module or name in {p.name for p in where.parameters} or name in tree.bound_in(where.body):
            break
    return where.id


def _around(sight: Sight, function: str) -> frozenset[str]:
    """A function with all that it stands in, and the top levels of all files."""
    found = {info.id for info in sight.program.functions.values() if info.is_module}
    where: str | None = function
    while where is not None:
        found.add(where)
        where = sight.program.functions[where].parent
    return frozenset(found)


def _function_handed(handover: Handover) -> code.Expr | None:
    call = handover.spot.call
    for keyword in call.keywords:
        if keyword.name in ("target", "func", "fn"):
            return keyword.value
    return call.arguments[0] if call.arguments else None


def _in_new_object(sight: Sight, function: str) -> bool:
    return sight.program.functions[function].name.endswith("__init__")


def _shared_clients(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """One client used by several threads, which its documentation forbids or does not allow."""
    for handover in handovers(sight, info, "thread"):
        state = touched(sight, handover)
        if state is None or not several(handover) or handover.starts_a_class or alone(sight, handover):
            continue
        for use in state.uses:
            known = _told(sight, use.type)
            if known is None or not _is_unsafe(known) or use.type.startswith(("io.", "builtins.", "threading.")):
                continue
            if use.api.rpartition(".")[2] in _HARMLESS_USES:
                continue
            if len({other.type for other in state.uses if other.place == use.place}) > 1:
                continue  # one of several, and perhaps another for each thread
            if not _is_shared(sight, handover, use.place, use.where.function) and not _is_handed(
                sight, handover, use.place
            ):
                continue
            if not _guarded(sight, handover, use.where) and not _checks_off(sight, info, use.type):
                because = f"line {use.where.line} calls `{use.api}` on it"
                yield Clue(handover.spot.call.line, handover.spot.call.column, handover.spot.call.end_line,
                           use.place.label, f"{because}; {_what_is_known(use.type, known)}", use.where.line)  # fmt: skip
                break


def _is_handed(sight: Sight, handover: Handover, place: Place) -> bool:
    """Is it a parameter of the worker, for which one object is handed over each time?"""
    if place.root.kind is not RootKind.PARAM or handover.worker is None:
        return False
    given = argument_of(sight, handover, place.root.index)
    return isinstance(given, code.Name | code.Attribute) and not is_bound_anew(handover.spot, given)


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
    if known.threads is ThreadSafety.NO:
        instead = f": {known.instead}" if known.instead else ""
        return f"a `{kind}` must not be shared by threads{instead}"
    return f"that threads may share a `{kind}` is not promised"


def _checks_off(sight: Sight, info: FunctionInfo, kind: str) -> bool:
    """SQLite's own check refuses other threads; where it is switched off somebody has thought about locks."""
    return kind.startswith("sqlite3.") and "check_same_thread" in sight.words(info.path)


THREAD_FACTS: Mapping[str, Detector] = {
    Fact.SHARED_UPDATE: _shared_updates,
    Fact.SHARED_CLIENT: _shared_clients,
}
