"""Blocking: calls in a coroutine that hold up its event loop, directly or through the functions they call."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.effect import BLOCKING, Effect
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Site, SiteKind
from advisor.model.state import Piece
from advisor.model.summary import Proof, Summaries

_LONG_ENOUGH = 0.002  # seconds that a call must take to be called blocking
_LONG_COMPUTING = 0.5  # seconds of computing that hold up an event loop beyond doubt


def blocking(program: Program, summaries: Summaries, info: FunctionInfo) -> Iterator[Site]:
    """Calls in a coroutine that hold up the event loop; one site a line."""
    seen: set[tuple[int, str]] = set()
    for call in info.calls:
        if any(t.kind == "function" and program.functions[t.name].is_async for t in program.targets(info.id, call)):
            continue
        proof = _heaviest(summaries, info, call)
        if proof is None or proof.awaited or (call.line, proof.api) in seen:
            continue
        seen.add((call.line, proof.api))
        yield Site(info.path, info.id, SiteKind.BLOCKING_IN_ASYNC, "blocking-call-in-async-def", call.line, call.column,
                   call.end_line, call, parts=(call,))  # fmt: skip


def _heaviest(summaries: Summaries, info: FunctionInfo, call: code.Call) -> Proof | None:
    """What makes `call` itself (not its arguments) block in any run of the coroutine, if it does."""
    proofs = [
        p for p in summaries.in_runs(Piece(info.id, expressions=(call,))).proofs if p.uid == call.uid and p.callee != ""
    ]
    blocking = [p for p in proofs if not p.awaited and (
        (p.effect in BLOCKING and p.seconds.expected >= _LONG_ENOUGH)
        or (p.effect in (Effect.CPU_PYTHON, Effect.CPU_NATIVE) and p.seconds.expected >= _LONG_COMPUTING)
    )]  # fmt: skip
    return max(blocking, key=lambda p: (not p.guessed, p.seconds.expected, p.api), default=None)
