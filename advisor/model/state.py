"""State: what an iteration may share with others, inside the program and outside it, and how it is used."""

from __future__ import annotations

from enum import StrEnum


class Access(StrEnum):
    """How a call uses a thing outside the program, or state that belongs to the process, a thread or a context."""

    READ = "read"
    WRITE = "write"  # gives it another value: of two, the last one stays
    CREATE = "create"  # makes a new one: two creations make two
    DELETE = "delete"
    APPEND = "append"  # adds to what is there: the order stays visible
    EXCLUSIVE = "exclusive"  # uses it and changes it, so that each use depends on those before


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
    EXIT = "exit"  # ends the process
    PROCESS_ID = "process-id"
    DECIMAL_CONTEXT = "decimal-context"
    CONTEXT_VARIABLE = "context-variable"
    CURRENT_TASK = "current-task"
    CURRENT_THREAD = "current-thread"
    EVENT_LOOP = "event-loop"  # the one that belongs to the thread
    THREAD_LOCAL = "thread-local"

    @property
    def scope(self) -> Scope:
        if self in (Ambient.DECIMAL_CONTEXT, Ambient.CONTEXT_VARIABLE):
            return Scope.CONTEXT
        if self in (Ambient.CURRENT_TASK, Ambient.CURRENT_THREAD, Ambient.EVENT_LOOP, Ambient.THREAD_LOCAL):
            return Scope.THREAD
        return Scope.PROCESS
