"""Blocking: calls in a coroutine that hold up its event loop, directly or through the functions they call."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.effect import BLOCKING, COMPUTING, Effect
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Site, SiteKind
from advisor.model.state import Piece
from advisor.model.summary import Proof, Summaries, Summary
from advisor.questions.calls import awaited

_LONG_ENOUGH = 0.002  # seconds that a call must take to be called blocking
_SLOW = 0.1  # seconds of computing: from there on asyncio itself calls a callback slow, in its debug mode
_PERHAPS = 0.5  # standard deviations: longer than that one time in three


def blocking(program: Program, summaries: Summaries, info: FunctionInfo) -> Iterator[Site]:
    """Calls in a coroutine that hold up the event loop; one site a line."""
    seen: set[tuple[int, str]] = set()
    inside: set[int] = set()  # ids of what stands in a call that is told already
    given_way, handed = {id(each) for each in awaited(info)}, set(_handed_on(info))
    for call in info.calls:
        known = [program.functions[t.name] for t in program.targets(info.id, call) if t.kind == "function"]
        if id(call) in given_way or any(function.is_async for function in known):
            continue
        piece = summaries.in_runs(Piece(info.id, expressions=(call,)))
        proof = _heaviest(piece, call)
        if id(call) in handed and not known and (proof is None or proof.guessed):
            continue
        if proof is not None and not proof.awaited:
            name = proof.api
        elif proof is None and id(call) not in inside and _computes(piece):
            name = tree.callee(call)
        else:
            continue
        inside.update(id(node) for node in tree.every(call))
        if (call.line, name) in seen:
            continue
        seen.add((call.line, name))
        yield Site(info.path, info.id, SiteKind.BLOCKING_IN_ASYNC, "blocking-call-in-async-def", call.line, call.column,
                   call.end_line, call, parts=(call,))  # fmt: skip


def _handed_on(info: FunctionInfo) -> Iterator[int]:
    """The ids of calls whose results go straight to something that is awaited, as in `await wait_for(session.get(url), 5)`:
    coroutines most likely, where nothing else is known of them."""
    for each in info.expressions:
        if isinstance(each, code.Await) and isinstance(each.value, code.Call):
            for given in each.value.arguments:
                match given:
                    case code.Call():
                        yield id(given)
                    case code.Starred(value=code.Comprehension(element=made)):
                        yield id(made)


def _computes(piece: Summary) -> bool:
    """Does it surely compute for long, and never wait for anything that gives way?"""
    gives_way = any(proof.awaited or proof.effect is Effect.ASYNC for proof in piece.proofs)
    return not gives_way and piece.cost.interpreter.expected >= _SLOW


def _heaviest(piece: Summary, call: code.Call) -> Proof | None:
    """What makes `call` itself (not its arguments) block in any run of the coroutine, if it does."""
    proofs = [p for p in piece.proofs if p.uid == call.uid and p.callee != ""]
    blocking = [p for p in proofs if not p.awaited and (
        (p.effect in BLOCKING and p.seconds.expected >= _LONG_ENOUGH)
        or (p.effect in COMPUTING and p.seconds.at(_PERHAPS) >= _SLOW)
    )]  # fmt: skip
    return max(blocking, key=lambda p: (not p.guessed, p.seconds.expected, p.api), default=None)
