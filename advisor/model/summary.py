"""What running a function or a block does: its effects with proof, and its cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from advisor.model import code
from advisor.model.effect import ZERO, Effect, Range
from advisor.model.state import Piece, State


@dataclass(frozen=True, slots=True)
class Proof:
    """`effect` happens because `line` of this function calls `api`, or a function of the project (`callee`) that leads there.

    `seconds` is what it takes per run of the function; `rounds` how often it runs within.
    """

    effect: Effect
    api: str
    line: int
    callee: str | None
    guessed: bool
    conditional: bool
    seconds: Range
    awaited: bool = False
    uid: int = -1


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one run, split as `advisor.model.estimate.Work` explains."""

    interpreter: Range = ZERO
    native: Range = ZERO
    waiting: Range = ZERO
    child: Range = ZERO

    def __add__(self, other: Cost) -> Cost:
        return Cost(
            self.interpreter + other.interpreter,
            self.native + other.native,
            self.waiting + other.waiting,
            self.child + other.child,
        )

    def __mul__(self, times: Range) -> Cost:
        return Cost(self.interpreter * times, self.native * times, self.waiting * times, self.child * times)

    @property
    def total(self) -> Range:
        return self.interpreter + self.native + self.waiting + self.child


@dataclass(frozen=True, slots=True)
class Summary:
    """What one run of a function or block does and costs. `guessed_rounds` when the cost rests on loops whose length the source
    does not tell."""

    proofs: tuple[Proof, ...] = ()
    cost: Cost = Cost()
    unresolved: int = 0
    parallel_native: bool = False
    guessed_rounds: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Summaries:
    """Summaries on demand: of a function by id, of a piece of it; what it costs, and apart from that which state it touches.

    `reached` are the functions that some calls in a function lead to, directly and through others.
    """

    function: Callable[[str], Summary]
    piece: Callable[[Piece], Summary]
    function_state: Callable[[str], State]
    state: Callable[[Piece], State]
    reached: Callable[[str, tuple[code.Call, ...]], frozenset[str]]
