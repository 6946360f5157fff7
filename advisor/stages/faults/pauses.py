"""Pauses: a retry below a coroutine that sleeps before it tries again, and the event loop with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code
from advisor.model.condition import ConditionKind
from advisor.model.effect import Effect
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import Piece
from advisor.model.summary import Proof
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot

_LONG = 0.05  # seconds for which a loop that stands still is noticed


def _retries_asleep(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A coroutine calls a function that sleeps after each failure: seldom enough to cost nothing on average, and never well."""
    for spot in sight.spots(info) if info.is_async else ():
        targets = [t for t in sight.program.targets(info.id, spot.call) if not t.callback]
        if len(targets) != 1 or targets[0].kind != "function" or targets[0].guessed:
            continue
        if any(_is_pause_after_failure(proof, spot.call) for proof in _proofs(sight, info, spot.call)):
            pause = next(_pauses(sight, info, spot.call), None)
            if pause is not None:
                because = f"`{pause.function.name}` calls `{written(pause.call)}` in line {pause.call.line}"
                yield at(spot.call, written(spot.call), because, pause.call.line)


def _proofs(sight: Sight, info: FunctionInfo, call: code.Call) -> tuple[Proof, ...]:
    return sight.summaries.in_runs(Piece(info.id, expressions=(call,))).proofs


def _is_pause_after_failure(proof: Proof, call: code.Call) -> bool:
    """Does the call itself sleep, here and now, whenever something went wrong and on no other condition?"""
    if proof.uid != call.uid or proof.effect is not Effect.SLEEP or proof.guessed or proof.awaited or not proof.callee:
        return False
    return bool(proof.conditions) and all(each.kind is ConditionKind.FAILURE for each in proof.conditions)


def _pauses(sight: Sight, info: FunctionInfo, call: code.Call) -> Iterator[Spot]:
    """The calls below that sleep for long."""
    for each in sorted(sight.summaries.reached(info.id, (call,))):
        called = sight.program.functions[each]
        for spot in sight.spots(called) if not called.is_async else ():
            proofs = (p for p in _proofs(sight, called, spot.call) if p.uid == spot.call.uid and not p.callee)
            if any(p.effect is Effect.SLEEP and not p.guessed and p.seconds.expected >= _LONG for p in proofs):
                yield spot


PAUSE_FACTS: Mapping[str, Detector] = {Fact.RETRIES_ASLEEP: _retries_asleep}
