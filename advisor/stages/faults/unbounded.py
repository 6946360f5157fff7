"""Unbounded: as many requests at once as there are items, and limits that stand where they limit nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import ObjectEntry
from advisor.model.effect import Effect
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import Piece
from advisor.model.summary import Proof
from advisor.questions.calls import is_unresolved, last_name, receiver
from advisor.stages.faults.crowds import Crowd, crowds, is_bounded
from advisor.stages.faults.number import Amount, Count, count
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written

_STAYS_INSIDE = frozenset(["aiofiles", "anyio", "aiosqlite", "trio"])  # waits of this process and its files
_LONG = 60.0  # seconds in line, after which a call has waited for hundreds before it


def _without_bound(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Requests of which as many are under way at once as there are items, and there are many or nobody knows how many."""
    seen: set[int] = set()
    for crowd in crowds(sight, info):
        if crowd.spot.call.uid in seen or crowd.comes_in_portions:
            continue
        items = count(sight, info.id, crowd.iterable)
        if items.amount is Amount.FEW or (items.amount is Amount.UNKNOWN and not _asks_for_items(sight, info, crowd)):
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
    clients = {proof.api.partition(".")[0]: client for proof in proofs if (client := _client(sight, proof)) is not None}
    for proof in proofs:
        known = clients.get(proof.api.partition(".")[0])
        if known is None or _makes_its_own(sight, info, crowd, known[0]):
            return items.because
        name, client = known
        if client.patience is not None and (items.amount is Amount.MANY or client.patience < _LONG):
            return (
                f"{items.because}; a `{name}` lets {client.at_once} through at a time, and what waits in line for more"
                f" than {client.patience:.0f} s fails"
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


def _client(sight: Sight, proof: Proof) -> tuple[str, ObjectEntry] | None:
    """The class of the object that is asked, where it lets only so many calls through."""
    name = proof.api.rpartition(".")[0]
    return next(((name, known) for known in sight.catalog.lineage(name) if known.at_once is not None), None)


def _makes_its_own(sight: Sight, info: FunctionInfo, crowd: Crowd, client: str) -> bool:
    """Does each coroutine make a client, so that the limits of none of them hold the others back?"""
    calls = tuple(node for node in tree.every(crowd.maker) if isinstance(node, code.Call))
    reached = sight.summaries.reached(info.id, calls)
    return any(client in spot.names for function in reached for spot in sight.spots(sight.program.functions[function]))


UNBOUNDED_FACTS: Mapping[str, Detector] = {
    Fact.GATHER_WITHOUT_A_BOUND: _without_bound,
}
