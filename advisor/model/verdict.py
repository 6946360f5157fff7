"""What was decided for a site: the model, the others weighed, and the reason for each."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.model.concurrency import Executor, Level, Model
from advisor.model.confidence import Fact

ONE_CAUSE = "one-cause-one-finding"
"""The rule that is quoted where the advice for a place stands at another one, which has the same cause."""

ONE_LEVEL = "one-level-of-a-nest"
"""The rule that is quoted where the advice for a place is taken back in favour of another level of its nest."""


UNEXAMINED = "not-examined"
"""The rule that is quoted where advice would be less sure than what was asked for, whatever else were found."""


@dataclass(frozen=True, slots=True)
class Alternative:
    model: Model
    executor: Executor
    because: str


@dataclass(frozen=True, slots=True)
class Rejected:
    model: Model
    rule: str
    because: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """`rule` is the judgement that won; `change` is false where the site should stay as it is.

    `answered` are the questions that need no answer where the place is rewritten.
    `probability` is that of advice being right, None where none is given; `facts` are those that it rests on. `if_long` is how
    sure it is instead where this place is the main work of a small program, which somebody asks about because it runs for
    a while.
    """

    rule: str
    model: Model
    executor: Executor
    change: bool
    confidence: Level
    message: str
    why: str
    ask_first: tuple[str, ...] = ()
    answered: frozenset[str] = frozenset()
    alternatives: tuple[Alternative, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    probability: float | None = None
    facts: frozenset[Fact] = frozenset()
    if_long: Sureness | None = None


@dataclass(frozen=True, slots=True)
class Sureness:
    probability: float
    confidence: Level
