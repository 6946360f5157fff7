"""What a call does while it runs, how long that usually takes, and the chain of calls that proves it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct


class Effect(StrEnum):
    """What happens during a call. The waits come first, then the work."""

    NETWORK = "network"
    DATABASE = "database"
    DISK = "disk"
    SUBPROCESS = "subprocess"
    SLEEP = "sleep"
    LOCK = "lock"
    CPU_PYTHON = "cpu-python"  # interpreter work
    CPU_NATIVE = "cpu-native"  # native code that holds the GIL
    CPU_NATIVE_NOGIL = "cpu-native-nogil"  # native code that releases it
    PARALLEL_NATIVE = "parallel-native"  # already uses all cores
    ASYNC = "async"  # awaitable: waits without blocking
    TERMINAL = "terminal"
    NONE = "none"  # known, and nothing worth mentioning


COMPUTING = frozenset({Effect.CPU_PYTHON, Effect.CPU_NATIVE, Effect.CPU_NATIVE_NOGIL, Effect.PARALLEL_NATIVE})
OUTSIDE = frozenset({Effect.NETWORK, Effect.DATABASE, Effect.DISK, Effect.SUBPROCESS})
WAITING_OUTSIDE = frozenset({Effect.NETWORK, Effect.DATABASE, Effect.SUBPROCESS, Effect.SLEEP})
BLOCKING = WAITING_OUTSIDE | {Effect.DISK}  # what holds up an event loop in which it is called


class CostClass(StrEnum):
    """How long one call usually takes: an order of magnitude, not a promise."""

    INSTANT = "instant"
    TINY = "tiny"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    HUGE = "huge"


class Range(Struct, frozen=True, gc=False):
    """Seconds (or a count) between `low` and `high`, most likely `expected`."""

    low: float
    expected: float
    high: float

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def __mul__(self, other: Range) -> Range:
        return Range(self.low * other.low, self.expected * other.expected, self.high * other.high)

    @classmethod
    def exactly(cls, value: float) -> Range:
        return cls(value, value, value)


ZERO = Range(0.0, 0.0, 0.0)

SECONDS: dict[CostClass, Range] = {
    CostClass.INSTANT: Range(5e-8, 2e-7, 1e-6),
    CostClass.TINY: Range(5e-7, 3e-6, 2e-5),
    CostClass.SMALL: Range(1e-5, 1e-4, 1e-3),
    CostClass.MEDIUM: Range(3e-4, 3e-3, 3e-2),
    CostClass.LARGE: Range(1e-2, 5e-2, 5e-1),
    CostClass.HUGE: Range(2e-1, 2e0, 6e1),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One link of a proof: in `function` of `path`, at `line`, the next one is called."""

    function: str
    path: str
    line: int


@dataclass(frozen=True, slots=True)
class EffectTrace:
    """An effect with the calls that prove it: `trace` leads from the site to the call of `api`; `guessed` when a receiver's type was.

    `condition` says in words when it happens; None where it simply does.
    """

    effect: Effect
    api: str
    trace: tuple[Step, ...]
    guessed: bool = False
    conditional: bool = False
    condition: str | None = None
