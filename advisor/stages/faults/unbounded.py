"""Unbounded: as many requests at once as there are items, and limits that stand where they limit nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.effect import Effect
from advisor.model.fault import Around, Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.model.state import Piece
from advisor.model.summary import Proof
from advisor.questions.calls import is_unresolved, last_name, receiver
from advisor.questions.locks import is_limit
from advisor.stages.faults.crowds import Crowd, crowds, is_bounded
from advisor.stages.faults.lifted import is_lifted
from advisor.stages.faults.number import Amount, Count, count
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written

_STAYS_INSIDE = frozenset(["aiofiles", "anyio", "aiosqlite", "trio"])  # waits of this process and its files
_MANY_PROGRAMS = 50  # child processes at once, which no machine has cores for
_MADE_AND_TAKEN = 2  # places where a limit is named that is made, and taken once
_LONG = 60.0  # seconds in line, after which a call has waited for hundreds before it


def _without_bound(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Requests of which as many are under way at once as there are items, and there are many or nobody knows how many."""
    seen: set[int] = set()
    for crowd in crowds(sight, info):
        if crowd.spot.call.uid in seen or crowd.comes_in_portions:
            continue
        items = count(sight, info.id, crowd.iterable)
        if (items.amount is Amount.FEW and items.known < _MANY_PROGRAMS) or (
            items.amount is Amount.UNKNOWN and not _asks_for_items(sight, info, crowd)
        ):
            continue
        why = _unlimited(sight, info, crowd, items)
        if why and not is_bounded(sight, info, crowd):
            seen.add(crowd.spot.call.uid)
            name = tree.dotted(crowd.iterable) or written(crowd.spot.call)
            yield at(crowd.spot.call, name, why, tree.line_of(crowd.iterable, crowd.spot.call.line))


def _asks_for_items(sight: Sight, info: FunctionInfo, crowd: Crowd) -> bool:
    """Are the items what is asked for, and not what does the work: `client.get(url)`, and not `worker.start()`?"""
    calls = [node for node in tree.every(crowd.maker) if isinstance(node, code.Call)]
    own = [call for call in calls if (owner := receiver(call)) is not None and tree.root_name(owner) in crowd.names]
    return crowd.awaited and all(_known_by_name(sight, info, call) for call in own)


def _known_by_name(sight: Sight, info: FunctionInfo, call: code.Call) -> bool:
    """Is it a method of unknown type that can only be one of a library, which sends a request?"""
    return last_name(call) in sight.catalog.awaited_by_name and is_unresolved(sight.program, info.id, call)


def _unlimited(sight: Sight, info: FunctionInfo, crowd: Crowd, items: Count) -> str:
    """Why a crowd that waits for others asks too much of them; empty where it does not, or where nothing tells."""
    if isinstance(crowd.maker, code.Call) and _known_by_name(sight, info, crowd.maker):
        return items.because
    summary = sight.summaries.in_runs(Piece(info.id, expressions=(crowd.maker,), handed_over=True))
    proofs = [proof for proof in summary.proofs if not proof.guessed and _waits_outside(sight, proof)]
    clients = {proof.api.partition(".")[0]: known for proof in proofs if (known := _client(sight, proof)) is not None}
    if items.amount is Amount.FEW:
        proofs = [proof for proof in proofs if _starts_a_program(sight, proof)]
    for proof in proofs:
        known = clients.get(proof.api.partition(".")[0])
        if known is None or _makes_its_own(sight, info, crowd, known.name) or is_lifted(sight, (info,), known.name):
            return items.because
        if known.patience is not None and (items.amount is Amount.MANY or known.patience < _LONG):
            return (
                f"{items.because}; a `{known.name}` lets {known.at_once} through at a time, and what waits in line for"
                f" more than {known.patience:.0f} s fails"
            )
    return ""


def _waits_outside(sight: Sight, proof: Proof) -> bool:
    """Is it a request to somebody else, a new connection or program, and not a wait for what runs here?"""
    if proof.effect in (Effect.NETWORK, Effect.SUBPROCESS):
        return True
    found = sight.catalog.call(proof.api)
    package = proof.api.partition(".")[0]
    if proof.effect is not Effect.ASYNC or found is None or package in _STAYS_INSIDE:
        return False
    entry = found[1]
    talks = any(known.conversation for known in sight.catalog.lineage(proof.api.rpartition(".")[0]))
    if package == "asyncio":
        return bool(entry.acts_on and entry.acts_on != ("receiver",) and entry.returns)
    return not talks and entry.batch is None


def _starts_a_program(sight: Sight, proof: Proof) -> bool:
    """Is there a child process for each item, which takes more of a machine than a request does?"""
    found = sight.catalog.call(proof.api)
    return found is not None and bool(found[1].output_to)


@dataclass(frozen=True, slots=True)
class _Client:
    """A class whose objects let so many calls through `at_once`, and the rest wait in line, for ever or for so long."""

    name: str
    at_once: int
    patience: float | None


def _client(sight: Sight, proof: Proof) -> _Client | None:
    """What is asked, where it lets only so many calls through."""
    name = proof.api.rpartition(".")[0]
    for known in sight.catalog.lineage(name):
        if known.at_once is not None:
            return _Client(name, known.at_once, known.patience)
    return None


def _makes_its_own(sight: Sight, info: FunctionInfo, crowd: Crowd, client: str) -> bool:
    """Does each coroutine make a client, so that the limits of none of them hold the others back?"""
    calls = tuple(node for node in tree.every(crowd.maker) if isinstance(node, code.Call))
    reached = sight.summaries.reached(info.id, calls)
    return any(client in spot.names for function in reached for spot in sight.spots(sight.program.functions[function]))


# ---- a limit that limits nothing


@dataclass(frozen=True, slots=True, eq=False)
class _Section:
    """`limit` is taken in `line` and given back behind `statements`; that names it in so many `places`."""

    limit: code.Expr
    line: int
    statements: tuple[code.Stmt, ...]
    places: int


def _limit_around(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A semaphore that is taken around the whole crowd, which passes it once, as one."""
    for section in _sections(sight, info):
        for crowd in crowds(sight, info):
            inside = any(crowd.spot.statement is each for each in section.statements)
            if not inside or crowd.comes_in_portions or not _waits(sight, info, crowd):
                continue
            if _passed_by_one(sight, info, section):
                named = tree.dotted(section.limit) or written(crowd.spot.call)
                because = f"line {section.line} takes `{named}` once, around all of them"
                yield at(crowd.spot.call, named, because, section.line)
                break


def _sections(sight: Sight, info: FunctionInfo) -> Iterator[_Section]:
    """What a function does while it has taken a limit: by `async with`, or from `acquire` to `release`."""
    for statement in info.statements:
        if isinstance(statement, code.With) and statement.is_async:
            for limit in (c for c, _ in statement.items if is_limit(sight.program, sight.catalog, info.id, c)):
                yield _Section(limit, statement.line, tuple(tree.statements(statement.body)), _MADE_AND_TAKEN)
                break
    for spot in sight.spots(info):
        taken = receiver(spot.call) if spot.last == "acquire" and spot.fate is Fate.AWAITED_AND_DROPPED else None
        if taken is not None and tree.dotted(taken) and is_limit(sight.program, sight.catalog, info.id, taken):
            release = f"{tree.dotted(taken)}.release"
            last = next((c.line for c in info.calls if tree.callee(c) == release and c.line > spot.call.line), 0)
            held = tuple(s for s in info.statements if spot.call.line < s.line < last)
            yield _Section(taken, spot.call.line, held, _MADE_AND_TAKEN + 1)


def _waits(sight: Sight, info: FunctionInfo, crowd: Crowd) -> bool:
    """Is anything known of what the coroutines wait for, so that a limit has something to hold back?"""
    summary = sight.summaries.in_runs(Piece(info.id, expressions=(crowd.maker,), handed_over=True))
    return any(
        proof.effect in (Effect.NETWORK, Effect.SUBPROCESS, Effect.DATABASE, Effect.ASYNC) for proof in summary.proofs
    )


def _passed_by_one(sight: Sight, info: FunctionInfo, section: _Section) -> bool:
    """Is there never a second one that the limit could keep waiting: is it made for this run, or does the function run once?"""
    limit = section.limit
    if isinstance(limit, code.Name) and sight.program.objects.values_of(info.id, limit.id):
        return not _is_handed_on(info, limit.id, section.places)
    return _is_taken_here_alone(sight, info, section) and _runs_once(sight, info.id, 4)


def _is_handed_on(info: FunctionInfo, name: str, places: int) -> bool:
    """Does the function give its limit to others, or take it a second time?"""
    return sum(isinstance(e, code.Name) and e.id == name for e in info.expressions) > places


def _is_taken_here_alone(sight: Sight, info: FunctionInfo, section: _Section) -> bool:
    """Is it named nowhere but where it is made and where it is taken, in its file alone?"""
    last = (tree.dotted(section.limit) or "").rpartition(".")[2]
    for other in sight.program.functions.values():
        imports = (s for s in other.statements if isinstance(s, code.Import)) if other.path != info.path else ()
        if any(imported.attribute == last for statement in imports for imported in statement.names):
            return False
    named = sum(
        (isinstance(e, code.Name) and e.id == last) or (isinstance(e, code.Attribute) and e.name == last)
        for other in sight.program.files[info.path]
        for e in other.expressions
    )
    return bool(last) and named <= section.places


def _runs_once(sight: Sight, function: str, depth: int) -> bool:
    """Is it called from the top of a file, or by what is, and never from a loop or by something unknown?"""
    if sight.program.functions[function].is_module:
        return True
    callers = sight.program.callers(function)
    if not callers or depth == 0 or sight.program.functions[function].decorators or len(callers) > 1:
        return False
    where, call = callers[0]
    spots = sight.spots(sight.program.functions[where])
    again = any(spot.call is call and Around.LOOP in spot.around for spot in spots)
    return not again and _runs_once(sight, where, depth - 1)


UNBOUNDED_FACTS: Mapping[str, Detector] = {
    Fact.GATHER_WITHOUT_A_BOUND: _without_bound,
    Fact.LIMIT_AROUND_THE_CROWD: _limit_around,
}
