"""The report: the public contract that `--format json` prints and every other format draws from.

Field names, their order and the enumerations are versioned by `SCHEMA_VERSION`; the JSON
Schema in `rules/schema/report.json` is generated from these classes.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import SkipJsonSchema

from advisor.model.concurrency import Executor, Level, Model
from advisor.model.confidence import Fact
from advisor.model.effect import Effect
from advisor.model.rule import WorkKind
from advisor.model.site import DependenceKind, HazardKind, SiteKind

SCHEMA_VERSION = "1.5"


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class About(Part):
    version: str


class TargetReport(Part):
    """The interpreter and machine that the advice is for; `calibrated` where what workers cost was measured on it."""

    python: str
    gil: bool
    cores: int
    calibrated: bool = False


class TraceStep(Part):
    function: str
    path: str
    line: int


class EffectReport(Part):
    """An effect of one iteration with its proof. `condition` says in words when it happens; null where each iteration has it."""

    effect: Effect
    api: str
    trace: tuple[TraceStep, ...]
    condition: str | None = None


class WorkReport(Part):
    kind: WorkKind
    effects: tuple[EffectReport, ...]


class DependenceDetail(Part):
    name: str
    line: int
    because: str


class DependenceReport(Part):
    kind: DependenceKind
    details: tuple[DependenceDetail, ...]


class HazardReport(Part):
    kind: HazardKind
    name: str
    line: int
    because: str


class AlternativeReport(Part):
    model: Model
    executor: Executor
    because: str
    speedup: float | None = None


class RejectedReport(Part):
    model: Model
    rule: str
    because: str


class OnCores(Part):
    """The same gain on another number of cores."""

    cores: int
    low: float
    expected: float
    high: float
    workers: int


class InnerReport(Part):
    """A loop in an iteration, by its line, and from how many iterations of it on the iterations are worth sharing."""

    line: int
    rounds: int


class SpeedupReport(Part):
    """How many times faster: the site (`low` to `high`) and, where a profile tells its share, the whole program.

    With `workers` (a reason in words), from `break_even` items on (null: at no number of items), and from
    `break_even_seconds` an item on where there are as many as expected (null: however long each takes). `pays` are the odds
    that it is worth it. `inner` is the loop of unknown length in which an item spends its time, and how often it must run.
    """

    low: float
    expected: float
    high: float
    basis: Literal["static", "profile", "measured"]
    program_low: float | None
    program_high: float | None
    workers: int | None = None
    workers_because: str = ""
    break_even: int | None = None
    break_even_seconds: float | None = None
    pays: float | None = None
    inner: InnerReport | None = None
    on_cores: tuple[OnCores, ...] = ()


class MeasuredReport(Part):
    """What the profile says of the site: seconds of the run spent there, the parts of them that waited and computed,
    how often it ran and its rounds where they were counted, and where it contradicts the code."""

    seconds: float
    waiting: float
    computing: float
    entries: int | None = None
    rounds: int | None = None
    disagrees: str = ""


class FindingKind(StrEnum):
    ADVICE = "advice"  # the site should run another way
    MISUSE = "misuse"  # the code is wrong whatever the work
    LEFT = "left"  # the site should stay as it is


SELECTABLE_KINDS = frozenset({FindingKind.ADVICE.value, FindingKind.MISUSE.value})
"""These words may stand for all rules of that kind where rules are selected and ignored."""


class SavedReport(Part):
    """Seconds that the advice saves each time the site runs; with a profile, of the whole run."""

    low: float
    expected: float
    high: float


class GainAt(Part):
    """How many times faster with so many cores or items."""

    number: int
    low: float
    expected: float
    high: float


class CurvesReport(Part):
    """The gain against the number of cores, and against that of items on the target's cores; `items_low` to `items_high` is
    how many there may be."""

    cores: tuple[GainAt, ...]
    items: tuple[GainAt, ...]
    items_low: int
    items_expected: int
    items_high: int


class Place(Part):
    path: str
    function: str
    line: int = Field(ge=1)


class CellReport(Part):
    """A cell of a notebook, by its number in it from 1, and a line from its top."""

    number: int = Field(ge=1)
    line: int = Field(ge=1)


class Finding(Part):
    """One site and the advice for it. `id` stays the same while the lines around it move.

    `model_now` is how the site runs as it stands. `probability` is how likely those who maintain the code would take the
    advice, null where none is given, and `facts` what of the place it rests on; `confidence` says the same in a word.
    `also` are the other places that have the same cause: they are reported here, and each is left under its own line.
    `fix` is what to write instead where the code is wrong whatever the work (a misuse), and empty everywhere else.
    Of a notebook, whose cells are read as one file, `cell` says where in it `line` is.
    For readers in this process and no part of the JSON: `change` is false where the site should stay as it is, `curves` is
    there where the format draws them.
    """

    id: str
    rule: str
    path: str
    function: str
    line: int = Field(ge=1)
    end_line: int = Field(ge=1)
    column: int = Field(ge=1)
    site: SiteKind
    model: Model
    executor: Executor
    alternatives: tuple[AlternativeReport, ...]
    rejected: tuple[RejectedReport, ...]
    confidence: Level
    work: WorkReport
    dependence: DependenceReport
    hazards: tuple[HazardReport, ...]
    speedup: SpeedupReport
    share_of_run: float | None
    message: str
    why: str
    ask_first: tuple[str, ...]
    measured: MeasuredReport | None = None
    fix: str = ""
    kind: FindingKind = FindingKind.ADVICE
    model_now: Model = Model.SEQUENTIAL
    probability: float | None = Field(default=None, ge=0, le=1)
    facts: tuple[Fact, ...] = ()
    saved: SavedReport | None = None
    also: tuple[Place, ...] = ()
    cell: CellReport | None = None
    change: SkipJsonSchema[bool] = Field(default=True, exclude=True)
    curves: SkipJsonSchema[CurvesReport | None] = Field(default=None, exclude=True)

    @property
    def misuse(self) -> bool:
        return bool(self.fix)


class Summary(Part):
    """`not_shown` counts the findings that are less sure than those that were asked for, `not_examined` the places where advice
    would be, so that it was not looked at whether their iterations are independent."""

    files: int
    lines: int
    sites: int
    by_model: dict[Model, int]
    not_shown: int = 0
    not_examined: int = 0


class SkippedReport(Part):
    path: str
    why: str
    line: int | None


class Remark(Part):
    """What is wrong with a comment to the advisor; `line` is None for one that speaks of its whole file."""

    path: str
    line: int | None
    text: str


class Report(Part):
    """Everything one run found, in the order of path, line and column.

    No part of the JSON: `silenced` counts the findings that a comment keeps from being shown, `known` those that the baseline
    lists, `unchanged` those in lines that have not changed, `stale` the entries of the baseline for which there is no finding
    any more; `remarks` are about comments that silence nothing.
    """

    schema_version: str
    advisor: About
    target: TargetReport
    findings: tuple[Finding, ...]
    summary: Summary
    skipped: tuple[SkippedReport, ...]
    silenced: SkipJsonSchema[int] = Field(default=0, exclude=True)
    known: SkipJsonSchema[int] = Field(default=0, exclude=True)
    unchanged: SkipJsonSchema[int] = Field(default=0, exclude=True)
    stale: SkipJsonSchema[int] = Field(default=0, exclude=True)
    remarks: SkipJsonSchema[tuple[Remark, ...]] = Field(default=(), exclude=True)
