"""The shape of `rules/sites/*.yml` and `rules/decide/*.yml`: what a person writes, checked when it is read."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from advisor.model.catalog import CallName
from advisor.model.concurrency import Executor, Level, Model
from advisor.model.effect import Effect
from advisor.model.fault import Around, Fact, Fate, Unsendable
from advisor.model.site import Context, DependenceKind, HazardKind, SiteKind

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
LinterCode = Annotated[str, Field(pattern=r"^[A-Z]+[0-9]+$")]
WorkKind = Literal[
    "network", "database", "disk", "subprocess", "sleep", "lock", "terminal", "async",
    "cpu-python", "cpu-native", "cpu-native-nogil", "parallel-native", "mixed", "tiny", "unknown",
]  # fmt: skip

_SAME_FAULT = "codes under which other linters report the same fault: `# noqa` with one of them silences this rule too"
PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Shape(BaseModel):
    """What all rule parts share: immutable, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class CallTest(Shape):
    """A call told by what it leads to, whatever the file calls it; all conditions that are given must hold.

    `leads_to` are qualified names as in `rules/effects/` (`Class.*`: any method). The call stands `inside` some of the
    surroundings named and `outside` all of those. `result` is what becomes of its value, `lacks` keywords that are not
    given, `given` keywords with the value that is written, `positional` how many arguments stand without a name, `effect`
    what the catalog says that the call then does, `each` that it is given what the loop around it walks, `may_fail` that
    one of the coroutines handed to it may fail, and `hands_over` what cannot be sent to a process and is.
    """

    leads_to: tuple[CallName, ...]
    inside: tuple[Around, ...] = ()
    outside: tuple[Around, ...] = ()
    result: tuple[Fate, ...] = ()
    lacks: tuple[str, ...] = ()
    given: dict[str, bool | str] = {}
    positional: RangeTest | None = None
    room: dict[CallName, int] = Field(
        default={},
        description="how many arguments without a name leave out what it lacks, where that is more than `positional` says",
    )
    effect: tuple[Effect, ...] = ()
    each: bool = False
    may_fail: bool = Field(
        default=False, description="some of the coroutines that it is given may fail, for all that is known"
    )
    unless_called: dict[CallName, tuple[CallName, ...]] = Field(
        default={}, description="calls anywhere in the program after which those listed behind them are right"
    )
    hands_over: tuple[Unsendable, ...] = ()


class SiteRule(Shape):
    """What a site or a misuse looks like in source.

    It is told by `rule`, an ast-grep rule object, by `call`, what linked calls lead to, or by `fact`, something that
    only the advisor's own code can see; any of them is enough. What is found becomes a site of kind `site`.

    `misuse` marks what is wrong by itself, whatever the work. With `advise`, the model that the place should have, a
    misuse is reported under its own slug: `message` is one clause for this very place, without capital and full stop,
    `fix` what to write instead. Both, `why` and `ask_first` may use `{name}`, `{line}` and `{because}` of the proof.
    Without `advise` the place is a site like any other, and the judgements of `rules/decide/` speak of it.
    """

    id: Slug
    title: str
    site: SiteKind
    rule: dict[str, Any] | None = None
    constraints: dict[str, Any] = {}
    call: CallTest | None = None
    fact: Fact | None = None
    misuse: bool = False
    in_turn: bool = Field(
        default=False, description="its loop waits for each before it starts the next: what ties its iterations ties it"
    )
    certain: bool = Field(
        default=False, description="what it finds fails or does nothing whenever it runs, in an example as anywhere"
    )
    advise: Model | None = None
    executor: Executor | None = None
    confidence: Level = Level.HIGH
    message: str = ""
    why: str = ""
    fix: str = ""
    when_not: str = ""
    ask_first: tuple[str, ...] = ()
    instead_of: tuple[Slug, ...] = Field(
        default=(), description="rules that are silent on a line where this one speaks: it says more of the same"
    )
    noqa: tuple[LinterCode, ...] = Field(default=(), description=_SAME_FAULT)
    sources: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def reported(self) -> bool:
        """Is what it finds told by its own slug, without a judgement?"""
        return self.advise is not None

    @model_validator(mode="after")
    def _can_find_something(self) -> Self:
        if self.rule is None and self.call is None and self.fact is None:
            raise ValueError("a site rule needs `rule`, `call` or `fact`, or it finds nothing")
        if self.fact and not self.reported:
            raise ValueError("a `fact` tells a misuse: say what to `advise`")
        return self

    @model_validator(mode="after")
    def _tells_what_to_do(self) -> Self:
        if self.reported and not (self.misuse and self.message and self.fix):
            raise ValueError("a rule that advises must say `misuse: true`, a `message` and a `fix`")
        for placeholder in PLACEHOLDER.findall(" ".join((self.message, self.why, self.fix, *self.ask_first))):
            if placeholder not in ("name", "line", "because"):
                raise ValueError(
                    f"{{{placeholder}}} cannot be filled; here there are {{name}}, {{line}} and {{because}}"
                )
        return self


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
    """Conditions on a case; all that are given must hold.

    `items`, `per_item` and `total` (seconds) and `payload` (bytes) test the expected value. `gain` tests the expected
    speed-up of the model that the rule advises or, where it advises none, of the first it vetoes.
    """

    site: tuple[SiteKind, ...] = ()
    found_by: tuple[Slug, ...] = Field(default=(), description="slugs of site rules")
    context: ContextTest | None = None
    work: tuple[WorkKind, ...] = ()
    effects: EffectTest | None = None
    dependence: tuple[DependenceKind, ...] = ()
    device: bool | None = Field(default=None, description="does an effect wait for the disk itself?")
    elsewhere: bool | None = Field(default=None, description="does every iteration ask a database of its own?")
    hazards: HazardTest | None = None
    items: RangeTest | None = None
    items_known: bool | None = None
    per_item: RangeTest | None = None
    per_item_surely: RangeTest | None = Field(
        default=None, description="seconds that an iteration takes nineteen times in twenty"
    )
    total: RangeTest | None = None
    payload: RangeTest | None = None
    batch: bool | None = None
    async_counterpart: bool | None = None
    gil: bool | None = None
    python: RangeTest | None = Field(default=None, description="minor version of Python 3")
    cores: RangeTest | None = None
    gain: RangeTest | None = Field(default=None, description="expected speed-up of the advised (else vetoed) model")
    share: RangeTest | None = Field(default=None, description="share of the run (0..1); never holds without a profile")
    concurrent_now: tuple[Model, ...] = Field(default=(), description="what an existing pool, thread or gather uses")

    def fills(self) -> frozenset[str]:
        """The placeholders that a case meeting these conditions is sure to fill."""
        words = {"items", "blast_radius"}
        hazards = self.hazards is not None and (self.hazards.any_of or self.hazards.all_of)
        if hazards or (self.dependence and DependenceKind.NONE not in self.dependence):
            words |= {"name", "line", "because"}
        if self.work or (self.effects is not None and (self.effects.any_of or self.effects.all_of)):
            words |= {"api", "called"}
        if self.batch:
            words.add("batch")
        if self.async_counterpart:
            words.add("async_counterpart")
        return frozenset(words)


class Alternative(Shape):
    model: Model
    because: str
    executor: Executor | None = None


class Example(Shape):
    """A program that is analysed as a test.

    `expect` is the model that its first (or `line`'s) site must get, `fires` whether this rule must fire there; `path`
    is the name of the file, where that matters. `after` is what the code becomes when the advice is taken: there the
    rule must not fire.
    """

    code: str
    after: str = ""
    expect: Model
    fires: bool = True
    line: int | None = None
    because: str = ""
    target_python: str | None = None
    path: str = "example.py"


class Rule(Shape):
    """One judgement: under `when` (and not `unless`) it advises a model, vetoes some, or only cautions.

    A rule without `advise` and `veto` cautions: where a model it `concerns` (none named: any) is advised, its questions
    are asked first and its `confidence` is the limit. One that `leads` knows something better than any model: its
    message stands before the advice, and where the place would be left as it is, it is told instead. `message` is one
    clause for this very site, without capital and full stop (left out: the title). `whatever_the_gain` is for advice
    that prevents harm rather than saves time.
    `message`, `why`, `ask_first` and the reasons in `also` may use `{name}`, `{line}` and `{because}` of the first
    hazard or dependence detail that the rule tests, `{api}` of the proving call, `{called}` for what the place itself calls
    (`it`, or the function that leads there), `{items}`, `{batch}`,
    `{async_counterpart}` and `{blast_radius}`; one that the conditions do not promise is refused when the rule is read.
    """

    id: Slug
    title: str
    advise: Model | None = None
    executor: Executor | None = None
    strength: Literal["weak", "fair", "strong"] = "fair"
    whatever_the_gain: bool = False
    leads: bool = Field(default=False, description="told before the advice: what gains more than any model")
    seen_to: bool = Field(
        default=False, description="what `generate` writes sees to it, or it refuses: its questions are then answered"
    )
    breaks: bool = Field(
        default=False, description="said with the advice: who follows that and does not see to this breaks the program"
    )
    veto: tuple[Model, ...] = ()
    concerns: tuple[Model, ...] = ()
    when: When
    unless: When | None = None
    message: str = ""
    why: str
    when_not: str = ""
    also: tuple[Alternative, ...] = ()
    ask_first: tuple[str, ...] = ()
    confidence: Level | None = Field(default=None, description="at most this sure, however good the proof")
    noqa: tuple[LinterCode, ...] = Field(default=(), description=_SAME_FAULT)
    sources: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def cautions(self) -> bool:
        return self.advise is None and not self.veto

    @property
    def judges_what_stands(self) -> bool:
        """Does it advise another model for what runs side by side already, and state how sure that is?"""
        stands = bool(self.when.site) and all(kind.is_concurrent for kind in self.when.site)
        return stands and self.advise is not None and self.confidence is not None

    @cached_property
    def whatever_binds(self) -> When:
        """`when` without what it asks of the ties between rounds and of hazards."""
        return self.when.model_copy(update={"dependence": (), "hazards": None})

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text that is shown for a site."""
        return (self.message, self.why, *self.ask_first, *(other.because for other in self.also))

    @model_validator(mode="after")
    def _placeholders_can_be_filled(self) -> Self:
        fillable = self.when.fills()
        for placeholder in PLACEHOLDER.findall(" ".join(self.texts)):
            if placeholder not in fillable:
                known = ", ".join(f"{{{word}}}" for word in sorted(fillable))
                raise ValueError(f"{{{placeholder}}} cannot be filled from what `when` tests; here there are {known}")
        return self

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.cautions and not self.ask_first and self.confidence is None:
            raise ValueError("a rule must advise a model, veto some, or ask something first")
        if self.leads and not self.cautions:
            raise ValueError("a rule that leads neither advises a model nor vetoes one")
        return self


CallTest.model_rebuild()
SiteRule.model_rebuild()


class Rulebook(Shape):
    """Every site rule and judgement in force, each kind in the order of slugs."""

    sites: tuple[SiteRule, ...]
    rules: tuple[Rule, ...]
