"""What running a function or a block does: its effects with proof, and its cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from msgspec import Struct

from advisor.model import code
from advisor.model.condition import Condition, Memory, Terms, told
from advisor.model.effect import ZERO, Effect, Range
from advisor.model.state import Piece, State


class Proof(Struct, frozen=True, gc=False):
    """`effect` happens because `line` of this function calls `api`, or a function of the project (`callee`) that leads there.

    `seconds` is what it takes per run of the function, or in the first run where a `memory` keeps later ones from it;
    `conditions` are those under which it happens at all. `terms` are those on which the called function does it.
    """

    effect: Effect
    api: str
    line: int
    callee: str | None
    guessed: bool
    conditions: tuple[Condition, ...]
    seconds: Range
    awaited: bool = False
    uid: int = -1
    memory: Memory | None = None
    terms: Terms | None = None

    @property
    def conditional(self) -> bool:
        """May a run pass without it?"""
        return self.memory is not None or not all(condition.usual for condition in self.conditions)

    @property
    def condition(self) -> str | None:
        """When it happens, in words; None where it simply does."""
        return told(self.memory, self.conditions)


class Cost(Struct, frozen=True, gc=False):
    """Seconds of one run, split as `advisor.model.estimate.Work` explains."""

    interpreter: Range = ZERO
    native: Range = ZERO
    waiting: Range = ZERO
    child: Range = ZERO

    def __add__(self, other: Cost) -> Cost:
        if other._is_interpreted:
            return Cost(self.interpreter + other.interpreter, self.native, self.waiting, self.child)
        return Cost(
            self.interpreter + other.interpreter,
            self.native + other.native,
            self.waiting + other.waiting,
            self.child + other.child,
        )

    def __mul__(self, times: Range) -> Cost:
        if self._is_interpreted:
            return Cost(self.interpreter * times)
        return Cost(self.interpreter * times, self.native * times, self.waiting * times, self.child * times)

    @property
    def _is_interpreted(self) -> bool:
        """Is it nothing else, as most of what is added up is?"""
        return self.native is ZERO and self.waiting is ZERO and self.child is ZERO

    @property
    def total(self) -> Range:
        return self.interpreter + self.native + self.waiting + self.child


class Share(Struct, frozen=True, gc=False):
    """The part of what a function does that it does under certain `terms`: what it costs and proves where they are met."""

    terms: Terms
    cost: Cost
    proofs: tuple[Proof, ...]


class Summary(Struct, frozen=True, gc=False):
    """What one run of a function or block does and costs.

    `proofs` and `cost` are those of any run; `once` proves what the first of many runs does and later ones need not.
    `shares` are the same by the terms that a call decides, where it can decide any.
    """

    proofs: tuple[Proof, ...] = ()
    cost: Cost = Cost()
    once: tuple[Proof, ...] = ()
    shares: tuple[Share, ...] = ()
    unresolved: int = 0
    parallel_native: bool = False

    @property
    def ever(self) -> tuple[Proof, ...]:
        """The proofs of what any run may do, the first one included."""
        return (*self.proofs, *self.once)


@dataclass(frozen=True, slots=True, eq=False)
class Summaries:
    """Summaries on demand: of a function by id, of a piece of it that runs again and again, and `in_runs` of a piece whose
    function does; what it costs, and apart from that which state it touches.

    `reached` are the functions that some calls in a function lead to, directly and through others.
    """

    function: Callable[[str], Summary]
    piece: Callable[[Piece], Summary]
    in_runs: Callable[[Piece], Summary]
    function_state: Callable[[str], State]
    state: Callable[[Piece], State]
    reached: Callable[[str, tuple[code.Call, ...]], frozenset[str]]
