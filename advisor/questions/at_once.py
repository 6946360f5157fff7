"""At once: how many waits usually overlap, in the forecast as in the code that is written."""

from __future__ import annotations

from advisor.model.case import Case
from advisor.model.effect import Effect, Range
from advisor.model.site import DependenceKind

THREADS = Range(8, 16, 16)  # no more than the code that is written lets wait; the other side may allow fewer
COROUTINES = Range(8, 50, 50)
CONNECTIONS = Range(4, 8, 8)  # a database serves fewer at once: each has a connection of its own


def at_once(case: Case) -> tuple[Range, Range]:
    """How many waits threads and coroutines overlap: as many as the pool that is there has workers, else as is usual."""
    if case.workers is not None:
        return Range.exactly(case.workers), Range.exactly(case.workers)
    main = case.effects[0].effect if case.effects else None
    if main is Effect.DATABASE or case.dependence.kind is DependenceKind.EXIT:
        return CONNECTIONS, CONNECTIONS  # where the first hit ends it, what else was asked for is thrown away
    if any(each.effect is Effect.SUBPROCESS or "subprocess" in each.api for each in case.effects):
        return THREADS, THREADS  # nobody starts programs by the hundred, awaited or not
    return THREADS, COROUTINES
