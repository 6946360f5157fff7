"""Whole programs, made up: ordinary code with a loop over some work, its rounds independent or tied in a known way.

A program is put together of productions, each a named piece of ordinary code (see `parts`). All its choices are drawn
from one `random.Random`, so that a number names a program, and Hypothesis can draw (and shrink) them as well. It is
deterministic, and prints or writes all it knows in the end.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache

from advisor.model.concurrency import Model
from tests.differential import aliases, coroutines, items, objects, outside, plain, state
from tests.differential.parts import KINDS, LAYOUTS, Part, Production
from tests.differential.writing import HERE, Scene, written

TYING: tuple[Production, ...] = (
    *state.PRODUCTIONS,
    *aliases.PRODUCTIONS,
    *outside.PRODUCTIONS,
    *objects.PRODUCTIONS,
    *items.PRODUCTIONS,
    *coroutines.PRODUCTIONS,
)
PLAIN: tuple[Production, ...] = plain.PRODUCTIONS
SUITS = {"waits": Model.THREADING, "computes": Model.MULTIPROCESSING, "coroutine": Model.ASYNCIO}
PAST_THE_END = "effect-past-the-end"  # a loop that may end early, and rounds that leave something behind
_ONCE = ("head", "call", "collect", "around", "items")
_DEFINED = re.compile(
    r"^\s*(?:async )?(?:def|class) (\w+)|^\s*([A-Za-z_]\w*(?:, \w+)*) [-+*/|]?= |\bas (\w+)|\bfor (\w+(?:, \w+)*) in",
    re.MULTILINE,
)
_PASSING = {"VALUE", "GOT", "ITEM", "file", "error", "each"}  # names that a part is done with at once


@dataclass(frozen=True, slots=True)
class Program:
    """A program, the line of the site that it is about, the model that suits its work, and what it is made of.

    `ties` are those of its productions that tie rounds to each other, to their order, thread or process: a model that
    cannot keep them must be refused. Without any the program is independent by construction.
    """

    text: str
    line: int
    suits: Model
    productions: tuple[str, ...]
    ties: frozenset[str]

    @property
    def order(self) -> str:
        """The rewrite that makes most sense, as the harness names it."""
        return f"{self.line} {self.suits}"

    @property
    def independent(self) -> bool:
        return not self.ties


def numbered(seed: int, number: int) -> Program:
    """Program `number` of a seed. One of three is independent; the others take the productions that tie in turn."""
    rng = random.Random(f"{seed}:{number}")
    turn, third = divmod(number, 3)
    if third == 0:
        return _program(rng, None)
    shuffled = _shuffled(seed)
    return _program(rng, shuffled[(turn * 2 + third - 1) % len(shuffled)])


def drawn(rng: random.Random, production: str | None = None) -> Program:
    """Any program; with `production` one in which that ties, and nothing else does."""
    if production is None:
        return _program(rng, rng.choice((None, *TYING)))
    return _program(rng, next(each for each in TYING if each.name == production), alone=True)


@cache
def _shuffled(seed: int) -> tuple[Production, ...]:
    return tuple(random.Random(seed).sample(TYING, len(TYING)))


def _program(rng: random.Random, tying: Production | None, *, alone: bool = False) -> Program:
    tie = tying.make(rng) if tying is not None else None
    kind = rng.choice([each for each in KINDS if tie is None or each in tie.kinds])
    layout = rng.choice([each for each in LAYOUTS if (tie.fits(kind, each) if tie else _travels(kind, each))])
    scene = Scene(rng, kind, layout, [tie] if tie is not None else [])
    for _ in range(rng.choice((0, 1, 1, 2) if tie is not None else (1, 2, 2, 3))):
        _add(scene, rng.choice(PLAIN).make(rng))
    if tie is not None and not alone and rng.randint(1, 6) == 6:
        _add(scene, rng.choice(TYING).make(rng))
    ties = {part.name for part in scene.parts if part.ties}
    if any(part.early for part in scene.parts) and any(part.effect for part in scene.parts):
        ties.add(PAST_THE_END)
    lines = written(scene, tied=bool(ties))
    line = next(number for number, row in enumerate(lines, 1) if row.endswith(HERE))
    text = "\n".join(row.removesuffix(HERE) for row in lines) + "\n"
    names = tuple(part.name for part in scene.parts)
    return Program(text, line, SUITS[kind], (*names, PAST_THE_END) if PAST_THE_END in ties else names, frozenset(ties))


def _travels(kind: str, layout: str) -> bool:
    """Whether work of an independent program could be sent where that kind of work is best done."""
    return (kind, layout) != ("computes", "nested")


def _add(scene: Scene, part: Part) -> None:
    """The part as well, unless it does not fit, or gets in the way of another."""
    if not part.fits(scene.kind, scene.layout):
        return
    for other in scene.parts:
        if any(getattr(part, name) and getattr(other, name) for name in _ONCE):
            return
        if (part.items and other.head) or (part.head and other.items):
            return
        if (part.collect and "GOT" in _all(other)) or (other.collect and "GOT" in _all(part)):
            return
        if _names(part) & _names(other):
            return
    scene.parts.append(part)


def _all(part: Part) -> str:
    texts = (part.top, part.fields, part.setup, part.around, part.head, part.take, part.before, part.call, part.after,
             part.report, part.first, part.last)  # fmt: skip
    return "\n".join(texts)


def _names(part: Part) -> set[str]:
    """What the part gives a name to."""
    found = {name for groups in _DEFINED.findall(_all(part)) for group in groups for name in group.split(", ") if name}
    given = {pair.partition("=")[0].strip() for pair in f"{part.given}, {part.defaults}".split(", ") if pair}
    return (found | given | set(re.findall(r"self\.(\w+) =", part.fields))) - _PASSING
