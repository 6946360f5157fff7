"""The shape of `rules/sites/*.yml` and `rules/decide/*.yml`: what a person writes, checked when it is read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from advisor.model.concurrency import Executor, Level, Model
from advisor.model.effect import Effect
from advisor.model.site import Context, DependenceKind, HazardKind, SiteKind

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
WorkKind = Literal[
    "network", "database", "disk", "subprocess", "sleep", "lock", "terminal", "async",
    "cpu-python", "cpu-native", "cpu-native-nogil", "parallel-native", "mixed", "tiny", "unknown",
]  # fmt: skip


class Shape(BaseModel):
    """What all rule parts share: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class SiteRule(Shape):
    """What a site looks like in source. `rule` is an ast-grep rule object; what matches becomes a site of kind `site`.

    `misuse` marks a pattern that is wrong by itself, whatever the work: it is reported by its own slug.
    """

    id: Slug
    title: str
    site: SiteKind
    rule: dict[str, Any]
    constraints: dict[str, Any] = {}
    misuse: bool = False
    why: str = ""
    examples: tuple[Example, ...] = ()


class SetTest(Shape):
    """A test of a set of words: some of `any_of`, every one of `all_of`, none of `none_of`."""

    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()

    def holds(self, words: frozenset[str]) -> bool:
        return (
            (not self.any_of or not words.isdisjoint(self.any_of))
            and words.issuperset(self.all_of)
            and words.isdisjoint(self.none_of)
        )


class RangeTest(Shape):
    """A test of a number, bounds included."""

    min: float | None = None
    max: float | None = None

    def holds(self, value: float) -> bool:
        return (self.min is None or value >= self.min) and (self.max is None or value <= self.max)


class EffectTest(SetTest):
    any_of: tuple[Effect, ...] = ()
    all_of: tuple[Effect, ...] = ()
    none_of: tuple[Effect, ...] = ()


class HazardTest(SetTest):
    any_of: tuple[HazardKind, ...] = ()
    all_of: tuple[HazardKind, ...] = ()
    none_of: tuple[HazardKind, ...] = ()


class ContextTest(SetTest):
    any_of: tuple[Context, ...] = ()
    all_of: tuple[Context, ...] = ()
    none_of: tuple[Context, ...] = ()


class When(Shape):
    """Conditions on a case; all that are given must hold. `items`, `per_item` and `total` test the expected value (seconds)."""

    site: tuple[SiteKind, ...] = ()
    found_by: tuple[Slug, ...] = Field(default=(), description="slugs of site rules")
    context: ContextTest | None = None
    work: tuple[WorkKind, ...] = ()
    effects: EffectTest | None = None
    dependence: tuple[DependenceKind, ...] = ()
    hazards: HazardTest | None = None
    items: RangeTest | None = None
    per_item: RangeTest | None = None
    total: RangeTest | None = None
    payload: RangeTest | None = None
    batch: bool | None = None
    async_counterpart: bool | None = None
    gil: bool | None = None
    python: RangeTest | None = Field(default=None, description="minor version of Python 3")
    cores: RangeTest | None = None
    gain: RangeTest | None = Field(default=None, description="expected speed-up of the advised model")


class Alternative(Shape):
    model: Model
    because: str
    executor: Executor | None = None


class Example(Shape):
    """A program that is analysed as a test: `expect` is the model its first (or `line`'s) site must get, `fires` whether this rule must."""

    code: str
    expect: Model
    fires: bool = True
    line: int | None = None
    because: str = ""
    target_python: str | None = None


class Rule(Shape):
    """One judgement: under `when` (and not `unless`) it advises a model, or vetoes some.

    `why` and `ask_first` may use `{name}` and `{line}` of the first hazard or dependence detail that the rule tests,
    `{api}` of the proving call, `{items}`, `{batch}`, `{async_counterpart}`, `{blast_radius}`.
    """

    id: Slug
    title: str
    advise: Model | None = None
    executor: Executor | None = None
    strength: Literal["weak", "fair", "strong"] = "fair"
    veto: tuple[Model, ...] = ()
    when: When
    unless: When | None = None
    why: str
    when_not: str = ""
    also: tuple[Alternative, ...] = ()
    ask_first: tuple[str, ...] = ()
    confidence: Level | None = Field(default=None, description="at most this sure, however good the proof")
    sources: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()


SiteRule.model_rebuild()


class Rulebook(Shape):
    """Every site rule and judgement in force, each kind in the order of slugs."""

    sites: tuple[SiteRule, ...]
    rules: tuple[Rule, ...]
