"""A race: the original and its variants, what each took, whether their results were the same, and who won.

`RaceReport` is what `advisor race --format json` prints; its field names and words are versioned by `SCHEMA_VERSION`.
"""

from __future__ import annotations

from enum import StrEnum
from statistics import median

from pydantic import BaseModel, ConfigDict, Field

from advisor.model.concurrency import Executor, Model

SCHEMA_VERSION = "1.0"
ORIGINAL = "original"
TOGETHER = "all winners"


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Standing(StrEnum):
    """What is known of a variant's result, compared with the original's."""

    SAME = "same"
    WRONG = "wrong"  # another exit code, other output, other files
    FAILED = "failed"  # ended by a signal or an exception where the original was not
    TIMED_OUT = "timed-out"
    UNCHECKED = "unchecked"  # the original itself differs from run to run
    REFUSED = "refused"  # the rewrite would not be safe, so it was not raced
    WAITING = "waiting"  # no run of it has ended


class Ending(StrEnum):
    """How a race ended."""

    WON = "won"
    STAYS = "stays"  # nothing is faster by more than the noise, or enough to pay for the code
    UNPROVEN = "unproven"  # the results could not be compared
    INTERRUPTED = "interrupted"


class RunReport(Part):
    """One timed run: seconds of wall-clock time, of CPU time (children included), and bytes of memory at the peak."""

    seconds: float
    cpu_user: float
    cpu_system: float
    memory: int
    exit_code: int

    @property
    def cpu(self) -> float:
        return self.cpu_user + self.cpu_system


class Predicted(Part):
    """The range of speed-ups of the place that was forecast before the race."""

    low: float
    high: float


class VariantReport(Part):
    """The original, or one way to rewrite the place. `runs` are the timed ones, in the order of the rounds.

    `difference` is the first one from the original's result, or the reason why the variant was not raced; `caveat` what may
    differ where something fails, which no race shows. `speedup` is the
    original's median time divided by this one's; `chance` is how likely so clear a lead is by accident (rank test).
    """

    name: str
    model: Model
    executor: Executor
    workers: int | None = None
    standing: Standing = Standing.WAITING
    difference: str = ""
    caveat: str = ""
    runs: tuple[RunReport, ...] = ()
    checked: int = 0
    speedup: float | None = None
    chance: float | None = None
    predicted: Predicted | None = None

    @property
    def is_original(self) -> bool:
        return self.name == ORIGINAL

    @property
    def seconds(self) -> list[float]:
        return [run.seconds for run in self.runs]

    @property
    def median(self) -> float:
        """Seconds; only for a variant that ran."""
        return median(self.seconds)

    @property
    def median_cpu(self) -> float:
        return median(run.cpu for run in self.runs)


class RaceReport(Part):
    """One race. `path` counts from the project's root; `load` is how many cores others kept busy meanwhile; `latency`
    is how far away servers on this machine were made, in seconds there and back."""

    schema_version: str = SCHEMA_VERSION
    path: str
    line: int = Field(ge=1)
    function: str
    command: tuple[str, ...]
    python: str
    cores: int
    rounds: int
    variants: tuple[VariantReport, ...]
    ending: Ending
    winner: str | None = None
    verdict: str = ""
    notes: tuple[str, ...] = ()
    load: float = 0.0
    latency: float = 0.0

    @property
    def original(self) -> VariantReport:
        return self.variants[0]

    def variant(self, name: str) -> VariantReport:
        return next(each for each in self.variants if each.name == name)


class RacesReport(Part):
    """A race of each finding of a program, and one of all winners together (None: fewer than two won)."""

    schema_version: str = SCHEMA_VERSION
    races: tuple[RaceReport, ...]
    together: RaceReport | None = None
    skipped: tuple[str, ...] = ()


class Gain(Part):
    """What a race measured of one model: how many times faster the whole program ran, from the least to the most that two
    of the runs make of it. `same` is false where the result was another one: then there is no gain."""

    low: float
    expected: float
    high: float
    same: bool = True
    workers: int | None = None
    predicted: Predicted | None = None


class Kept(Part):
    """A race as it is kept for later: `site` is the place's fingerprint, `files` are the SHA-256 of the files that it reaches
    by their path from the project's root. It holds for the same interpreter and number of cores."""

    site: str
    path: str
    line: int
    function: str
    command: tuple[str, ...]
    python: str
    cores: int
    winner: Model | None
    gains: dict[Model, Gain]
    files: dict[str, str]
