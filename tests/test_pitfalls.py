"""The pitfalls that people ask about most: each has a rule that speaks of it, or a reason why none does."""

from __future__ import annotations

import pytest

from tests.knowing import own_rules

PITFALLS: dict[str, tuple[str, ...]] = {
    "a blocking call in `async def`, direct or through helpers": (
        "blocking-wait-in-a-coroutine", "blocking-wait-without-an-async-form", "time-sleep-in-async-def",
    ),
    "`submit(f).result()` in the loop": ("submit-result-in-one-step",),
    "await in a loop over independent items": ("awaits-in-a-loop", "task-awaited-at-once"),
    "gather or create_task without a bound": ("gather-without-a-bound",),
    "threads for pure Python computing": ("threads-on-computing", "deferred-threads-on-computing"),
    "processes for tiny tasks": ("tiny-tasks-one-by-one", "pool-for-trifles", "pool-for-nothing"),
    "large arrays or frames pickled for each task": ("array-sent-with-every-task", "too-much-to-copy"),
    "lambda, closure, local class or bound method sent to a process": (
        "lambda-sent-to-a-process", "process-target-not-picklable",
    ),
    "arguments that cannot be pickled": ("object-sent-to-a-process",),
    "no main guard where processes start afresh": ("processes-start-at-import", "main-guard-needed"),
    "globals set in the parent, read in a worker": ("global-not-set-in-a-worker",),
    "fork with threads alive": ("fork-after-threads",),
    "a client made before the fork": ("object-sent-to-a-process",),
    "a client shared by threads that is not safe": ("client-shared-by-threads", "one-client-per-thread"),
    "an SQLite connection or cursor across threads": ("client-shared-by-threads", "database-calls-over-one-connection"),
    "a pool made in a loop or for each request": ("pool-created-in-a-loop", "one-thread-pool-for-all-iterations"),
    "a pool in a pool, and native code that takes all cores": (
        "cores-taken-twice", "limit-inner-threads", "process-started-in-a-daemon",
    ),
    "futures never read, exceptions swallowed": ("errors-of-tasks-never-read", "gathered-errors-dropped"),
    "no timeout on what a worker waits for": ("no-timeout-in-a-worker",),
    "a gather whose failure leaves the rest running": ("gather-failure-leaves-the-rest",),
    "a cancellation that is swallowed": ("cancellation-swallowed",),
    "a coroutine that is not awaited, a task that nobody keeps": ("coroutine-never-awaited", "task-reference-dropped"),
    "a thread's lock or queue held across `await`": ("lock-held-across-await", "thread-queue-in-a-coroutine"),
    "asyncio.run inside a running loop": ("asyncio-run-in-a-coroutine",),
    "shared lists and counters updated in workers": ("update-without-a-lock", "written-in-a-process-and-lost"),
    "order that is not that of the inputs": ("order-of-unordered-results",),
    "a queue's worker that dies": ("task-done-skipped", "joined-before-its-queue-is-read"),
}  # fmt: skip
"""What goes wrong, in the words of those who ask, and the rules that tell."""

LEFT_OUT: dict[str, str] = {
    "`executor.map` over an endless generator": "how long a generator is that was not read is not known, and `buffersize` "
    "of Python 3.14 is a matter of memory, not of what the program does",
    "logging handlers that are set up under the main guard alone": "the lines are lost, nothing else is; the rewrite says so "
    "where it makes processes of work that logs",
}


@pytest.mark.parametrize("pitfall", PITFALLS)
def test_each_pitfall_has_rules_that_stand(pitfall: str) -> None:
    knowledge = own_rules()
    known = {rule.id for rule in knowledge.sites} | {rule.id for rule in knowledge.rules}
    assert set(PITFALLS[pitfall]) <= known


def test_what_has_no_rule_has_a_reason() -> None:
    assert all(LEFT_OUT.values())
    assert not LEFT_OUT.keys() & PITFALLS.keys()
