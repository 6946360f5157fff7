"""Thread-bound: what a caller has set, opened or written for its own thread alone, and workers in other threads do not see."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.catalog import CallEntry
from advisor.model.effect import Effect
from advisor.model.program import FunctionInfo
from advisor.model.state import Ambient, Place, RootKind
from advisor.model.words import is_named
from advisor.questions.calls import entries, receiver
from advisor.questions.transactions import opens_transaction
from advisor.stages.faults.courses import before
from advisor.stages.faults.sight import Sight
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.workers import Handover, touched, work

Missed = tuple[str, str, int]  # a name, why it does not reach the worker, and the line that shows it
_SET = (Ambient.THREAD_LOCAL, Ambient.DECIMAL_CONTEXT)


def setting(sight: Sight, handover: Handover) -> Missed | None:
    """What the caller sets for its thread, in a block around or before, and the worker goes by: a language, a precision."""
    state, info = touched(sight, handover), handover.spot.function
    used = [use for use in state.ambient if use.what in _SET] if state is not None else []
    own = {(use.what, _module(use.api)) for use in used if not use.access.looks or _has_own(sight, use.api)}
    for call in _set_before(sight, handover):
        for name, entry in entries(sight.program, sight.catalog, info.id, call):
            for use in used:
                same = _module(use.api) == _module(name) and (use.what, _module(name)) not in own
                if same and use.access.looks and not entry.state.get(use.what, use.access).looks:
                    where = sight.program.functions[use.where.function].name
                    because = f"`{where}` goes by it in line {use.where.line}, and line {call.line} sets it for its own thread"
                    return use.api, because, use.where.line
    return None


def _has_own(sight: Sight, name: str) -> bool:
    """Does it give its block a state of its own, which the worker then sets itself?"""
    known = sight.catalog.call(name)
    return known is not None and known[1].own_state is not None


def _module(name: str) -> str:
    """Where a function is from: of a method likewise, as `decimal` for `decimal.Decimal.sqrt`."""
    return ".".join(part for part in name.split(".")[:-1] if part[:1].islower())


def _set_before(sight: Sight, handover: Handover) -> Iterator[code.Call]:
    """The calls whose blocks are around the handover, and the last before it that are made for what they set."""
    spot = handover.spot
    for block in spot.function.withs_around(spot.call.line, spot.call.end_line):
        yield from (context for context, _ in block.items if isinstance(context, code.Call))
    plain: dict[str, code.Call | None] = {}
    for statement in before(spot.function, spot.statement, imported=True):
        match statement:
            case code.Evaluate(value=code.Call() as call):
                plain |= {_module(name): call if call.arguments else None for name, _ in _known(sight, spot, call)}
            case code.Assign(targets=(code.Attribute(value=code.Call() as call),)):  # `getcontext().prec = 50`
                plain |= {_module(name): call for name, _ in _known(sight, spot, call)}
    yield from filter(None, plain.values())


def _known(sight: Sight, spot: Spot, call: code.Call) -> tuple[tuple[str, CallEntry], ...]:
    return tuple(entries(sight.program, sight.catalog, spot.function.id, call))


def transaction(sight: Sight, handover: Handover) -> Missed | None:
    """A transaction of the caller, and a worker that asks the same database over the connection of its own thread."""
    done, spot = work(sight, handover), handover.spot
    opened = dict(_transactions(sight, handover)) if done is not None else {}
    for proof in done.proofs if done is not None and opened else ():
        package = sight.catalog.canonical(proof.api).partition(".")[0]
        sure = proof.effect is Effect.DATABASE and not (proof.guessed or proof.conditional)
        if sure and package in opened and sight.catalog.closers_of(proof.api):
            because = (
                f"the transaction of line {opened[package]} belongs to the connection of its thread,"
                f" and the work asks the database over another one (`{proof.api}`)"
            )
            return spot.last, because, opened[package]
    return None


def _transactions(sight: Sight, handover: Handover) -> Iterator[tuple[str, int]]:
    """The packages of which a transaction is open where the work is handed over, each with the line that opens it."""
    spot = handover.spot
    info = spot.function
    for block in info.withs_around(spot.call.line, spot.call.end_line):
        for context, _ in block.items:
            if opens_transaction(sight.program, sight.catalog, info.id, context):
                yield from ((package, block.line) for package in _packages(sight, info.id, context))
    for decorator in info.decorators:
        name = tree.callee(decorator) if isinstance(decorator, code.Call) else tree.dotted(decorator) or ""
        if is_named(name, sight.catalog.words.transactions):
            yield from ((package, info.line) for package in _packages(sight, info.parent or info.id, decorator))


def _packages(sight: Sight, function: str, opener: code.Expr) -> Iterator[str]:
    made = opener.function if isinstance(opener, code.Call) else opener
    for value in sight.program.values(function, made):
        if value.kind == "external":
            yield sight.catalog.canonical(value.name).partition(".")[0]


def unsaved(sight: Sight, handover: Handover) -> Missed | None:
    """What the caller has sent through a session of its thread and not committed, where the worker asks through its own."""
    state, info = touched(sight, handover), handover.spot.function
    for use in state.uses if state is not None else ():
        ambient = any(known.ambient for known in sight.catalog.lineage(use.type))
        if ambient and use.place.root.kind is RootKind.GLOBAL:
            sent = _open_end(sight, handover, info, use.place)
            if sent is not None:
                where = sight.program.functions[use.where.function].name
                label = use.place.label
                because = (
                    f"`{where}` works with the session that `{label}` keeps for each thread, which does not see what"
                    f" line {sent} has sent and nothing has committed"
                )
                return label, because, sent
    return None


def _open_end(sight: Sight, handover: Handover, info: FunctionInfo, session: Place) -> int | None:
    """The line before the handover that sends changes through the session, where nothing behind it ends the transaction."""
    last: int | None = None
    done = before(info, handover.spot.statement)
    for call in tree.calls(done):
        owner = receiver(call)
        if owner is not None and session in sight.program.objects.places(info.id, owner):
            for _, entry in entries(sight.program, sight.catalog, info.id, call):
                last = _after(entry, call.line, last)
    return last


def _after(entry: CallEntry, line: int, last: int | None) -> int | None:
    if entry.transacts is None:
        return last
    return line if entry.transacts == "sends" else None
