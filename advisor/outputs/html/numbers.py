"""Numbers as the page has them beside the words that all formats share."""

from __future__ import annotations

from advisor.outputs.phrases import duration


def factor(value: float) -> str:
    """A speed-up: `1.4×`, `18×`."""
    return f"{value:.1f}×" if value < 10 else f"{value:.0f}×"


def span(low: float, high: float) -> str:
    """Seconds from low to high: `8–20 ms`, `160 ms – 8.6 s`, with the unit once where both have it."""
    first, last = duration(low) if low > 0 else "0", duration(high)
    if first == last:
        return last
    shared = first.split()[-1] == last.split()[-1]
    return f"{first.split()[0]}–{last}" if shared else f"{first} – {last}"
