"""Mending: misuses that a small change of the code cures, each by the writer that its rule's `fix` describes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from advisor.model.refactor import Order, Rewrite
from advisor.stages.generate.carry import Read
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.mending import (
    checking,
    closures,
    coroutines,
    endings,
    gathering,
    giving,
    handing,
    passing,
    pools,
    primitives,
    queues,
    results,
    threads,
)
from advisor.stages.generate.mending.mend import Mend
from advisor.stages.generate.source import Source

__all__ = ["MENDED", "ON_PURPOSE", "mend"]

MENDED: Mapping[str, Callable[[Mend], Rewrite]] = {
    "array-sent-with-every-task": handing.sent_once,
    "asyncio-run-in-a-coroutine": coroutines.awaited_instead,
    "called-instead-of-passed": passing.passed,
    "cancellation-swallowed": coroutines.cancellation_passed_on,
    "checked-then-changed-without-a-lock": checking.in_one_step,
    "client-shared-by-threads": threads.client_of_its_own,
    "coroutine-function-handed-over": passing.run_in_its_thread,
    "coroutine-never-awaited": coroutines.awaited,
    "coroutines-given-to-wait": giving.made_tasks,
    "daemon-cut-off-at-exit": endings.waited_for_at_the_end,
    "errors-of-tasks-never-read": threads.failures_reported,
    "fork-after-threads": pools.forked_first,
    "gather-failure-leaves-the-rest": gathering.rest_cancelled,
    "gather-without-a-bound": gathering.bounded,
    "gathered-errors-dropped": gathering.failures_printed,
    "joined-before-its-queue-is-read": queues.read_first,
    "lambda-sent-to-a-process": handing.lifted,
    "limit-around-the-gather": gathering.limited_each,
    "lock-held-across-await": primitives.lock_of_asyncio,
    "lock-kept-after-a-failure": giving.held_by_a_block,
    "loop-variable-read-late": closures.bound_now,
    "manager-in-a-loop": pools.manager_made_once,
    "model-asked-in-a-coroutine": coroutines.moved_to_a_thread,
    "more-processes-than-cores": pools.as_many_as_cores,
    "no-timeout-in-a-worker": threads.with_a_timeout,
    "object-sent-to-a-process": handing.made_there,
    "order-of-unordered-results": results.in_order,
    "pool-ended-before-its-tasks": results.waited_for_in_the_block,
    "pool-for-one-call": pools.none_of_its_own,
    "processes-start-at-import": pools.under_main_guard,
    "queue-empty-then-get": queues.taken_at_once,
    "retry-sleeps-below-a-coroutine": coroutines.moved_to_a_thread,
    "task-done-skipped": endings.done_in_any_case,
    "task-errors-never-read": results.tasks_gathered,
    "task-reference-dropped": coroutines.reference_kept,
    "thread-for-a-single-call": threads.plain_call,
    "thread-queue-in-a-coroutine": primitives.waited_for,
    "thread-wait-in-a-coroutine": primitives.waited_for,
    "tiny-tasks-one-by-one": pools.in_chunks,
    "update-without-a-lock": threads.under_a_lock,
}
"""By the rule that reports it: how a misuse is mended."""
ON_PURPOSE = frozenset(
    """called-instead-of-passed cancellation-swallowed coroutine-function-handed-over coroutine-never-awaited
    daemon-cut-off-at-exit errors-of-tasks-never-read gather-failure-leaves-the-rest gathered-errors-dropped
    no-timeout-in-a-worker pool-ended-before-its-tasks task-done-skipped task-errors-never-read
    thread-for-a-single-call""".split()
)
"""Those whose mending changes what the program does: somebody has to want each by itself."""


def mend(order: Order, source: Source, inquiry: Inquiry, read: Read) -> Rewrite:
    """The file with the misuse of the order mended; Refused where that would take a decision of a person."""
    assert order.fault is not None
    return MENDED[order.fault.rule](Mend(order, order.fault, source, inquiry, read))
