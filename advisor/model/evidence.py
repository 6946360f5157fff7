"""What a profile measured: of a whole run, and at one site. Absent evidence is None, never zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Frame(NamedTuple):
    """A line of the project that was running, or waiting for what it called."""

    path: str
    line: int


class Place(NamedTuple):
    """Where a loop begins: its first character, `column` from 0."""

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Stack:
    """Where the program was seen, outermost frame first, and the share of the run (0..1) that it spent so.

    `interpreter`, `native` and `waiting` are parts of it; `cores` is how many cores were busy meanwhile.
    """

    frames: tuple[Frame, ...]
    interpreter: float
    native: float
    waiting: float
    cores: float = 0.0

    @property
    def share(self) -> float:
        return self.interpreter + self.native + self.waiting


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often a loop was begun in the run, and how many rounds it made in all."""

    entries: int
    rounds: int


@dataclass(frozen=True, slots=True)
class Profile:
    """One profiled run of `seconds`.

    `rounds` holds only loops that were counted, `tasks` how many tasks of an event loop were seen suspended at a line;
    `flat` when nobody recorded who called whom.
    """

    seconds: float
    stacks: tuple[Stack, ...]
    rounds: Mapping[Place, Rounds] = field(default_factory=dict)
    tasks: Mapping[Frame, int] = field(default_factory=dict)
    flat: bool = False

    @property
    def paths(self) -> frozenset[str]:
        """The files that were seen running."""
        return frozenset(frame.path for stack in self.stacks for frame in stack.frames)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Share of the whole run (0..1) and how it was spent at the site, callees included; the three parts add up to `share`.

    `seconds` is the time of all the runs of the site together, `counted` how often it ran and how many rounds it made
    (None: not counted). `disagrees` says in words where the measured run contradicts what the code seemed to do.
    """

    share: float
    interpreter: float
    native: float
    waiting: float
    seconds: float
    counted: Rounds | None = None
    cores: float = 0.0
    disagrees: str = ""
