"""State: what an iteration may share with others, inside the program and outside it, and how it is used."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise, takewhile
from typing import TypeAlias

from msgspec import Struct

from advisor.model import code


class Access(StrEnum):
    """How a call uses a thing outside the program, or state that belongs to the process, a thread or a context."""

    READ = "read"
    LIST = "list"  # looks which things there are in it: what is made or removed there shows
    WRITE = "write"  # gives it another value: of two, the last one stays
    CREATE = "create"  # makes a new one: two creations make two
    DELETE = "delete"
    APPEND = "append"  # adds to what is there: the order stays visible
    EXCLUSIVE = "exclusive"  # uses it and changes it, so that each use depends on those before

    @property
    def looks(self) -> bool:
        """Does it leave everything as it is?"""
        return self in (Access.READ, Access.LIST)


class How(StrEnum):
    """How an object in memory is changed."""

    REBIND = "rebind"  # an attribute or name gets another value
    AUGMENT = "augment"  # `+=`
    APPEND = "append"  # grows, in order
    ADD = "add"  # grows, and no order is kept (a set)
    KEY = "key"  # an entry is set: `x[k] = …`
    TAKE = "take"  # an element, or the next piece, is taken out
    DRAW = "draw"  # the next random number
    MUTATE = "mutate"  # any other way


class Scope(StrEnum):
    """Who shares a piece of ambient state."""

    PROCESS = "process"
    CONTEXT = "context"  # of a context variable: copied into tasks and, where asked for, into threads
    THREAD = "thread"


class Ambient(StrEnum):
    """State that no expression names: it belongs to the process, to the running thread or to its context."""

    CWD = "cwd"
    ENVIRONMENT = "environment"
    SIGNALS = "signals"  # handlers and timers; only the main thread may set them
    LOCALE = "locale"
    UMASK = "umask"
    INTERPRETER = "interpreter"  # recursion limit, garbage collector, hooks
    SOCKETS = "sockets"  # their default timeout
    WARNING_FILTERS = "warning-filters"
    RANDOM = "random"  # the generator behind `random.random()`
    NUMPY_RANDOM = "numpy-random"  # the one behind `numpy.random.rand()`
    TORCH_RANDOM = "torch-random"
    OUTPUT = "output"  # lines on the terminal
    LOG = "log"  # log records and warnings
    INPUT = "input"  # what a person types
    DESCRIPTORS = "descriptors"  # numbers of open files
    EXIT = "exit"  # ends the process
    PROCESS_ID = "process-id"
    CHILDREN = "children"  # the processes that it has started: who waits for any of them takes the first that ends
    DECIMAL_CONTEXT = "decimal-context"
    CONTEXT_VARIABLE = "context-variable"
    CURRENT_TASK = "current-task"
    CURRENT_THREAD = "current-thread"
    EVENT_LOOP = "event-loop"  # the one that belongs to the thread
    THREAD_LOCAL = "thread-local"
    CURRENT_EXCEPTION = "current-exception"  # the one that a handler around is at work on
    CALL_STACK = "call-stack"  # the frames of those who call

    @property
    def scope(self) -> Scope:
        if self in (Ambient.DECIMAL_CONTEXT, Ambient.CONTEXT_VARIABLE):
            return Scope.CONTEXT
        if self in _OF_THE_THREAD:
            return Scope.THREAD
        return Scope.PROCESS


_OF_THE_THREAD = frozenset(
    {
        Ambient.CURRENT_TASK,
        Ambient.CURRENT_THREAD,
        Ambient.EVENT_LOOP,
        Ambient.THREAD_LOCAL,
        Ambient.CURRENT_EXCEPTION,
        Ambient.CALL_STACK,
    }
)
LINES = frozenset({Ambient.OUTPUT, Ambient.LOG})
GENERATORS = frozenset({Ambient.RANDOM, Ambient.NUMPY_RANDOM, Ambient.TORCH_RANDOM})

# ---- in memory

HANDED = "item"  # the name of what a function that is handed over gets in each iteration


class RootKind(StrEnum):
    """Where a path to an object begins."""

    SELF = "self"  # the object of a method
    PARAM = "param"
    ITEM = "item"  # what an iteration works on; each has its own
    LOCAL = "local"  # of the function `owner`, shared by what is looked at with its surroundings
    GLOBAL = "global"  # of the module at path `owner`
    CLASS = "class"  # the class `owner` itself
    DEFAULT = "default"  # the value that a parameter of function `owner` has when nothing is passed: one for all calls
    MADE = "made"  # a new object, held by nobody else when the path begins


class Root(Struct, frozen=True, order=True, gc=False, cache_hash=True):
    """The beginning of a path: `name` as a reader knows it, `owner` and `index` (of a parameter) to tell it from others."""

    kind: RootKind
    name: str
    owner: str = ""
    index: int = -1


INSIDE = "[]"  # some element or entry of a container
BOUND = "__self__"  # the object of a bound method
BELOW = "*"  # anything that can be reached from there


class Place(Struct, frozen=True, order=True, gc=False, cache_hash=True):
    """An object, or a part of one: `path` are the attributes and entries (`[key]`, or `[]` for any) that lead there from `root`.

    The place of a plain name is the variable, where it is written, and the object in it, where that is changed.
    """

    root: Root
    path: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """As a reader would write it."""
        text = self.root.name
        for part in self.path:
            text += "" if part == BELOW else part if part.startswith("[") else f".{part}"
        return text.replace(INSIDE, "[…]")

    def below(self, *path: str) -> Place:
        """A part of it. Beyond a few steps, and beyond an attribute that leads to one of the same name (`node.next.next`),
        everything is one place, so that recursion does not make ever longer paths."""
        if not path:
            return self
        whole = self.path + path
        for here, (one, other) in enumerate(pairwise(whole), 1):
            if one == other and one[:1] != "[":
                whole = (*whole[:here], BELOW)
                break
        if BELOW in whole:
            whole = whole[: whole.index(BELOW) + 1]
        if len(whole) > _LONGEST and whole[_LONGEST] != BELOW:
            whole = (*whole[:_LONGEST], BELOW)
        return Place(self.root, whole)


_LONGEST = 4
Places: TypeAlias = frozenset[Place]
NOWHERE: Places = frozenset()


def around(places: Iterable[Place]) -> Place:
    """The place below which all of these lie, which are of one root."""
    several = sorted(set(places))
    ends = zip(several[0].path, several[-1].path, strict=False)
    path = tuple(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], ends))
    return several[0] if len(several) == 1 else Place(several[0].root, path).below(BELOW)


def meets(written: tuple[str, ...], read: tuple[str, ...], *, whole: bool) -> bool:
    """May what is written be what is read? `whole` when the read sees all below its path as well, else only the way there."""
    for mine, theirs in zip(written, read, strict=False):
        if BELOW in (mine, theirs):
            return True
        if mine != theirs and not (mine[:1] == theirs[:1] == "[" and INSIDE in (mine, theirs)):
            return False
    return whole or len(written) <= len(read)


class Where(Struct, frozen=True, gc=False):
    """`line` of `function` is where it happens; `calls` are those through which the piece that was asked about comes there,
    outermost first, and those whose arguments it stands in."""

    function: str
    line: int
    calls: tuple[int, ...] = ()


class Key(Struct, frozen=True, gc=False, cache_hash=True):
    """What names a thing outside, or an entry of a collection: the text written out, and the places whose values complete it.

    `fresh` when a new name is made each time (`uuid4()`, `mkstemp()`), `shifted` when a number was added to one of the
    values, so that the neighbour's key may come out; `nested` when it is a beginning of one thing, longer or shorter with the
    item, so that what one iteration names lies in what another one does; `lossy` when a value was divided, so that several
    items may give one name, `merged` when only a part of it was used, or all of it in small letters, so that several may as
    well though mostly they do not; `partial` when a part of it could not be followed.
    """

    text: str = ""
    places: frozenset[Place] = frozenset()
    fresh: bool = False
    shifted: bool = False
    partial: bool = False
    nested: bool = False
    lossy: bool = False
    merged: bool = False


class Touch(Struct, frozen=True, gc=False, eq=False):
    """One use of something that others may use as well. Two are the same wherever they happen, if all else is."""

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.told() == self.told()

    def __hash__(self) -> int:
        return hash(self.told())

    def told(self) -> Hashable:
        """All but where."""
        raise NotImplementedError


class Read(Touch, frozen=True, gc=False, eq=False):
    """A read. `whole` when all that the object holds may be seen, else only where the path leads. `exposed` when the piece
    has not surely written it before, so that the value comes from elsewhere; `bare` when it is only asked whether it is None.
    """

    place: Place
    whole: bool
    exposed: bool
    where: Where
    bare: bool = False

    def told(self) -> Hashable:
        return self.place, self.whole, self.exposed, self.bare


class Write(Touch, frozen=True, gc=False, eq=False):
    """A change of state. For `rebind` and `augment` the last part of the path gets another value, for the others the
    object at the place changes.

    `memo` when it fills in, under a test that it is missing, what depends on its key alone; `rests_on` tells on what else it
    depends, which then must be the same each time. `possible` when it is done by
    one of several methods that may be meant; `sure` when every run does it; `constant` when it always gives the same
    literal. `key` is the entry that is set, where that is no literal; `fills` when it is one that is only read, and put in
    where it is missing.
    """

    place: Place
    how: How
    where: Where
    memo: bool = False
    possible: bool = False
    sure: bool = True
    constant: bool = False
    key: Key | None = None
    rests_on: Key | None = None
    fills: bool = False

    def told(self) -> Hashable:
        return (
            self.place,
            self.how,
            self.memo,
            self.possible,
            self.sure,
            self.constant,
            self.key,
            self.rests_on,
            self.fills,
        )

    @property
    def target(self) -> tuple[str, ...]:
        """The path of what a reader would see changed."""
        if self.how in (How.REBIND, How.AUGMENT):
            return self.place.path
        return (*self.place.path, INSIDE if self.how in (How.APPEND, How.ADD, How.KEY) else BELOW)


class AmbientUse(Touch, frozen=True, gc=False, eq=False):
    """A use of state that no expression names."""

    what: Ambient
    access: Access
    api: str
    where: Where

    def told(self) -> Hashable:
        return self.what, self.access, self.api


CONVERSATION = "a conversation, by its name"


class Use(Touch, frozen=True, gc=False, eq=False):
    """An object from outside the project on which methods are called: its class, where it comes from, what is called. Where
    only its name and those of its methods say that it is a conversation, its `type` is `CONVERSATION`."""

    place: Place
    type: str
    api: str
    where: Where

    def told(self) -> Hashable:
        return self.place, self.type, self.api


# ---- outside the program


class Deed(Touch, frozen=True, gc=False, eq=False):
    """What a call does to a thing outside the program. `space` tells the kinds of things apart (`file`, a package);
    `access` None is unknown, `key` None a thing that nothing names. Of a program that is started and not known yet,
    `words` are those of its command line, `folder` is where it runs, None where it runs as this one does, and what it prints
    is seen by whoever sees what this one prints, unless it is `quiet`; a file that such a line only redirects keeps the
    `words` as well. Of a statement that is not known yet, `words` holds the first one."""

    space: str
    access: Access | None
    key: Key | None
    api: str
    where: Where
    guessed: bool = False
    words: tuple[Key, ...] = ()
    folder: Key | None = None
    quiet: bool = True

    def told(self) -> Hashable:
        return self.space, self.access, self.key, self.api, self.guessed, self.words, self.folder, self.quiet


# ---- pieces of code


Questions = dict[tuple[object, ...], Places]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The piece of a function from which places are told.

    Names `private` to each run of it are bound `inside`; what its `targets` hold comes from outside.
    """

    private: frozenset[str]
    targets: frozenset[str]
    inside: frozenset[int]  # identities of the expressions in it
    known: Questions = field(default_factory=dict)  # answers that hold within it


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A part of a function, whose runs are looked at as one: statements, then expressions.

    `private` are the names that each run gives a value of its own before it reads them, `targets` those that come from
    outside anew for each run; `without` the identities of nodes that are left out; `handed_over` when what is handed
    to pools, threads and event loops counts as done, `in_turn` when it is waited for at once; `collected` when what the
    expressions give is put into a collection.
    """

    function: str
    statements: tuple[code.Stmt, ...] = ()
    expressions: tuple[code.Expr, ...] = ()
    private: frozenset[str] = frozenset()
    targets: frozenset[str] = frozenset()
    without: frozenset[int] = frozenset()
    handed_over: bool = False
    collected: bool = False
    in_turn: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """The state that one run of a function or piece reads, changes and uses, in memory and outside.

    `opaque` counts calls that lead nowhere known, and so may do anything, `opaque_awaits` those of them that are awaited,
    `handed` those of what a variable holds, which may be any function of the program. `acted` are the objects of which a
    method is called for what it does, as nobody takes its value, and of which nothing is known; `asked` are all of which
    nothing is known but that a method is called that no built-in type has.
    """

    reads: tuple[Read, ...] = ()
    writes: tuple[Write, ...] = ()
    ambient: tuple[AmbientUse, ...] = ()
    deeds: tuple[Deed, ...] = ()
    uses: tuple[Use, ...] = ()
    acted: tuple[Use, ...] = ()
    asked: tuple[Use, ...] = ()
    opaque: int = 0
    opaque_awaits: int = 0
    handed: int = 0
