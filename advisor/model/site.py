"""Work sites: where one model of execution is chosen, what binds one iteration to another, and what stands in the way."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from advisor.model import code, tree
from advisor.model.concurrency import Model


class SiteKind(StrEnum):
    """The syntax of a site."""

    FOR = "for"
    WHILE = "while"
    COMPREHENSION = "comprehension"
    MAP = "map"
    STATEMENTS = "statements"
    AWAITS = "awaits"
    BLOCKING_IN_ASYNC = "blocking-in-async"
    POOL = "pool"
    THREAD = "thread"
    GATHER = "gather"

    @property
    def is_concurrent(self) -> bool:
        """Does a site of this kind run things side by side already?"""
        return self in (SiteKind.POOL, SiteKind.THREAD, SiteKind.GATHER)

    @property
    def has_rounds(self) -> bool:
        """Is something done several times at a site of this kind, rather than once a run of the function?"""
        return self not in (SiteKind.STATEMENTS, SiteKind.AWAITS, SiteKind.BLOCKING_IN_ASYNC)

    @property
    def is_loop(self) -> bool:
        """Is it a loop, of statements or in an expression?"""
        return self in (SiteKind.FOR, SiteKind.WHILE, SiteKind.COMPREHENSION)


class Context(StrEnum):
    """Where a site stands; a site can stand in several."""

    ASYNC = "async"  # inside `async def`
    ALONE = "alone"  # a call that blocks an event loop on which nothing else runs
    NEVER_YIELDS = "never-yields"  # runs coroutines that await nothing which waits, so that no other could go on
    AWAITS = "awaits"  # what it does each round awaits something
    POOL_WORKER = "pool-worker"  # reached from a callable handed to a pool or thread
    ON_THE_LOOP = "on-the-loop"  # no coroutine, but works with what belongs to the thread of an event loop
    HANDLER = "handler"  # in a request handler: the server runs it concurrently already
    PLAIN_WILL_DO = (
        "plain-will-do"  # in a coroutine that awaits nothing, of which a thread would run the ordinary function
    )
    STARTS_WORKERS = (
        "starts-workers"  # hands work to processes that start threads of their own, of which nothing is told
    )
    DRAINED = "drained"  # in a generator whose callers take every item
    TIMED = "timed"  # measures how long something takes
    TEST = "test"
    MAIN_GUARD = "main-guard"  # under `if __name__ == "__main__"`
    MODULE_LEVEL = "module-level"  # runs at import
    LOCKED = "locked"  # inside `with lock:`
    NESTED = "nested"  # inside another site that is itself advised


class DependenceKind(StrEnum):
    """What one iteration needs from another, weakest first; a site has the strongest that was found."""

    NONE = "none"
    REDUCTION = "reduction"
    ORDERED = "ordered"
    EXIT = "exit"
    UNKNOWN = "unknown"
    CARRIED = "carried"


@dataclass(frozen=True, slots=True)
class Detail:
    """The name and line that prove a dependence."""

    name: str
    line: int
    because: str


@dataclass(frozen=True, slots=True)
class Dependence:
    """`also` holds weaker kinds that were found beside `kind`."""

    kind: DependenceKind
    details: tuple[Detail, ...] = ()
    also: frozenset[DependenceKind] = frozenset()


class HazardKind(StrEnum):
    """What forbids or complicates a model."""

    CARRIED_DEPENDENCE = "carried-dependence"
    SHARED_WRITE = "shared-write"  # iterations change an object they share
    THREAD_UNSAFE_CAPTURE = "thread-unsafe-capture"
    STATEFUL_CAPTURE = "stateful-capture"  # one conversation, strictly in turn
    SERIALISED_CAPTURE = "serialised-capture"  # safe to share, but one at a time
    UNPICKLABLE_CAPTURE = "unpicklable-capture"
    UNPICKLABLE_FUNCTION = "unpicklable-function"  # lambda or nested function
    NO_MAIN_GUARD = "no-main-guard"
    EVENT_LOOP = "event-loop"  # runs inside one: blocking it blocks all
    INSIDE_POOL = "inside-pool"
    DAEMONIC_WORKER = "daemonic-worker"  # a process that may start no others
    OVERSUBSCRIPTION = "oversubscription"  # the work already uses all cores
    UNKNOWN_PROGRAM = "unknown-program"  # it starts whatever it is given
    RATE_LIMIT = "rate-limit"
    POLLING = "polling"
    RETRY = "retry"
    PAGINATION = "pagination"
    STREAMING = "streaming"
    LAZY_GENERATOR = "lazy-generator"
    EARLY_EXIT = "early-exit"
    ORDERED_OUTPUT = "ordered-output"
    MESSAGE_ORDER = "message-order"  # somebody reads what is sent, in the order in which it arrives
    LAST_STAYS = "last-stays"  # each round sets a name anew, and what the last one set is read after the loop
    STEPS = "steps"  # commands or hooks that somebody listed in the order in which they are to run
    RUNNING_ALREADY = "running-already"  # the wait is for something that was started before
    QUEUED = "queued"  # each round only hands its work to a task queue, whose workers run it elsewhere
    PROCESS_STATE = "process-state"  # changes something the whole process shares: cwd, environment, signal handlers
    THREAD_STATE = "thread-state"  # uses what belongs to the running thread or its context
    RANDOM_DRAW = "random-draw"  # numbers are drawn in turn from one generator
    ITEM_WRITE = "item-write"  # a round changes the item it works on, which a process would have a copy of
    GLOBAL_WRITE = "global-write"
    LOCK_HELD = "lock-held"  # by every round while it works
    LOCK_AROUND = "lock-around"  # by the caller, until all rounds are done
    TRANSACTION = "transaction"
    BATCHED = "batched"  # the calls are only noted, and sent together when the block around the loop ends
    HEAVY_PAYLOAD = "heavy-payload"
    MEMO = "memo"  # later iterations are cheap because of earlier ones
    RECURSION = "recursion"  # the work leads back to the function that the loop stands in
    INTERACTIVE = "interactive"  # asks the person at the terminal
    NAMES_MAY_MEET = "names-may-meet"  # files are named by a part of what each iteration works on
    MAY_ASK = "may-ask"  # asks under a condition, or the first time only
    DYNAMIC_CALL = "dynamic-call"  # the callee could not be resolved
    THREAD_CONNECTION = "thread-connection"  # each worker opens one of its own, and has to close it

    def concerns(self, model: Model, kind: SiteKind) -> bool:
        """Does it stand in the way of a change of this kind of site to `model`? What only a process would copy or have to
        be sent is nothing to threads, and what threads must not share is nothing to tasks that take turns in one."""
        if self is HazardKind.THREAD_UNSAFE_CAPTURE and kind is not SiteKind.BLOCKING_IN_ASYNC:  # whose fix is a thread
            return model is not Model.ASYNCIO
        if self is HazardKind.EVENT_LOOP:
            return model is not Model.ASYNCIO
        return self not in _OF_PROCESSES or model in (Model.MULTIPROCESSING, Model.SEQUENTIAL)


_OF_PROCESSES = frozenset({
    HazardKind.UNPICKLABLE_CAPTURE, HazardKind.UNPICKLABLE_FUNCTION, HazardKind.NO_MAIN_GUARD, HazardKind.ITEM_WRITE,
    HazardKind.DAEMONIC_WORKER, HazardKind.HEAVY_PAYLOAD,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hazard:
    kind: HazardKind
    name: str
    line: int
    because: str


@dataclass(frozen=True, eq=False)
class Site:
    """A place found in the source: `function` is the id it stands in, `body` what runs each round (statements) or is evaluated (`parts`).

    `node` is the loop, comprehension or call itself; for a run of statements it is the first of them. `targets` are the
    names that a round gets anew; `iterable` what is walked, where there is one. `consumer` is the name of the function
    that a comprehension or `map` is handed to, `filled` that of the collection whose length counts the rounds of a
    `while`. `unproven` names a call of a run that could not be followed to its end, so that it may need another one.
    `misuse` when the pattern alone is wrong; `in_turn` is the loop that has only one of what it starts going at any time.
    """

    path: str
    function: str
    kind: SiteKind
    rule: str
    line: int
    column: int
    end_line: int
    node: code.Stmt | code.Expr
    body: tuple[code.Stmt, ...] = ()
    parts: tuple[code.Expr, ...] = ()
    targets: frozenset[str] = frozenset()
    iterable: code.Expr | None = None
    consumer: str = ""
    filled: str = ""
    unproven: str = ""
    misuse: bool = False
    in_turn: Site | None = None
    contexts: frozenset[Context] = frozenset()

    @property
    def runs_beside(self) -> bool:
        """Do its iterations run side by side as it stands?"""
        return self.kind.is_concurrent and self.in_turn is None

    @cached_property
    def calls(self) -> tuple[code.Call, ...]:
        """The calls that an iteration makes."""
        in_parts = (node for part in self.parts for node in tree.every(part) if isinstance(node, code.Call))
        return (*tree.calls(self.body), *in_parts)
