"""How often an effect happens where the code around it runs again and again, and under what condition it happens at all.

An effect of a function is seldom simply there: a client is made on the first call and kept, a commit happens unless
the caller says otherwise. Both travel up the calls with the effect, told in terms of the parameters of the function
that it is looked at from, until a call decides them.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from advisor.model.effect import Range

ALWAYS = Range.exactly(1.0)
SOMETIMES = Range(0.0, 0.5, 1.0)
RARELY = Range(0.0, 0.02, 1.0)
OTHER = -1  # in place of a parameter's position: something that is another one each time


class Often(StrEnum):
    """How often an effect happens while its function runs again and again."""

    EACH_TIME = "each-time"
    ONCE_A_KEY = "once-a-key"  # the first time that a key is asked for
    ONCE_AN_OBJECT = "once-an-object"  # the first time that an object is asked
    ONCE = "once"  # the first time in a process


class ConditionKind(StrEnum):
    """Under what an effect happens."""

    PARAMETER = "parameter"  # a parameter has a certain value
    CALLBACK = "callback"  # a parameter is a certain function
    AWAITED = "awaited"  # the coroutine that is returned is awaited
    WALKED = "walked"  # the generator that is returned is walked
    FAILURE = "failure"  # something went wrong before
    UNCONFIGURED = "unconfigured"  # a setting is missing
    ONE_ITEM = "one-item"  # the round is that of one certain item
    TARGET = "target"  # of several functions that may be meant, it is this one
    TEST = "test"  # any other test


class Condition(Struct, frozen=True, gc=False, cache_hash=True):
    """`words` are the test as the source has it, or empty; `chance` is how often it holds where nobody can tell.

    A condition on a parameter names its position, what it must be (`wanted`: a constant or a name as text, empty for
    anything true, the function for a callback) and whether it `holds` then, or only otherwise.
    """

    kind: ConditionKind
    words: str = ""
    chance: Range = SOMETIMES
    parameter: int | None = None
    wanted: str = ""
    holds: bool = True

    def likely(self, chance: Range) -> Condition:
        """The same with another chance."""
        return replace(self, chance=chance)

    @property
    def usual(self) -> bool:
        """Does it hold unless something special is asked for: what follows `if not names: return`?"""
        return self.chance == ALWAYS


class Memory(Struct, frozen=True, gc=False, cache_hash=True):
    """What was done is remembered and not done again: by the process, or by the objects that parameters `holders` are;
    for good, or for each value of the parameters `keys`. Parameters are told by position, the functions that make it
    forgotten (`forgotten_by`) by id: whoever runs one of them in between does it again."""

    holders: frozenset[int] = frozenset()
    keys: frozenset[int] = frozenset()
    forgotten_by: frozenset[str] = frozenset()

    @property
    def often(self) -> Often:
        if self.keys:
            return Often.ONCE_A_KEY
        return Often.ONCE_AN_OBJECT if self.holders else Often.ONCE


class Terms(Struct, frozen=True, gc=False, cache_hash=True):
    """Under which conditions that a call decides, and how often, a share of what a function does is done."""

    memory: Memory | None = None
    tests: tuple[Condition, ...] = ()

    @property
    def first_only(self) -> bool:
        """Is it done by the first of many runs alone?"""
        return self.memory is not None and self.memory.often in (Often.ONCE, Often.ONCE_AN_OBJECT)


class Under(Struct, frozen=True, gc=False):
    """Where code stands: what remembers it, the tests that calls decide, and the conditions that nothing decides."""

    memory: Memory | None = None
    tests: tuple[Condition, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def given(self, *conditions: Condition) -> Under:
        """The same, under `conditions` as well."""
        return Under(self.memory, self.tests, joined(self.conditions, conditions)) if conditions else self

    def tested(self, *tests: Condition) -> Under:
        """The same, under `tests` as well, which a call will decide."""
        return Under(self.memory, joined(self.tests, tests), self.conditions) if tests else self

    def kept(self, memory: Memory | None) -> Under:
        """The same, remembered: of two memories, the one that saves more speaks."""
        if memory is None or (self.memory is not None and _rank(self.memory) >= _rank(memory)):
            return self
        return Under(memory, self.tests, self.conditions)

    @property
    def terms(self) -> Terms:
        """The part of it that calls decide."""
        return Terms(self.memory, self.tests)

    @property
    def sometimes(self) -> bool:
        """May a run that meets the tests pass without it?"""
        return not all(condition.usual for condition in self.conditions)


def joined(known: tuple[Condition, ...], new: tuple[Condition, ...]) -> tuple[Condition, ...]:
    """All of these, each once."""
    if not known or not new:
        return known or new
    return tuple(dict.fromkeys((*known, *new)))[:_MOST]


_MOST = 6  # conditions kept of one effect: beyond, nobody reads them, and it hardly ever happens


def _rank(memory: Memory) -> int:
    return list(Often).index(memory.often)


def often(memory: Memory | None) -> Often:
    return Often.EACH_TIME if memory is None else memory.often


_IN_WORDS = {
    Often.ONCE: "only on the first call",
    Often.ONCE_AN_OBJECT: "only on the first call for an object",
    Often.ONCE_A_KEY: "only for what was not asked for before",
}
_TOLD = {  # the most telling first; with the words of the test, and without
    ConditionKind.ONE_ITEM: ("only for the item with `{}`", "only for one item"),
    ConditionKind.UNCONFIGURED: ("only if `{}`, which is a setting", "only where nothing is configured"),
    ConditionKind.PARAMETER: ("only if `{}`", "only for some arguments"),
    ConditionKind.FAILURE: ("only after a failure", "only after a failure"),
    ConditionKind.TEST: ("only if `{}`", "only under a condition"),
    ConditionKind.CALLBACK: ("only for some callers", "only for some callers"),
    ConditionKind.TARGET: ("if this is the one meant", "if this is the one meant"),
}


def told(memory: Memory | None, conditions: Iterable[Condition]) -> str | None:
    """What a reader is told of when an effect happens; None where it simply does."""
    unusual: dict[ConditionKind, Condition] = {}
    for condition in conditions:
        if not condition.usual:
            unusual.setdefault(condition.kind, condition)  # the first stands nearest to where it is looked at from
    if memory is not None and ConditionKind.ONE_ITEM not in unusual:
        return _IN_WORDS[memory.often]  # that it happens once says more than under what
    for kind, (with_words, without) in _TOLD.items():
        if kind in unusual:
            words = unusual[kind].words
            return with_words.format(words) if words else without
    return None
