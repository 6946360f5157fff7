"""The shape of `rules/effects/*.yml`: what is known of other people's code, one library family a file."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from advisor.model.effect import CostClass, Effect
from advisor.model.state import Access, Ambient, How

QualifiedName = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*$")]
CallName = Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(\.\*)?$")]


class Basis(StrEnum):
    """Where a statement comes from."""

    MEASURED = "measured"
    DOCUMENTED = "documented"
    REASONED = "reasoned"


class ThreadSafety(StrEnum):
    """May several threads use one object at once? `serialised`: safe, but one at a time, so nothing is gained."""

    YES = "safe"
    NO = "unsafe"
    SERIALISED = "serialised"
    UNKNOWN = "unknown"


class CallEntry(BaseModel):
    """One callable: what calling it does, what it gives back, what to call instead from a coroutine.

    `cost` left out means the usual class of the effect. `returns` names a type of the catalog
    (`sqlite3.Connection`), `yields` the type of what iterating over the result (or over the awaited
    result) gives, and `enters` the type that `with … as` binds where it is not `returns`.
    `callback` is the index (or keyword) of an argument that is called while the call runs, and
    `callback_in` where: `here`, in a `thread`, in a `process`, or in the event `loop` later.

    `access` is what the call does to a thing outside the program, and `on` which arguments name that thing
    (`receiver`, the index of an argument, the name of a keyword): two calls may overlap where the things differ, or
    where both read. Instead of `access`, `mode` is the argument whose text is the mode of a file, `statement` the one
    whose text is SQL. Left out, what the call does outside is unknown. `changes` are the objects in memory that it
    changes (by argument, or `receiver`), `state` what it does to state that no argument names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    effect: Effect
    per_byte: float | None = Field(
        default=None, gt=0, description="seconds a byte, for a cost that grows with the input"
    )
    sized_by: int | str = Field(default=0, description="the argument whose bytes count, -1 for the receiver")
    cost: CostClass | None = None
    returns: QualifiedName | None = None
    returns_with: dict[str, QualifiedName] = Field(
        default={}, description="what it returns when a constant of this name is among the arguments"
    )
    yields: QualifiedName | None = None
    enters: QualifiedName | None = None
    async_: QualifiedName | None = Field(default=None, alias="async")
    callback: int | str | None = None
    callback_in: Literal["here", "thread", "process", "loop"] = "here"
    access: Access | None = Field(default=None, description="what it does to the thing outside that `on` names")
    on: tuple[int | str, ...] = Field(
        default=(), description="the arguments that name the thing it acts on; `receiver` is the object itself"
    )
    mode: int | None = Field(default=None, description="the argument that holds the mode of a file, also as `mode=`")
    statement: int | None = Field(default=None, description="the argument that holds SQL, whose verb tells the access")
    changes: dict[int | str, How] = Field(
        default={}, description="the objects in memory that it changes: by index, keyword, or `receiver`"
    )
    state: dict[Ambient, Access] = Field(
        default={}, description="what it does to state of the process, the thread or the context"
    )
    remembers: bool = Field(
        default=False, description="as a decorator: keeps the answer for each set of arguments, and gives it again"
    )
    device: bool = Field(default=False, description="waits for the disk itself: the page cache cannot answer")
    batch: str | None = Field(default=None, description="the one call that replaces many of these, in words")
    because: Basis = Basis.REASONED
    note: str | None = None

    @field_validator("changes")
    @classmethod
    def _by_index(cls, changes: dict[int | str, How]) -> dict[int | str, How]:
        return {int(key) if str(key).isdigit() else key: how for key, how in changes.items()}  # JSON keys are text


class ObjectEntry(BaseModel):
    """One class: whether its instances may be shared by threads and sent to processes, and the types of its attributes.

    `bases` are the classes whose methods it also has (`pathlib.Path` for `pathlib.PosixPath`);
    `iterates` is the effect of iterating over an instance, `yields` what that gives.
    `conversation`: one conversation whose order matters (a POP3 session, a cursor), so that calls on one
    instance cannot overlap. `ambient`: works over a connection or transaction that the code does not name (an ORM's
    models). `embedded`: a database engine in this process, working on a local file.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    threads: ThreadSafety = ThreadSafety.UNKNOWN
    picklable: bool | None = None
    conversation: bool = False
    ambient: bool = False
    embedded: bool = False
    bases: tuple[QualifiedName, ...] = ()
    attributes: dict[str, QualifiedName] = {}
    iterates: Effect | None = None
    yields: QualifiedName | None = None
    async_: QualifiedName | None = Field(default=None, alias="async")
    because: Basis = Basis.REASONED
    note: str | None = None


class Guess(BaseModel):
    """What a call of unknown target most likely does: `callee` is a regular expression for the whole of `receiver.method`, lower case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    callee: str
    effect: Effect
    cost: CostClass | None = None
    weak: bool = Field(default=False, description="the name is as often that of something harmless")

    @field_validator("callee")
    @classmethod
    def _compiles(cls, callee: str) -> str:
        try:
            re.compile(callee)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return callee


class CatalogFile(BaseModel):
    """One file of `rules/effects/`: `package` is the import name, `pypi` the distribution where its name differs (None: standard library).

    In `calls` and `objects` a key is a qualified name: `requests.get`, `requests.Session` (calling the
    class), `requests.Session.get` (a method). `aliases` maps other public spellings to the name used here.
    `Class.*` in `calls` stands for the public methods of a class that are not listed; `Class.__call__`,
    `Class.__getitem__` and `Class.__getattr__` say what calling, indexing, or any attribute not listed gives.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: QualifiedName
    distribution: str | None = None
    about: str
    sources: tuple[str, ...] = ()
    calls: dict[CallName, CallEntry] = {}
    objects: dict[QualifiedName, ObjectEntry] = {}
    aliases: dict[QualifiedName, QualifiedName] = {}
    guesses: tuple[Guess, ...] = ()


class Catalog:
    """All catalog files as one look-up. `call` and `object` follow aliases and base classes."""

    def __init__(self, files: tuple[CatalogFile, ...]) -> None:
        self.calls: dict[str, CallEntry] = {}
        self.objects: dict[str, ObjectEntry] = {}
        self.aliases: dict[str, str] = {}
        self.about: dict[str, str] = {file.package: file.about for file in files}
        self.packages: frozenset[str] = frozenset(file.package for file in files)
        self.libraries: frozenset[str] = frozenset(name.partition(".")[0] for name in self.packages)
        for file in files:
            self.calls.update(file.calls)
            self.objects.update(file.objects)
            self.aliases.update(file.aliases)
        parts = (name.split(".") for name in self.calls)
        self.builtin_methods = frozenset(last for top, *cls, last in parts if top == "builtins" and cls)
        # by their last names: decorators are known by these wherever a project has them from
        self.remembering = frozenset(name.rpartition(".")[2] for name, entry in self.calls.items() if entry.remembers)
        self._guesses = tuple(guess for file in files for guess in file.guesses)
        self._guessed: dict[str, Guess | None] = {}

    def canonical(self, name: str) -> str:
        """The catalog's own spelling of `name`, through aliases of the name or of any prefix of it."""
        for _ in range(8):
            renamed = self._rename(name)
            if renamed == name:
                break
            name = renamed
        return name

    def _rename(self, name: str) -> str:
        head, tail = name, ""
        while head:
            if head in self.aliases:
                return self.aliases[head] + tail
            head, dot, last = head.rpartition(".")
            tail = f"{dot}{last}{tail}"
        return name

    def call(self, name: str) -> tuple[str, CallEntry] | None:
        """The entry for calling `name` (a function, class or method), with the name it stands under.

        A listed name wins, own before inherited and also behind attributes (`Client.containers.run`);
        then `Class.*`, which speaks for public names only.
        """
        name = self.canonical(name)
        if name in self.calls:
            return name, self.calls[name]
        owner, _, method = name.rpartition(".")
        lineage = self._lineage(owner if owner in self.objects else self.attribute(owner) or owner)
        keys = [f"{cls}.{method}" for cls in lineage]
        if not method.startswith("_"):
            keys += [f"{cls}.*" for cls in lineage]
        return next(((key, self.calls[key]) for key in keys if key in self.calls), None)

    def object(self, name: str) -> ObjectEntry | None:
        """What is known of instances of class `name`."""
        return self.objects.get(self.canonical(name))

    def attribute(self, name: str) -> str | None:
        """The class of what attribute `name` (`docker.DockerClient.containers`) holds, own or inherited, if known."""
        owner, _, attribute = self.canonical(name).rpartition(".")
        if not owner:
            return None
        lineage = self._lineage(owner if owner in self.objects else self.attribute(owner) or owner)
        listed = (self.objects[cls].attributes.get(attribute) for cls in lineage if cls in self.objects)
        dynamic = (self.calls[f"{cls}.__getattr__"].returns for cls in lineage if f"{cls}.__getattr__" in self.calls)
        held = next((found for found in (*listed, *dynamic) if found), None)
        return self.canonical(held) if held else None

    def _lineage(self, name: str) -> list[str]:
        """Class `name` and its bases, nearest first, each once."""
        found = [self.canonical(name)]
        for cls in found:  # grows while it is read
            bases = self.objects[cls].bases if cls in self.objects else ()
            found += [base for base in map(self.canonical, bases) if base not in found]
        return found

    def guess(self, callee: str) -> Guess | None:
        """What a call of this name (`receiver.method`) most likely does when nothing else is known of it."""
        if callee not in self._guessed:
            lower = callee.lower()
            self._guessed[callee] = next((g for g in self._guesses if re.fullmatch(g.callee, lower)), None)
        return self._guessed[callee]
