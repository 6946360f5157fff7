"""Where most seconds are saved, as ranges on one logarithmic axis of time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log

from advisor.model.report import Finding

_SHOWN = 10
_TICKS = (
    (1e-6, "1 µs"), (1e-5, "10 µs"), (1e-4, "0.1 ms"), (1e-3, "1 ms"), (1e-2, "10 ms"), (0.1, "0.1 s"), (1.0, "1 s"),
    (10.0, "10 s"), (60.0, "1 min"), (600.0, "10 min"), (3600.0, "1 h"), (36e3, "10 h"), (36e4, "100 h"), (36e5, "1000 h"),
)  # fmt: skip
_TICKS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """A finding's range in percent of the axis."""

    place: str
    finding: Finding
    left: float
    middle: float
    right: float


@dataclass(frozen=True, slots=True)
class Tick:
    label: str
    at: float


@dataclass(frozen=True, slots=True)
class Savings:
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]


def savings(findings: Iterable[tuple[str, Finding]]) -> Savings | None:
    """The findings that save most, each with its place; None where nothing is saved."""
    saving = [(place, each) for place, each in findings if each.saved is not None and each.saved.expected > 0]
    most = sorted(saving, key=lambda pair: -_range(pair[1])[1])[:_SHOWN]
    if not most:
        return None
    ranges = [_range(finding) for _, finding in most]
    start = max(lower for lower, _ in _TICKS if lower <= max(1e-6, min(low for low, _, _ in ranges)))
    end = max(start * 10, *(high for _, _, high in ranges))

    def at(seconds: float) -> float:
        return round(100 * log(max(seconds, start) / start) / log(end / start), 1)

    inside = [(seconds, label) for seconds, label in _TICKS if start <= seconds <= end]
    every = -(-len(inside) // _TICKS_SHOWN)
    return Savings(
        bars=tuple(
            Bar(place, finding, *map(at, seconds)) for (place, finding), seconds in zip(most, ranges, strict=True)
        ),
        ticks=tuple(Tick(label, at(seconds)) for seconds, label in inside[::every]),
    )


def _range(finding: Finding) -> tuple[float, float, float]:
    """Low, expected and high, from a thousandth of the expected on: what may save nothing has no place on the axis."""
    saved = finding.saved
    assert saved is not None
    return max(saved.low, saved.expected / 1000), saved.expected, saved.high
