"""Trace: effects, costs and state changes spread from what is called to what calls it, with proof.

Functions are summarised bottom-up; those that call each other in a circle are summarised together.
"""

from __future__ import annotations

from collections.abc import Container
from math import exp, log

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.condition import Under
from advisor.model.effect import EffectTrace, Range, Step
from advisor.model.program import Program
from advisor.model.rounds import Walked
from advisor.model.state import Piece, State
from advisor.model.summary import Proof, Summaries, Summary
from advisor.questions.recursion import growth, shape
from advisor.stages.trace.circles import Circles, Known
from advisor.stages.trace.kept import Kept
from advisor.stages.trace.meter import Meter
from advisor.stages.trace.state import look, look_whole
from advisor.stages.trace.tally import often_repeated

__all__ = ["prove", "trace"]

_MOST_RUNS = 1e8  # of a function in a program that is waited for: half a minute


def trace(program: Program, catalog: Catalog) -> Summaries:
    """Summaries of the program's functions and of any block in them, worked out when asked."""
    tracer = _Tracer(program, catalog)
    return Summaries(
        function=tracer.function,
        piece=tracer.piece,
        in_runs=tracer.in_runs,
        function_state=tracer.function_state,
        state=tracer.state,
        reached=tracer.reached,
    )


def prove(program: Program, summaries: Summaries, function: str, proof: Proof) -> EffectTrace:
    """The whole chain of calls behind `proof`, which stands in `function`."""
    steps: list[Step] = []
    seen: set[str] = set()
    where: str = function
    here: Proof = proof
    while True:
        info = program.functions[where]
        steps.append(Step(info.name, info.path, here.line))
        if here.callee is None or here.callee in seen:
            break
        seen.add(here.callee)
        below = summaries.function(here.callee)
        those = next((share.proofs for share in below.shares if share.terms == here.terms), below.ever)
        inner = [p for p in those if (p.effect, p.api) == (proof.effect, proof.api)]
        where = here.callee
        if not inner:
            break
        here = inner[0]
    return EffectTrace(proof.effect, proof.api, tuple(steps), proof.guessed, proof.conditional, proof.condition)


class _Tracer:
    def __init__(self, program: Program, catalog: Catalog) -> None:
        self.program = program
        self.catalog = catalog
        self.called: dict[str, tuple[str, ...]] = {}
        self.kept = Kept(program, catalog)
        self.function = Circles(self._callees, self._summarised, Summary(), self._repeated)
        self.function_state = Circles(self._callees, self._looked_at, State())

    def piece(self, piece: Piece) -> Summary:
        """The summary of one run of `piece`, which runs again and again."""
        return self._measured(piece, in_runs=False)

    def in_runs(self, piece: Piece) -> Summary:
        """The same, where it is the function around it that runs again and again."""
        return self._measured(piece, in_runs=True)

    def state(self, piece: Piece) -> State:
        """The state that one run of `piece` touches."""
        return look(self.program, self.catalog, piece, self.function_state)

    def reached(self, function: str, calls: tuple[code.Call, ...]) -> frozenset[str]:
        """All functions that run when `calls` of `function` do."""
        targets = (target for call in calls for target in self.program.targets(function, call))
        found = {target.name for target in targets if target.kind == "function"}
        waiting = list(found)
        while waiting:
            new = set(self._callees(waiting.pop())) - found
            found |= new
            waiting.extend(new)
        return frozenset(found)

    def _measured(self, piece: Piece, *, in_runs: bool) -> Summary:
        meter = Meter(self.program, self.catalog, piece.function, self.function, self.kept, piece, in_runs=in_runs)
        meter.block(piece.statements)
        for expression in piece.expressions:
            meter.here.line = tree.line_of(expression, meter.here.line)
            meter.expression(expression, Range.exactly(1.0), Under())
        return meter.tally.summary()

    def _summarised(self, function: str, known: Known[Summary]) -> Summary:
        meter = Meter(self.program, self.catalog, function, known, self.kept)
        meter.block(self.program.functions[function].body, under=Under().kept(self.kept.memory(function)))
        return meter.tally.summary()

    def _looked_at(self, function: str, known: Known[State]) -> State:
        return look_whole(self.program, self.catalog, self.program.functions[function], known)

    def _repeated(self, summary: Summary, member: str, group: frozenset[str]) -> Summary:
        """What comes of a function that leads back to itself: for one call from outside it runs more than once."""
        return often_repeated(summary, self._runs(member, group))

    def _runs(self, member: str, group: Container[str]) -> Range:
        """How often a function runs for one call from outside, where it leads back to itself."""

        def leads_back(call: code.Call) -> bool:
            return any(target.name in group for target in self.program.targets(member, call))

        info = self.program.functions[member]
        own = [call for call in info.calls if leads_back(call)]
        kind, rounds = shape(info, own), self.catalog.rounds
        if self.kept.memory(member) is not None:
            return rounds.of(Walked.LINEAR_RECURSION)  # what is kept for each set of arguments is worked out once
        factor = growth(info, own) if kind is Walked.TREE_RECURSION else None
        return rounds.of(kind) if factor is None else _grown(factor, rounds.of(Walked.RANGE))

    def _callees(self, function: str) -> tuple[str, ...]:
        if function not in self.called:
            found = [
                target.name
                for call in self.program.functions[function].calls
                for target in self.program.targets(function, call)
                if target.kind == "function"
            ]
            self.called[function] = tuple(dict.fromkeys(found))
        return self.called[function]


def _grown(factor: float, number: Range) -> Range:
    """How many runs that multiply with each more of a number come to, as many as a program that ends may have."""

    def runs(number: float) -> float:
        return exp(min(log(_MOST_RUNS), number * log(factor)))

    return Range(runs(number.low), runs(number.expected), runs(number.high))
