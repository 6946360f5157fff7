"""What a refactor is made of: the order, the edits that carry it out, and the refusal where there can be none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from advisor.model.case import Case
from advisor.model.catalog import Catalog
from advisor.model.concurrency import Executor, Model
from advisor.model.fault import Fault
from advisor.model.program import Program
from advisor.model.site import Site
from advisor.model.summary import Summaries


@dataclass(frozen=True, slots=True)
class Edit:
    """`text` instead of the characters from `start` up to `end` of a file."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, order=True)
class Needed:
    """A name that generated code uses: `import module`, or with `name` `from module import name`."""

    module: str
    name: str = ""

    @property
    def binds(self) -> str:
        return self.name or self.module.partition(".")[0]


@dataclass(frozen=True, slots=True, order=True)
class Definition:
    """A function of the module that a rewrite needs, and that stands with the helpers."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a site is not rewritten: the hazard that forbids it, in a word and in a sentence, and the line that proves it."""

    hazard: str
    because: str
    line: int


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One site rewritten: `edits` of its file, what must be importable, helpers and further functions to define, and what a
    reader should know.

    `guard`: processes will import the file, so what it does at import must be for the script alone; `acts` are the texts of
    the statements that do something outside then.
    `elsewhere` are edits of other files of the project, by path; `start` and `end` are the characters that the site takes up.
    `invents` are the names of what it defines at the level of the module.
    """

    path: str
    start: int
    end: int
    edits: tuple[Edit, ...]
    needs: frozenset[Needed] = frozenset()
    helpers: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    elsewhere: tuple[tuple[str, Rewrite], ...] = ()
    guard: bool = False
    acts: frozenset[str] = frozenset()
    defines: tuple[Definition, ...] = ()
    invents: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Order:
    """A site to rewrite for a model, with all that is known of it. `advised`: the analysis itself recommends the model here.

    `workers` is the size of the pool that was asked for (None: what suits the work).
    `fault` is the misuse to mend, where the site is the place of one; `accepted` are the hazards the user can live with.
    `questions` are to be asked before the rewrite is used.
    `unread` tells whether a file of the project that was not read (for nothing imports it) speaks of a name. `oldest` is the
    first Python that the project says it runs on.
    """

    site: Site
    case: Case
    model: Model
    executor: Executor
    advised: bool
    program: Program
    summaries: Summaries
    catalog: Catalog
    python: tuple[int, int]
    fault: Fault | None = None
    accepted: frozenset[str] = frozenset()
    questions: tuple[str, ...] = ()
    unread: Callable[[str], bool] = lambda _name: False
    oldest: tuple[int, int] | None = None
    workers: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one order: a rewrite, or the refusal."""

    order: Order
    rewrite: Rewrite | None
    refusal: Refusal | None = None
