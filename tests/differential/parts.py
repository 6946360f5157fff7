"""The parts of a program that a production contributes, each piece of text at its own place.

The texts speak of what differs between programs in capitals: ITEM is the item of a round and NUM a small number that
belongs to it, GOT what the work gave, VALUE what the work is about to give, WORK the call of it, ME the object whose
method works (`self` within it).
"""

from __future__ import annotations

import random
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

KINDS = ("waits", "computes", "coroutine")  # what the work does
LAYOUTS = ("function", "script", "nested", "outside", "inside")  # where work and loop stand; the last two: a method
METHODS = frozenset({"outside", "inside"})
_WORD = re.compile(r"\b(?:ITEM|NUM|GOT|VALUE|WORK|ME)\b")


@dataclass(frozen=True, slots=True)
class Part:
    """What one production adds to a program; `ties` tells whether rounds depend on each other (or on where they run).

    `top` stands at module level, `fields` in `__init__`, `methods` in the class of the worker. `setup` stands before
    the loop, `around` opens a block around it that `ends` closes, `report` follows. `head` and `take` are the loop's
    head and the first lines of its body; `before` and `after` stand around the call of the work there. `given` are
    further arguments, "parameter=argument", and `defaults` parameters that nobody gives. `first` and `last` stand in
    the work, around what takes time; `returns` is what it gives, and `collect` how the body keeps that. `call` is how
    the body calls it. `kinds` and `layouts` are those it fits; `early`: not all rounds may run. `effect`: every round
    leaves something of its own behind outside, harmless as long as all rounds run. `items` are the numbers to work on.
    """

    name: str
    ties: bool = True
    imports: str = ""
    top: str = ""
    fields: str = ""
    methods: str = ""
    setup: str = ""
    around: str = ""
    ends: str = ""
    head: str = ""
    take: str = ""
    before: str = ""
    call: str = ""
    after: str = ""
    report: str = ""
    given: str = ""
    defaults: str = ""
    first: str = ""
    last: str = ""
    returns: str = ""
    collect: str = ""
    kinds: tuple[str, ...] = KINDS
    layouts: tuple[str, ...] = LAYOUTS
    early: bool = False
    effect: bool = False
    items: tuple[int, ...] = ()

    @property
    def needs_loop(self) -> bool:
        """Whether it has something to say in the body of a loop, so that a comprehension will not do."""
        return bool(self.head or self.take or self.before or self.call or self.after or self.collect)

    @property
    def needs_class(self) -> bool:
        told = (self.setup, self.before, self.after, self.first, self.last, self.report, self.call, self.head)
        return bool(self.fields or self.methods or any(re.search(r"\bME\b", text) for text in told))

    def fits(self, kind: str, layout: str) -> bool:
        return kind in self.kinds and layout in self.layouts and (layout in METHODS or not self.needs_class)


@dataclass(frozen=True, slots=True)
class Production:
    """A name, and how a part that goes by it is made."""

    name: str
    make: Callable[[random.Random], Part]


def fixed(*parts: Part) -> tuple[Production, ...]:
    """A production for each name; of several parts that share one, any."""
    named: dict[str, list[Part]] = {}
    for part in parts:
        named.setdefault(part.name, []).append(part)
    return tuple(Production(name, _one_of(several)) for name, several in named.items())


def _one_of(parts: list[Part]) -> Callable[[random.Random], Part]:
    return lambda rng: rng.choice(parts)


def rows(text: str, words: Mapping[str, str], indent: int = 0) -> list[str]:
    """The lines of a text with the words in capitals replaced, indented."""
    told = _WORD.sub(lambda found: words.get(found[0], found[0]), textwrap.dedent(text).strip("\n"))
    return [" " * indent + line if line else "" for line in told.splitlines()]


def all_rows(texts: Iterable[str], words: Mapping[str, str], indent: int = 0) -> list[str]:
    return [row for text in texts for row in rows(text, words, indent)]
