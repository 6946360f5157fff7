"""What a profile measured at a site. Absent evidence is None, never zero."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Evidence:
    """Share of the whole run (0..1) and how it was spent at the site, callees included; the three parts add up to `share`."""

    share: float
    interpreter: float
    native: float
    waiting: float
    seconds: float
