"""Faults: concurrency that is written wrongly, whatever the work: the words for what to look for, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from advisor.model.concurrency import Model


class Around(StrEnum):
    """Surroundings of a call that make it right or wrong."""

    TESTED = "tested"  # under a test that asks the object of the call, as `if not queue.empty():`

    COROUTINE = "coroutine"  # directly in an `async def`
    LOOP = "loop"  # evaluated anew each round
    IN_TURN = "in-turn"  # in a loop, and the next statement waits for what it starts
    WORKER = "worker"  # in a function that runs in a pool, thread or process
    MODULE_LEVEL = "module-level"  # runs when the file is imported
    MAIN_GUARD = "main-guard"
    LOCK = "lock"  # inside `with lock:`
    TRY = "try"  # inside a `try` that catches something
    SWALLOWED = "swallowed"  # inside a `try` that catches any exception and goes on
    SHUTDOWN = "shutdown"  # in a function that cancels or stops things, or around calls that wait for or close them


class Fate(StrEnum):
    """What becomes of the value of a call."""

    DROPPED = "dropped"  # the call is a statement
    AWAITED = "awaited"  # it is awaited, and the value is used
    AWAITED_AND_DROPPED = "awaited-and-dropped"  # `await call()` is a statement
    USED = "used"


class Unsendable(StrEnum):
    """What cannot be pickled."""

    LAMBDA = "lambda"
    NESTED_FUNCTION = "nested-function"
    METHOD = "method"  # of an object that holds one of the following
    GENERATOR = "generator"
    LOCK = "lock"
    OPEN_FILE = "open-file"
    CONNECTION = "connection"  # or any other object that is known not to travel


class Fact(StrEnum):
    """What only linked code shows."""

    COROUTINE_NEVER_AWAITED = "coroutine-never-awaited"
    LOOP_STARTED_BELOW_A_COROUTINE = "loop-started-below-a-coroutine"
    LOCK_HELD_ACROSS_AWAIT = "lock-held-across-await"
    GATHER_WITHOUT_A_BOUND = "gather-without-a-bound"
    ERRORS_NEVER_READ = "errors-never-read"
    SHARED_UPDATE = "shared-update"
    VALUE_UPDATED_ACROSS = "value-updated-across"
    SHARED_CLIENT = "shared-client"
    FORK_AFTER_THREADS = "fork-after-threads"
    PROCESSES_AT_IMPORT = "processes-at-import"
    TINY_TASKS = "tiny-tasks"
    ARRAY_PER_TASK = "array-per-task"
    CORES_TAKEN_TWICE = "cores-taken-twice"
    MORE_PROCESSES_THAN_CORES = "more-processes-than-cores"
    SAME_CALL_EACH_ROUND = "same-call-in-each-iteration"
    MANAGER_IN_A_LOOP = "manager-in-a-loop"
    LATE_LOOP_VARIABLE = "late-loop-variable"
    TASK_DONE_SKIPPED = "task-done-skipped"
    WAITS_FOR_OWN_POOL = "waits-for-own-pool"
    ORDER_OF_UNORDERED = "order-of-unordered"
    LOADED_FOR_EACH_TASK = "loaded-for-each-task"
    TRIFLES_FOR_A_POOL = "trifles-for-a-pool"
    LOST_IN_A_PROCESS = "lost-in-a-process"
    UNPICKLABLE_TARGET = "unpicklable-target"
    UNSET_GLOBAL = "unset-global"
    CALLED_INSTEAD_OF_PASSED = "called-instead-of-passed"
    JOINED_BEFORE_DRAINED = "joined-before-drained"
    COPIED_RANDOM = "copied-random"
    PROCESS_IN_A_DAEMON = "process-in-a-daemon"
    CONTEXT_NOT_IN_THE_WORKER = "context-not-in-the-worker"
    CONNECTIONS_LEFT_OPEN = "connections-left-open"
    PROCESS_STATE_IN_THREADS = "process-state-in-threads"
    SIGNAL_IN_A_THREAD = "signal-in-a-thread"
    MODEL_IN_A_HANDLER = "model-in-a-handler"
    LIMIT_AROUND_THE_CROWD = "limit-around-the-crowd"
    COROUTINE_HANDED_OVER = "coroutine-handed-over"
    BUSY_WAIT = "busy-wait"
    THREAD_WAITED_FOR_BELOW = "thread-waited-for-below"
    LOOP_TOUCHED_FROM_A_THREAD = "loop-touched-from-a-thread"
    TASK_ERRORS_NEVER_READ = "task-errors-never-read"
    ENDED_BEFORE_DONE = "ended-before-done"
    THREADS_TAKE_TURNS = "threads-take-turns"
    THREAD_ERRORS_LOST = "thread-errors-lost"
    POOL_FOR_ONE_CALL = "pool-for-one-call"
    CONNECTED_FOR_EACH_TASK = "connected-for-each-task"
    CHECKED_THEN_CHANGED = "checked-then-changed"
    EMPTY_THEN_WAITED = "empty-then-waited"
    SHARED_BY_TASKS = "shared-by-tasks"
    CUT_OFF_AT_EXIT = "cut-off-at-exit"
    TASK_KEPT_BY_NOBODY = "task-kept-by-nobody"
    SHARED_BY_LOOPS = "shared-by-loops"
    RETRIES_ASLEEP = "retries-asleep"
    COROUTINES_GIVEN_TO_WAIT = "coroutines-given-to-wait"
    TIMEOUT_UNDONE = "timeout-undone"
    LOCK_TAKEN_TWICE = "lock-taken-twice"
    NOT_GIVEN_BACK = "not-given-back"
    END_NOT_SIGNALLED = "end-not-signalled"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One place where a misuse was found: `name` is what it is about, `proof` the line that shows it, `because` why.

    `line` and `end_line` count from 1, `column` from 0; `function` is what a reader calls the place it stands in. `model`
    is what the pool of the place uses, where that is known and goes on being right. `aside` when it hardly
    matters: beside the program, in an example or a tool, or as nothing depends on what goes wrong.
    """

    path: str
    line: int
    column: int
    end_line: int
    rule: str
    function: str
    name: str
    proof: int
    because: str
    model: Model | None = None
    aside: bool = False
