"""What a call does while it runs, how long that usually takes, and the chain of calls that proves it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import exp, hypot, inf, log

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


_AT_THE_END = 1.6449  # standard deviations from the median to the 95th percentile
_LEAST = 1e-3  # of the median: what may be nothing at all is hardly less than this


class Range(Struct, frozen=True, gc=False):
    """Seconds (or a count) that are not known: the 5th percentile, the median and the 95th of what they may be, log-normal on
    either side of the median.

    Sums are of things that rise and fall together, as what is called in one loop does. The factors of a product have
    nothing to do with each other, so that its spread is less than the product of theirs.
    """

    low: float
    expected: float
    high: float

    def __add__(self, other: Range) -> Range:
        return Range(self.low + other.low, self.expected + other.expected, self.high + other.high)

    def __mul__(self, other: Range) -> Range:
        if self.low == self.high:
            return other.scaled(self.low)
        if other.low == other.high:
            return self.scaled(other.low)
        expected = self.expected * other.expected
        if not expected:
            return Range(self.low * other.low, expected, self.high * other.high)
        up = hypot(log(self.high / self.expected), log(other.high / other.expected))
        return Range(expected * exp(-_down(self, other)), expected, expected * exp(up))

    def scaled(self, factor: float) -> Range:
        """So many times as much."""
        return Range(self.low * factor, self.expected * factor, self.high * factor)

    def at(self, deviations: float) -> float:
        """What it comes to so many standard deviations above the median, or below."""
        end = self.high if deviations > 0 else self.low
        if end == self.expected or not self.expected:
            return self.expected
        least = max(end, self.expected * _LEAST)
        return self.expected * float((least / self.expected) ** (abs(deviations) / _AT_THE_END))

    @classmethod
    def exactly(cls, value: float) -> Range:
        return cls(value, value, value)


def _down(one: Range, other: Range) -> float:
    """How far the low end of a product lies below its median, in logarithms."""
    if not one.low or not other.low:
        return inf
    return hypot(log(one.expected / one.low), log(other.expected / other.low))


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
