"""Confidence: how likely those who maintain the code would take a piece of advice, as a number that was fitted to what some did.

A few facts about a place each raise or lower the odds. Their weights are fitted to judged advice by a script and
stand in `rules/confidence.yml`, with how often advice of each confidence was right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from advisor.model.concurrency import Level

Probability = Annotated[float, Field(ge=0, le=1)]


class Fact(StrEnum):
    """What is known of a place, in words that can be checked by reading it.

    Each of these helped to predict repositories that were left out of the fit; what did not help is not here.
    """

    # the work
    SERVICE = "asks-a-service"
    SOMETIMES = "only-sometimes"  # an iteration may pass without it
    IN_SIGHT = "in-sight"  # the call stands in the iteration itself
    UNPROVEN = "not-proven-independent"
    HOLDS_UP = "holds-up-a-server"  # … blocking an event loop that serves many: requests, chats, devices
    COMPUTES_ASIDE = "computing-for-a-part"  # more than waiting, of a program that is larger, or a run that is longer
    # how much there is to gain
    PAYS = "pays"  # nine times in ten it gains enough, or it must be done whatever it gains
    NAMED_FEW = "named-like-a-few"  # what is walked is called plugins, roles, settings, …
    NAMED_MANY = "named-like-many"  # … urls, files, pages, …
    MAIN_PART = (
        "main-part"  # of a run: a program of half a dozen modules at most, or a tenth of the run, as a profile tells
    )
    # who runs it, and when
    DEVELOPERS = "for-developers"  # a script, tool, example or benchmark beside the program
    AT_IMPORT = "at-import"
    SETS_UP = "sets-up"
    # of a misuse
    HARDLY_MATTERS = "hardly-matters"  # nothing depends on what goes wrong, or it stands beside the program


_STATED = {Level.HIGH: 0.9, Level.MEDIUM: 0.6, Level.LOW: 0.3}
"""How likely a misuse is right before any was judged, by the confidence that its rule states."""


class Band(BaseModel):
    """Of the judged advice with a probability from `least` to under `below`, `right` of `judged` were right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    least: Probability
    below: Probability
    judged: int = Field(ge=0)
    right: int = Field(ge=0)


class Share(BaseModel):
    """Of the misuses that a rule reported in public code, `right` of `judged` were right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    judged: int = Field(ge=0)
    right: int = Field(ge=0)


class Calibration(BaseModel):
    """The fitted weights, in log-odds; `high` and `medium` are the least probabilities of these levels.

    `misuses` are the judged ones by rule, those that hardly matter apart under that fact; what a rule states counts like
    `stated` judged ones.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base: float
    weights: dict[Fact, float]
    high: Probability
    medium: Probability
    judged: int = Field(default=0, ge=0, description="how many judged pieces of advice the weights rest on")
    repositories: int = Field(default=0, ge=0, description="from how many repositories these are")
    reliability: tuple[Band, ...] = Field(
        default=(), description="how often advice of each probability was right, in repositories left out of the fit"
    )
    stated: float = Field(default=4.0, gt=0, description="how many judged misuses the word of a rule counts for")
    misuses: dict[str, Share] = Field(default={}, description="by rule, how many misuses were judged, and right")

    def probability(self, facts: Iterable[Fact]) -> float:
        """How likely advice with these facts is right."""
        odds = self.base + sum(self.weights.get(fact, 0.0) for fact in sorted(facts))
        return 1 / (1 + math.exp(-odds))

    def misuse(self, rule: str, states: Level, *, aside: bool = False) -> float:
        """How likely a misuse is right that a rule reports which `states` this confidence; `aside` where it hardly matters."""
        stated = _STATED[Level.LOW if aside else states]
        known = self.misuses.get(Fact.HARDLY_MATTERS if aside else rule, Share(judged=0, right=0))
        return (known.right + self.stated * stated) / (known.judged + self.stated)

    def within(self, level: Level, probability: float) -> float:
        """The probability, kept below what would be more than `level`: where a rule allows less, nobody is told more."""
        limits = {Level.LOW: self.medium, Level.MEDIUM: self.high, Level.HIGH: 1.0}
        return min(probability, limits[level] - (0.0 if level is Level.HIGH else 0.01))

    def level(self, probability: float) -> Level:
        """The level of a probability, in words."""
        if probability >= self.high:
            return Level.HIGH
        return Level.MEDIUM if probability >= self.medium else Level.LOW


UNFITTED = Calibration(base=0.0, weights={}, high=0.9, medium=0.5)
"""Where nothing was fitted, any advice is as likely right as not."""
