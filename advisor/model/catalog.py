"""The shape of `rules/effects/*.yml`: what is known of other people's code, one library family a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from advisor.model.effect import CostClass, Effect
from advisor.model.rounds import UNCOUNTED, Rounds, Walked
from advisor.model.state import GENERATORS, Access, Ambient, How
from advisor.model.words import NO_WORDS, Words

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


class Waiter(StrEnum):
    """Who is kept out by a lock, and who runs the work of a pool."""

    THREAD = "thread"
    PROCESS = "process"
    TASK = "task"  # a coroutine or a green thread


class Passes(StrEnum):
    """What a call passes to the function that it is handed (`callback`), for each time it calls it."""

    EACH = "each"  # one element of each of the arguments behind the function: `map(f, xs, ys)`
    UNPACKED = "unpacked"  # the elements of one element of the argument behind it: `starmap(f, rows)`
    REST = "rest"  # the arguments behind it: `submit(f, x, y)`
    PACKED = "packed"  # the elements of `args`, or of the tuple behind it: `Thread(target=f, args=(x,))`
    ELEMENT = "element"  # one element of the argument `walks`: `sorted(xs, key=f)`


class Answer(StrEnum):
    """How what the handed function returns comes back."""

    VALUE = "value"  # as the result: `apply(f)`
    ELEMENTS = "elements"  # as the elements of the result: `map(f, xs)`
    FUTURE = "future"  # by asking the result for it: `submit(f)`
    AWAITABLE = "awaitable"  # by awaiting the result: `to_thread(f)`


class Elements(StrEnum):
    """What the result of a call has to do with the argument `walks`."""

    PASSED = "passed"  # it gives the same elements: `sorted(xs)`, `tqdm(xs)`
    NESTED = "nested"  # it gives the elements of these elements: `chain.from_iterable(rows)`
    ONE = "one"  # it is one of these elements: `next(xs)`
    SAME = "same"  # it is the argument, or stands for it: `cast(T, x)`, `create_task(x)`
    AWAITED = "awaited"  # it is what awaiting the argument gives: `asyncio.run(x)`


class Length(StrEnum):
    """How many elements the result of a call has; a number instead is the index of the argument that says it."""

    SAME = "same"  # as many as the argument `walks`: `enumerate(xs)`
    RANGE = "range"  # as `range` with the same arguments
    SHORTEST = "shortest"  # as the shortest of the arguments: `zip(xs, ys)`
    PRODUCT = "product"  # as the lengths of all arguments multiplied: `product(xs, ys)`


class Tunes(StrEnum):
    """What goes another way once a call has set up the interpreter, in this process alone."""

    PACKAGE = "package"  # other calls of its own package
    RECURSION = "recursion"
    ANYTHING = "anything"


class CallEntry(BaseModel):
    """One callable: what calling it does, what it gives back, what to call instead from a coroutine.

    `cost` left out means the usual class of the effect. `returns` names a type of the catalog
    (`sqlite3.Connection`), `yields` the type of what iterating over the result (or over the awaited
    result) gives, and `enters` the type that `with … as` binds where it is not `returns`.
    `callback` is the index (or keyword) of an argument that is called while the call runs, or `receiver` for what the called
    object `stores` (`delayed(f)(x)`), and `callback_in` where: `here`, in a `thread`, in a `process`, or in the event
    `loop` later. `passes` says what it is called with, `answer` how its result comes back. `hooks` are further arguments
    that are called meanwhile, and always here.

    `elements` and `length` say what the result has to do with the argument `walks`. `bar` marks what makes a progress
    bar and what moves one on. What only tells people something has `state: {log: append}` or `state: {output: append}`.

    `parallel_when` is the argument, of the call or of the one that made its object, that asks for several cores: absent,
    None or 1 leaves it at `effect`, anything else makes it `parallel-native`. `effect_with` are keywords of the call
    (`discoveryServiceUrl`, or `static_discovery=False` for one value alone) with which it has another effect.

    `access` is what the call does to a thing outside the program, and `acts_on` which arguments name that thing
    (`receiver`, the index of an argument, the name of a keyword): two calls may overlap where the things differ, or
    where both read. Instead of `access`, `mode` is the argument whose text is the mode of a file, `statement` the one
    whose text is SQL, `verb` the one that holds an HTTP method. Left out, what the call does outside is unknown. `changes`
    are the objects in memory that it changes (by argument, or `receiver`), `state` what it does to state that no argument
    names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    effect: Effect
    per_byte: float | None = Field(
        default=None, gt=0, description="seconds a byte, for a cost that grows with the input"
    )
    sized_by: int | str = Field(default=0, description="the argument whose bytes count, -1 for the receiver")
    cost: CostClass | None = None
    since: int | None = Field(default=None, description="the first minor version of Python 3 that has it")
    rows: bool = Field(
        default=False,
        description="gives objects that stand for rows of a database: what is set on them is written there",
    )
    gives_up: int | str | None = Field(
        default=None, description="the argument that says how long it waits for tasks, which run on after that"
    )
    lasts: int | None = Field(default=None, description="the argument that says how many seconds it waits")
    returns: QualifiedName | None = None
    through: tuple[str, ...] = Field(
        default=(),
        description="the methods of the same object that it calls, which a subclass may have changed; `visit_*` are all that"
        " begin so",
    )
    returns_with: dict[str, QualifiedName] = Field(
        default_factory=dict,
        description="what it returns when a constant of this name, or this text, is among the arguments",
    )
    yields: QualifiedName | None = None
    row: tuple[QualifiedName, ...] = Field(
        default=(), description="the types of the places of the tuple that it returns, where these differ"
    )
    enters: QualifiedName | None = None
    async_: QualifiedName | None = Field(default=None, alias="async")
    callback: int | str | None = None
    callback_in: Literal["here", "thread", "process", "loop"] = "here"
    hooks: tuple[int | str, ...] = Field(
        default=(),
        description="further arguments that it calls while it runs: an index, a keyword, or, with a dot behind either, the"
        " methods of the object or class that is given (`cls.default`, `1.*`)",
    )
    later: tuple[int | str, ...] = Field(
        default=(), description="arguments that it only keeps, for others to call: `initializer`, `error_callback`"
    )
    passes: Passes | None = Field(default=None, description="what the function handed over is called with")
    plain: int | str | None = Field(
        default=None,
        description="the argument that it calls as an ordinary function, now or later, and does not await: an `async def` "
        "there never runs",
    )
    coroutines: bool = Field(default=False, description="runs the coroutines it is handed beside what goes on")
    answer: Answer | None = Field(default=None, description="how what that function returns comes back")
    elements: Elements | None = Field(default=None, description="what the result has to do with the argument `walks`")
    length: Length | int | None = Field(default=None, description="how many elements the result has")
    walks: int | Literal["receiver", "all"] = Field(
        default=0, description="the argument that `elements` and `length` speak of, -1 for the last"
    )
    cells: tuple[int | str, ...] = Field(
        default=(),
        description="the arguments that say how many numbers the array has that it gives: one number, or a tuple of them;"
        " `each` when every argument is a side",
    )
    weighs: int | Literal["receiver"] | None = Field(
        default=None, description="the argument that holds about as many bytes as the result"
    )
    piece: int | None = Field(
        default=None, description="the argument that says how many bytes it reads: all pieces but the last have so many"
    )
    every: float | None = Field(
        default=None,
        gt=0,
        description="about so many bytes of what it `walks` make an element: of a text, its lines or words",
    )
    lazy: bool = Field(default=False, description="the result is an iterator, which is used up once it is walked")
    stores: tuple[int, ...] = Field(
        default=(), description="the arguments that it only puts away as they are: an iterator among them is not walked"
    )
    rounds: Walked | None = Field(
        default=None, description="what a loop over the result walks, where the other keys do not say it"
    )
    looks_again: int | None = Field(
        default=None, description="the part of each item that the iterator it gives looks at again before the next one"
    )
    spoils: int | None = Field(
        default=None, description="the part of each item that is of no use once the next one has been drawn"
    )
    shares: bool = Field(
        default=False, description="gives a new object, which holds the very things that the old one does"
    )
    beginnings: bool = Field(
        default=False, description="its elements are beginnings of one thing, each of which holds the one before"
    )
    cuts: bool = Field(
        default=False, description="gives a page of a query by its position, and asks the query anew for it"
    )
    own_state: int | None = Field(
        default=None,
        description="entered, it gives its block a copy of the `state` of its own, which the argument at this index is, "
        "where it is given, and that which is current where it is not",
    )
    looks_again_unless: str | None = Field(default=None, description="the argument that, where it is False, stops that")
    bar: Literal["made", "moved"] | None = Field(default=None, description="makes a progress bar, or moves one on")
    access: Access | None = Field(default=None, description="what it does to the thing outside that `acts_on` names")
    acts_on: tuple[int | str, ...] = Field(
        default=(), description="the arguments that name the thing it acts on; `receiver` is the object itself"
    )
    each: bool = Field(default=False, description="the arguments in `acts_on` name several things, each by itself")
    keeps: Literal["keywords"] | None = Field(
        default=None, description="what it makes has an attribute for each keyword that it is given"
    )
    tells_when_it_goes: bool = Field(
        default=False, description="with a second argument: has that called when the object goes that is the first one"
    )
    merges: bool = Field(
        default=False,
        description="gives one text for several: a name without its folder, a text in small letters",
    )
    reads: tuple[int | str, ...] = Field(
        default=(),
        description="the arguments that name what it reads as well, where that is not what `access` is about",
    )
    output_to: tuple[str, ...] | None = Field(
        default=None,
        description="the arguments that say where the output of the program that it starts goes: without them, to the"
        " terminal. Left out, it is given back",
    )
    mode: int | None = Field(default=None, description="the argument that holds the mode of a file, also as `mode=`")
    statement: int | None = Field(default=None, description="the argument that holds SQL, whose verb tells the access")
    verb: int | None = Field(default=None, description="the argument that holds an HTTP method, which tells the access")
    changes: dict[int | str, How] = Field(
        default_factory=dict, description="the objects in memory that it changes: by index, keyword, or `receiver`"
    )
    most: int | None = Field(
        default=None,
        description="the most positional arguments that it takes: with more of them, a method of this name is another one's",
    )
    unique: bool = Field(default=False, description="what it gives is another one each time, as `uuid4()` does")
    clock: int | None = Field(
        default=None, description="it tells the present time, where it is given no more than so many arguments"
    )
    names_class: int | None = Field(
        default=None,
        description="it makes a class that is called as this argument says, and is pickled by that name;"
        " -1: one that pickle does not find by any name",
    )
    unbounded: dict[str, tuple[int | Literal["left-out"] | None, ...]] = Field(
        default={},
        description="what it makes holds nobody back where each of these arguments is given one of these values"
        " (`left-out`: is not given), nor does the client that is given it: `TCPConnector(limit=0)`",
    )
    daemonic: bool = Field(
        default=False,
        description="the function that it decorates, or is handed, runs in a process that may start no others",
    )
    runs_loop: bool = Field(
        default=False, description="runs an event loop in the thread that calls it, which must not be in one already"
    )
    runs: tuple[str, ...] = Field(
        default=(), description="the special methods that it runs of each argument: `__str__`, `__len__`"
    )
    runs_of_elements: tuple[str, ...] = Field(
        default=(), description="those that it runs of the elements of its arguments, where no function is handed over"
    )
    keeps_answers: bool = Field(
        default=False,
        description="has requests of its package keep what answers set, as cookies are, and send it with those that follow",
    )
    watches: bool = Field(
        default=False, description="has the program told of all that the current thread runs from then on, and no other"
    )
    at_exit: bool = Field(
        default=False, description="has a function called when the interpreter ends, where no worker can be started"
    )
    state: dict[Ambient, Access] = Field(
        default_factory=dict, description="what it does to state of the process, the thread or the context"
    )
    tunes: Tunes = Field(
        default=Tunes.PACKAGE, description="what goes another way later, where `state` says that it sets something up"
    )
    pool_with: dict[str, Waiter] = Field(
        default_factory=dict,
        description="what runs the work of the pool that it makes or sets up, where that is not the usual: by `name=value` of"
        " a keyword, or `0=value` of an argument",
    )
    parallel_when: str | None = Field(
        default=None, description="the argument that asks for several cores: with it, the effect is `parallel-native`"
    )
    effect_with: dict[str, Effect] = Field(
        default_factory=dict,
        description="the effect, of its usual cost, that it has with a keyword: `name`, or `name=value` for one constant",
    )
    fetches: int | str | None = Field(
        default=None, description="the argument that may be an address in the network, which is then waited for"
    )
    computes: tuple[str, ...] = Field(
        default=(),
        description="of a call that loads what somebody stored: the methods which compute, where that is a model",
    )
    transacts: Literal["sends", "ends"] | None = Field(
        default=None,
        description="of a session: sends changes, which others see once the transaction has ended, or ends that",
    )
    carries: bool = Field(
        default=False, description="the function that it hands over runs in a copy of the context of the caller"
    )
    plain_in_threads: bool = Field(
        default=False,
        description="the function that it decorates, or is handed, runs in a thread where it is an ordinary one, and on the"
        " event loop where it is a coroutine function",
    )
    starts: bool = Field(default=False, description="starts what then runs beside the caller: a thread, a process")
    remembers: bool = Field(
        default=False, description="as a decorator: keeps the answer for each set of arguments, and gives it again"
    )
    expires: bool | str = Field(
        default=False, description="what it keeps is dropped after a while: always, or with the argument of this name"
    )
    forgets: tuple[str, ...] = Field(
        default=(), description="methods of the decorated function that make it forget what it kept"
    )
    body: tuple[int | str, ...] = Field(
        default=(), description="the arguments by which a request is one that changes something: what it sends along"
    )
    waits_for: int | None = Field(
        default=None, description="the argument that names the process that it waits for, which has been started before"
    )
    goes_on: bool = Field(
        default=False,
        description="leaves something running on the event loop, which keeps a connection alive or serves",
    )
    into: bool = Field(
        default=False, description="what it writes lies in what it acts on, under names that are not in the program"
    )
    enqueues: bool = Field(default=False, description="only puts a task into a queue, whose workers run it elsewhere")
    complete: bool = Field(
        default=False, description="what it gives is all there, and needs no longer what it has been read from"
    )
    loads: bool = Field(
        default=False, description="reads something big into memory: a model, a table, a pickled object"
    )
    connects: bool = Field(
        default=False, description="opens a connection, or makes a client, that is meant to serve many calls"
    )
    parses: Literal["text", "numbers"] | None = Field(
        default=None,
        description="makes a value of a text, and raises an error where that is not written as it has to be; `numbers`"
        " where it takes numbers as well, which never fail",
    )
    maps_arrays: bool = Field(
        default=False, description="hands large arrays to its workers as a map of one file, not as a copy for each task"
    )
    unordered: bool = Field(
        default=False, description="gives results as they come in, not in the order of what was handed in"
    )
    waits_only: bool = Field(
        default=False,
        description="waits for the end of work, or says whether it has ended, and raises nothing of what failed",
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
    `lock`: entering it keeps out all other threads, processes or tasks; `limit`: it lets in only so many of them.
    `pool`: it runs the functions (or coroutines) that it is handed, on threads, processes or tasks.
    `transaction`: entering it opens one. `batches`: the calls in its block go out together. `outside`: it stands
    for a thing outside, or a part of one. `big`: often so big that one copy for each process is enough. `proxy`: it stands
    for an object in another process, so that each use is a message. `queued`: a decorator made it of a function, which
    calling it only puts into a queue.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    threads: ThreadSafety = ThreadSafety.UNKNOWN
    picklable: bool | None = None
    tasks: ThreadSafety = Field(
        default=ThreadSafety.UNKNOWN, description="may several tasks of one event loop use an object at the same time?"
    )
    conversation: bool = False
    ambient: bool = False
    embedded: bool = False
    transaction: bool = Field(default=False, description="entering it opens a transaction")
    batches: bool = Field(
        default=False,
        description="entering it opens a block whose calls are only noted, and sent together when it ends",
    )
    outside: bool = Field(
        default=False, description="stands for one thing outside, or a part of that: what acts on a part acts on it all"
    )
    lock: Waiter | None = Field(default=None, description="one of these at a time holds it")
    limit: Waiter | None = Field(default=None, description="only so many of these hold it: a semaphore")
    pool: Waiter | None = Field(default=None, description="runs what it is handed on these")
    drops_work: bool = Field(
        default=False, description="leaving its block ends it at once, with what it was handed and has not done yet"
    )
    ends_work: bool = Field(
        default=False,
        description="leaving its block waits until all is done that it was handed, however long that takes",
    )
    reentrant: bool | None = Field(
        default=None, description="of a lock: may who holds it take it again? False where that waits for ever"
    )
    big: bool = Field(default=False, description="often so big that it should be sent to a process once, not each time")
    proxy: bool = Field(default=False, description="stands for an object in another process: each use is a message")
    per_thread: bool = Field(
        default=False,
        description="each thread or context has its own, so that a worker does not see what the caller set",
    )
    unread: bool = Field(
        default=False,
        description="its attributes are code of a text or file that is loaded as the program runs, and not read",
    )
    weakly: bool = Field(
        default=False, description="holds objects without keeping them alive, so that it shows when one goes"
    )
    told: tuple[str, ...] = Field(
        default=(), description="the methods that run for each record that is logged, in whichever thread that is"
    )
    answers: bool = Field(
        default=False, description="its methods answer the requests of a server that this program runs"
    )
    instead: str | None = Field(default=None, description="what threads may share in its place, in words")
    across: bool = Field(
        default=False, description="all processes that are given it read and set the same `value`, each time by itself"
    )
    refuses: str | None = Field(
        default=None, description="the error that it raises at once in another thread than its own, unless told not to"
    )
    own_with: tuple[str, ...] = Field(
        default=(),
        description="the methods of a shared object that give each thread one of its own: `connection.cursor()`",
    )
    settings: tuple[str, ...] = Field(
        default=(),
        description="the attributes by which its calls go; that threads share one matters where they change these meanwhile",
    )
    in_context: bool = Field(
        default=False, description="works in a context alone, which one of the `contexts` of its file has opened"
    )
    fills: bool = Field(default=False, description="reading an entry that it does not have puts one in")
    queued: bool = Field(
        default=False,
        description="what a decorator makes of a function: calling it puts the function into a queue, and does not run it",
    )
    shown: bool = Field(default=False, description="what is written to it is seen where the program runs: `sys.stdout`")
    window: bool = Field(default=False, description="a slice of it is a part of its memory, not a copy")
    beginnings: bool = Field(
        default=False, description="its elements lie in one another, as the folders above a path do"
    )
    position: tuple[str, ...] = Field(
        default=(), description="the attributes, methods and functions beside it that tell how far it has been walked"
    )
    at_once: int | None = Field(
        default=None, gt=0, description="so many calls on one object are under way at a time; further ones wait in line"
    )
    patience: float | None = Field(
        default=None,
        gt=0,
        description="seconds after which a call that waits in line fails; left out, it goes on waiting",
    )
    bar: bool = Field(default=False, description="a progress bar")
    logger: bool = Field(default=False, description="its methods write log records")
    bases: tuple[QualifiedName, ...] = ()
    attributes: dict[str, QualifiedName] = Field(default_factory=dict)
    merges: tuple[str, ...] = Field(
        default=(), description="the attributes that several objects may have alike, as files in two folders their name"
    )
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
    access: Access | None = Field(default=None, description="what such a call does outside, where the name tells")
    weak: bool = Field(default=False, description="the name is as often that of something harmless")
    makes: bool = Field(default=False, description="a class has the name too, and making an object of it does this")
    conversation: bool = Field(default=False, description="calls on one such object must come strictly in turn")

    @field_validator("callee")
    @classmethod
    def _compiles(cls, callee: str) -> str:
        try:
            re.compile(callee)
        except re.error as error:
            raise ValueError(f"not a regular expression: {error}") from None
        return callee


class ActsOn(StrEnum):
    """What a program that is started works on."""

    NOTHING = "nothing"  # it only looks, or passes the time
    FOLDER = "folder"  # the one it is started in, or that `options` name
    MACHINE = "machine"  # what the whole machine, or the installation that the program belongs to, has one of
    TARGET = "target"  # what its last word names
    FILES = "files"  # all that its words name


class ProgramEntry(BaseModel):
    """Programs that others start, by the names of their files: one may not run beside another one on the same thing.

    `verbs` are the first words behind its name with which it changes that thing; where there are none, it always does.
    Without `acts_on`, what it works on is unknown.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    names: tuple[str, ...]
    acts_on: ActsOn | None = None
    prints: bool | None = Field(
        default=None,
        description="what it prints is what it is started for; false: it prints nothing. Left out, it may print",
    )
    speaks_with: frozenset[str] = Field(default=frozenset(), description="options with which it prints all the same")
    silent_with: frozenset[str] = Field(default=frozenset(), description="options with which it prints nothing")
    shell: bool = Field(default=False, description="runs the command line that it is handed with `-c`")
    moves: bool = Field(default=False, description="the commands behind it run in the folder that its last word names")
    waits: bool = Field(
        default=False, description="its time goes into waiting, for another machine or a person, and not into computing"
    )
    waits_with: frozenset[str] = Field(default=frozenset(), description="words of its command line with which it waits")
    verbs: frozenset[str] = frozenset()
    lasting: frozenset[str] = Field(
        default=frozenset(),
        description="words of its command line with which it changes something elsewhere: another machine, a registry",
    )
    options: frozenset[str] = Field(default=frozenset(), description="those behind which another folder is named")
    shares: str | None = Field(default=None, description="the name of what it keeps others out of, where several do")
    takes_sources: bool = Field(default=False, description="of `files`: it only reads all but the last")
    runs_scripts: bool = Field(
        default=False, description="an interpreter: what the script does whose file it is handed, nobody has read"
    )
    from_folders: str | None = Field(
        default=None,
        description="how a source ends of which the contents are taken, so that several meet in the target",
    )


class CatalogFile(BaseModel):
    """One file of `rules/effects/`: `package` is the import name, `pypi` the distribution where its name differs (None: standard library).

    In `calls` and `objects` a key is a qualified name: `requests.get`, `requests.Session` (calling the
    class), `requests.Session.get` (a method). `aliases` maps other public spellings to the name used here.
    `Class.*` in `calls` stands for the public methods of a class that are not listed; `Class.__call__`,
    `Class.__getitem__` and `Class.__getattr__` say what calling, indexing, or any attribute not listed gives.
    `programs` are those that others start, `lengths` how many elements its constants have.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    package: QualifiedName
    distribution: str | None = None
    about: str
    sources: tuple[str, ...] = ()
    calls: dict[CallName, CallEntry] = {}
    objects: dict[QualifiedName, ObjectEntry] = {}
    aliases: dict[QualifiedName, QualifiedName] = {}
    programs: tuple[ProgramEntry, ...] = ()
    lengths: dict[QualifiedName, int] = {}
    guesses: tuple[Guess, ...] = ()
    contexts: tuple[QualifiedName, ...] = Field(
        default=(),
        description="the calls that open, carry or ask for the context to which what is `per_thread` here belongs: a new"
        " thread has none, and reading fails",
    )
    closers: tuple[QualifiedName, ...] = Field(
        default=(),
        description="the calls that close the connection which a thread opens by using what is `ambient` here, and which"
        " else stays open",
    )
    on_loop: tuple[QualifiedName, ...] = Field(
        default=(), description="functions, or modules of such, that only the thread of the running event loop may call"
    )
    serves: tuple[QualifiedName, ...] = Field(
        default=(),
        description="modules by which a program becomes one whose event loop serves many at once: requests, chats, devices",
    )
    wakes: tuple[QualifiedName, ...] = Field(
        default=(),
        description="the calls that let go on who waits for them: a queue that is filled, an event that is set",
    )


_OTHERWISE = ".with."  # between the name of a call and the effect that its arguments give it


class Catalog:
    """All catalog files as one look-up. `call` and `object` follow aliases and base classes.

    `words` is what a name says of things that nothing else tells, `rounds` how often loops run whose length nothing tells.
    """

    def __init__(self, files: tuple[CatalogFile, ...], words: Words = NO_WORDS, rounds: Rounds = UNCOUNTED) -> None:
        self.words = words
        self.rounds = rounds
        self.calls: dict[str, CallEntry] = {}
        self.objects: dict[str, ObjectEntry] = {}
        self.aliases: dict[str, str] = {}
        self.programs: dict[str, ProgramEntry] = {}
        self.lengths: dict[str, int] = {}
        self.about: dict[str, str] = {file.package: file.about for file in files}
        self.packages: frozenset[str] = frozenset(file.package for file in files)
        self.libraries: frozenset[str] = frozenset(name.partition(".")[0] for name in self.packages)
        for file in files:
            self.calls.update(file.calls)
            self.objects.update(file.objects)
            self.aliases.update(file.aliases)
            self.lengths.update(file.lengths)
            self.programs.update((name, program) for program in file.programs for name in program.names)
        self._otherwise = {
            self.otherwise(name, effect): entry.model_copy(update=update)
            for name, entry in self.calls.items()
            for effect, update in _otherwise(entry)
        }
        parts = (name.split(".") for name in self.calls)
        self.builtin_methods = frozenset(last for top, *cls, last in parts if top == "builtins" and cls)
        self.seeding = frozenset(
            name.rpartition(".")[2]
            for name, entry in self.calls.items()
            if any(what in GENERATORS and access is Access.WRITE for what, access in entry.state.items())
        )
        self.per_thread = frozenset(name for name, entry in self.objects.items() if entry.per_thread)
        self.changing_methods = _changing_methods(self.calls)
        self.storing_methods = {
            name.rpartition(".")[2]: entry.stores
            for name, entry in self.calls.items()
            if entry.stores and name.startswith(("builtins.", "collections.", "queue."))
        }
        self.changeable = frozenset(
            name.rpartition(".")[0] for name, entry in self.calls.items() if "receiver" in entry.changes
        )
        # by their last names: decorators are known by these wherever a project has them from
        self.remembering = frozenset(name.rpartition(".")[2] for name, entry in self.calls.items() if entry.remembers)
        self.telling_ends = frozenset(
            n.rpartition(".")[2] for n, entry in self.calls.items() if entry.tells_when_it_goes
        )
        self.merging = frozenset(name.rpartition(".")[2] for name, entry in self.calls.items() if entry.merges)
        self._contexts = {
            file.package: frozenset(name.rpartition(".")[2] for name in file.contexts)
            for file in files
            if file.contexts
        }
        self._closers = {file.package: file.closers for file in files if file.closers}
        self._on_loop = frozenset(name for file in files for name in file.on_loop)
        self._wakes = frozenset(name for file in files for name in file.wakes)
        self.serving = frozenset(name for file in files for name in file.serves)
        self._guesses = tuple(guess for file in files for guess in file.guesses)
        self._guessed: dict[str, Guess | None] = {}
        self._found: dict[str, tuple[str, CallEntry] | None] = {}

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
        if name not in self._found:
            self._found[name] = self._find(self.canonical(name))
        return self._found[name]

    def _find(self, name: str) -> tuple[str, CallEntry] | None:
        if name in self._otherwise:
            return name.partition(_OTHERWISE)[0], self._otherwise[name]
        if name in self.calls:
            return name, self.calls[name]
        owner, _, method = name.rpartition(".")
        lineage = self._lineage(owner if owner in self.objects else self.attribute(owner) or owner)
        keys = [f"{cls}.{method}" for cls in lineage]
        if not method.startswith("_"):
            keys += [f"{cls}.*" for cls in lineage]
        return next(((key, self.calls[key]) for key in keys if key in self.calls), None)

    def below(self, name: str) -> dict[str, CallEntry]:
        """The entries of what a class or module has, by their last names; empty where nothing is known of it."""
        owners = [f"{owner}." for owner in self._lineage(name)]
        listed = self.calls.items()
        return {key.removeprefix(owner): entry for owner in reversed(owners) for key, entry in listed
                if key.startswith(owner) and "." not in key.removeprefix(owner)}  # fmt: skip

    def otherwise(self, name: str, effect: Effect) -> str:
        """The name for the entry of `name` as it is where arguments give it this effect."""
        return f"{name}{_OTHERWISE}{effect}"

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

    def lineage(self, name: str) -> Iterator[ObjectEntry]:
        """What is known of class `name` and of its bases, nearest first."""
        return (self.objects[cls] for cls in self._lineage(name) if cls in self.objects)

    @cached_property
    def awaited_by_name(self) -> dict[str, tuple[str, CallEntry]]:
        """The coroutine methods of outside objects that one library alone has under names of several words, by these names:
        what an object of unknown type does where `channel.set_permissions()` is awaited."""
        found: dict[str, dict[str, tuple[str, CallEntry]]] = {}
        for name, entry in self.calls.items():
            last = name.rpartition(".")[2]
            if entry.effect is Effect.ASYNC and "receiver" in entry.acts_on and "_" in last.strip("_"):
                found.setdefault(last, {}).setdefault(name.partition(".")[0], (name, entry))
        return {last: next(iter(of.values())) for last, of in found.items() if len(of) == 1}

    @cached_property
    def handing(self) -> dict[str, CallEntry]:
        """The calls that take a function and say how they call it, by their last names: what `x.submit(f)` most likely is.

        Of several of one name that differ, what runs in a pool speaks; then the name that comes first.
        """
        takers = ((name, entry) for name, entry in self.calls.items() if entry.passes is not None)
        order = sorted(takers, key=lambda each: (each[1].callback_in not in ("thread", "process"), each[0]))
        return {name.rpartition(".")[2]: entry for name, entry in reversed(order)}

    @cached_property
    def starting(self) -> frozenset[str]:
        """The last names of the calls that run coroutines beside what goes on."""
        return frozenset(name.rpartition(".")[2] for name, entry in self.calls.items() if entry.coroutines)

    @cached_property
    def daemonic(self) -> frozenset[str]:
        """The last names, and other names, of what has functions run in processes that may start no others."""
        names = {name for name, entry in self.calls.items() if entry.daemonic}
        others = {alias for alias, name in self.aliases.items() if self.canonical(name) in names}
        return frozenset(name.rpartition(".")[2] for name in names | others)

    @cached_property
    def deciding_by_kind(self) -> frozenset[str]:
        """The last names of what has ordinary functions run in threads, and coroutine functions on the event loop."""
        return frozenset(name.rpartition(".")[2] for name, entry in self.calls.items() if entry.plain_in_threads)

    @cached_property
    def running_loops(self) -> frozenset[str]:
        """The last names of the calls that run an event loop in the thread that makes them."""
        return frozenset(name.rpartition(".")[2] for name, entry in self.calls.items() if entry.runs_loop)

    @cached_property
    def called_back(self) -> frozenset[str]:
        """The last names of the calls that have an event loop call a function."""
        back = ((name, e) for name, e in self.calls.items() if e.callback_in == "loop" and not e.runs_loop)
        return frozenset(name.rpartition(".")[2] for name, _ in back)

    @cached_property
    def starting_threads(self) -> frozenset[str]:
        """The last names of the calls that start a thread of their own for a function: not of those of a pool."""
        found = ((name, e) for name, e in self.calls.items() if e.callback_in == "thread" and e.passes is Passes.PACKED)
        return frozenset(name.rpartition(".")[2] for name, _ in found)

    @cached_property
    def keeping_answers(self) -> frozenset[str]:
        """The calls that have requests of their package keep what answers set."""
        return frozenset(name for name, entry in self.calls.items() if entry.keeps_answers)

    @cached_property
    def watching(self) -> frozenset[str]:
        """The calls that have the program told of what the current thread runs."""
        return frozenset(name for name, entry in self.calls.items() if entry.watches)

    @cached_property
    def ending(self) -> frozenset[str]:
        """The last names of the calls that have a function called when the interpreter ends."""
        return frozenset(name.rpartition(".")[2] for name, entry in self.calls.items() if entry.at_exit)

    @cached_property
    def of_builtins(self) -> dict[str, CallEntry]:
        """The methods of built-in types that say what elements they give, by their last names: what `x.items()` most likely is."""
        told = ((name, e) for name, e in sorted(self.calls.items()) if e.elements is not None or e.length is not None)
        return {
            name.rpartition(".")[2]: entry
            for name, entry in told
            if name.startswith("builtins.") and name.count(".") > 1
        }

    @cached_property
    def pools_by_word(self) -> dict[str, CallEntry]:
        """The calls with an argument that says what runs the work of a pool, by their last names."""
        return {name.rpartition(".")[2]: entry for name, entry in sorted(self.calls.items()) if entry.pool_with}

    @cached_property
    def walked_by_name(self) -> dict[str, Walked]:
        """What loops over the results of methods of built-in types walk, by the last names of these."""
        told = ((name, entry.rounds) for name, entry in sorted(self.calls.items()) if name.startswith("builtins."))
        return {name.rpartition(".")[2]: rounds for name, rounds in told if rounds is not None and name.count(".") > 1}

    def runs_loop(self, name: str) -> bool:
        """Does calling `name` run an event loop in the thread that does so?"""
        known = self.call(name)
        return known is not None and known[1].runs_loop

    def contexts_of(self, name: str) -> frozenset[str]:
        """The last names of what opens, carries or asks for the context that `name` belongs to; empty where it has none."""
        return self._contexts.get(self.canonical(name).partition(".")[0], frozenset())

    def closers_of(self, name: str) -> tuple[str, ...]:
        """The calls that close the connection which `name`, of a class that is `ambient`, opens for the thread that uses it."""
        owner = self.canonical(name).rpartition(".")[0]
        ambient = any(known.ambient for each in (name, owner) for known in self.lineage(each))
        return self._closers.get(self.canonical(name).partition(".")[0], ()) if ambient else ()

    @cached_property
    def connecting(self) -> dict[str, dict[str, str]]:
        """The attributes by which classes give what asks a database (`objects`), each with its type by the package."""
        found: dict[str, dict[str, str]] = {}
        for name, entry in self.objects.items():
            for attribute, held in entry.attributes.items():
                if any(known.iterates is Effect.DATABASE for known in self.lineage(held)):
                    found.setdefault(attribute, {})[name.partition(".")[0]] = held
        return found

    def is_on_loop(self, name: str) -> bool:
        """May only the thread of the event loop that runs call `name`?"""
        parts = self.canonical(name).split(".")
        return any(".".join(parts[:length]) in self._on_loop for length in range(1, len(parts) + 1))

    def wakes(self, name: str) -> bool:
        """Does a call of `name` let others go on that wait for it?"""
        known = self.call(name)
        return self.canonical(name) in self._wakes or (known is not None and known[0] in self._wakes)

    def guess(self, callee: str) -> Guess | None:
        """What a call of this name (`receiver.method`) most likely does when nothing else is known of it."""
        if callee not in self._guessed:
            lower = callee.lower()
            self._guessed[callee] = next((g for g in self._guesses if re.fullmatch(g.callee, lower)), None)
        return self._guessed[callee]


def _otherwise(entry: CallEntry) -> Iterator[tuple[Effect, dict[str, Effect | None]]]:
    """The effects that arguments may give a call, each with what becomes different in its entry."""
    if entry.parallel_when is not None:
        yield Effect.PARALLEL_NATIVE, {"effect": Effect.PARALLEL_NATIVE}
    for effect in entry.effect_with.values():
        yield effect, {"effect": effect, "cost": None}
    if entry.fetches is not None:
        yield Effect.NETWORK, {"effect": Effect.NETWORK, "cost": None, "per_byte": None}


def _changing_methods(calls: Mapping[str, CallEntry]) -> dict[str, How]:
    """How the methods of built-in collections change their object, by the last name: for receivers of unknown type."""
    found: dict[str, How] = {}
    harmless = {name.rpartition(".")[2] for name, entry in calls.items()
                if name.startswith(("builtins.", "collections.")) and name.count(".") > 1 and not entry.changes}  # fmt: skip
    for name, entry in calls.items():
        top, *_, last = name.split(".")
        if last in harmless:
            continue  # `dict.get`, though a queue's takes
        method = name.count(".") > 1 or top == "generator"
        if method and top in ("builtins", "collections", "queue", "generator") and "receiver" in entry.changes:
            found.setdefault(last, entry.changes["receiver"])
    return found
