"""What was decided for a site: the model, the others weighed, and the reason for each."""

from __future__ import annotations

from dataclasses import dataclass

from advisor.model.concurrency import Executor, Level, Model


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
    """`rule` is the judgement that won; `change` is false where the site should stay as it is."""

    rule: str
    model: Model
    executor: Executor
    change: bool
    confidence: Level
    message: str
    why: str
    ask_first: tuple[str, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    rejected: tuple[Rejected, ...] = ()
