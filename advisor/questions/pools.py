"""Pools: what runs functions for others, and the calls that hand a function over to be called elsewhere or many times."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from advisor.model import code
from advisor.model.catalog import Answer, CallEntry, Catalog, Passes, Waiter
from advisor.model.effect import Effect
from advisor.model.program import FunctionInfo, Program, Target
from advisor.model.summary import Summaries
from advisor.questions.calls import argument, decorations, entries, is_unresolved, last_name, receiver
from advisor.questions.given import not_callable

_SIZES = ("max_workers", "processes", "nodes", "n_jobs")  # names of the argument that says how many workers

Where = Literal["here", "thread", "process", "loop"]

_MOST_CALLERS = 6
_WHERE: dict[str, Where] = {"thread": "thread", "process": "process"}


@dataclass(frozen=True, slots=True)
class HandOver:
    """A call hands `function` over, to be called `where` with what `passes` says. `by_pool` when it is a pool's method.

    `guessed` when the receiver is of unknown type and only the name of its method speaks.
    """

    function: code.Expr
    place: int | str
    where: Where
    passes: Passes
    answer: Answer | None
    by_pool: bool = False
    guessed: bool = False

    @property
    def maps(self) -> bool:
        """Is it called once for each element?"""
        return self.passes in (Passes.EACH, Passes.UNPACKED)

    @property
    def runs_elsewhere(self) -> bool:
        """Does it run in a thread or process, and not in the one that hands it over?"""
        return self.where in ("thread", "process")


def pool_type(catalog: Catalog, name: str) -> Waiter | None:
    """What the pools of class `name` run their work on; None where that is no pool."""
    return next((known.pool for known in catalog.lineage(name) if known.pool is not None), None)


def pool_of(program: Program, catalog: Catalog, function: str, expression: code.Expr) -> Waiter | None:
    """What `expression` runs its work on where it is a pool; None where it is not, or is not known to be."""
    values = sorted(program.values(function, expression))
    found = (pool_type(catalog, value.name) for value in values if value.kind == "object")
    return next((kind for kind in found if kind is not None), None)


def size(program: Program, function: str, made: code.Call) -> float | None:
    """How many workers the call `made` makes a pool with, where the source tells."""
    named = (argument(made, name) for name in _SIZES)
    given = next((each for each in named if each is not None), None) or argument(made, 0)
    return None if given is None else program.number(function, given)


def runs_in_pool(program: Program, function: str, depth: int = 3) -> bool:
    """Does a function run in a pool, thread or process: handed over, or called only on the way from what is? That an event loop
    calls it as well, elsewhere, takes nothing away from that."""
    if function in program.workers():
        return True
    if depth == 0 or program.functions[function].is_module:
        return False
    callers = {caller for caller, _ in program.callers(function)[:_MOST_CALLERS]} - {function}
    there = {caller for caller in callers if runs_in_pool(program, caller, depth - 1)}
    if program.functions[function].is_async:
        return bool(there) and there == callers
    return bool(there) and all(program.functions[caller].is_async for caller in callers - there)


def queued(program: Program, catalog: Catalog, summaries: Summaries) -> dict[str, FunctionInfo]:
    """The functions that a task queue runs, in processes which may start no others: each with the task that leads to it."""
    found: dict[str, FunctionInfo] = {}
    for info in program.functions.values():
        if any(entry.daemonic for entry in decorations(program, catalog, info, catalog.daemonic)):
            for function in (info.id, *sorted(summaries.reached(info.id, info.calls))):
                found.setdefault(function, info)
    return found


def daemonic(program: Program, catalog: Catalog, summaries: Summaries) -> dict[str, int]:
    """The functions that run in the processes of a pool which may start no others, each with the line that hands it over."""
    found: dict[str, int] = {}
    for name in sorted(catalog.daemonic):
        for function, call in program.objects.calls_named(name):
            handing = [entry for _, entry in entries(program, catalog, function, call) if entry.daemonic]
            given_over = next((h for entry in handing if (h := handed(call, entry)) is not None), None)
            for value in program.values(function, given_over.function) if given_over is not None else ():
                if value.kind == "function":
                    info = program.functions[value.name]
                    for each in (info.id, *sorted(summaries.reached(info.id, info.calls))):
                        found.setdefault(each, call.line)
    return found


def hand_over(program: Program, catalog: Catalog, function: str, call: code.Call) -> HandOver | None:
    """The function that `call`, written in `function`, hands over; None where it hands none, or none that is written out. What
    `submit(work(x))` hands over is no function: the work is done by then."""
    found = hand_over_as_written(program, catalog, function, call)
    if found is not None and isinstance(found.function, code.Call):
        return None if not_callable(program, catalog, function, found.function) else found
    return found


def hand_over_as_written(program: Program, catalog: Catalog, function: str, call: code.Call) -> HandOver | None:
    """The same of whatever stands in the function's place, such as a call that was meant to be made there."""
    known = entries(program, catalog, function, call)
    for name, entry in known:
        found = handed(call, entry) if entry.callback != "receiver" else _deferred(program, function, call, entry)
        if found is not None:
            return replace(found, by_pool=pool_type(catalog, name.rpartition(".")[0]) is not None)
    if known or receiver(call) is None or not is_unresolved(program, function, call):
        return None
    likely = catalog.handing.get(last_name(call))
    found = None if likely is None else handed(call, likely)
    return None if found is None else replace(found, guessed=True)


def passed(
    program: Program, catalog: Catalog, function: str, call: code.Call, target: Target, position: int
) -> tuple[code.Expr, bool] | None:
    """What the function `target`, which `call` hands over, gets for a parameter, and whether it is called with each element
    of that; None where it is not written out."""
    found = hand_over(program, catalog, function, call)
    if found is None:
        return None
    at = position - (1 if program.functions[target.name].owner is not None else 0)
    handed_over = found.function
    if isinstance(handed_over, code.Call):  # a partial, which fills in the first ones
        filled = handed_over.arguments[1:]
        if at < len(filled):
            return (filled[at], False) if at >= 0 else None
        at -= len(filled)
    behind = given(call, found)
    if found.passes is Passes.UNPACKED and behind:
        return behind[0], True
    if found.passes is Passes.PACKED and behind and isinstance(behind[0], code.Display):
        behind = behind[0].items
    if not 0 <= at < len(behind):
        return None
    return _without_repeat(program, function, behind[at], each=found.passes is Passes.EACH)


def _without_repeat(program: Program, function: str, given_for: code.Expr, *, each: bool) -> tuple[code.Expr, bool]:
    """`repeat(x)` gives `x` each time."""
    if isinstance(given_for, code.Call) and given_for.arguments:
        same = any(target.name == "itertools.repeat" for target in program.targets(function, given_for))
        return (given_for.arguments[0], False) if each and same else (given_for, each)
    return given_for, each


def starts_coroutines(program: Program, catalog: Catalog, function: str, call: code.Call) -> bool:
    """Does `call` run coroutines that it is handed beside what goes on: `gather(…)`, `group.create_task(…)`?"""
    known = entries(program, catalog, function, call)
    if known:
        return any(entry.coroutines for _, entry in known)
    return is_unresolved(program, function, call) and last_name(call) in catalog.starting


def starts_work(program: Program, catalog: Catalog, function: str, call: code.Call) -> bool:
    """Does `call` start something beside what goes on: a function in a thread or process, or coroutines?"""
    handed_over = hand_over(program, catalog, function, call)
    if handed_over is not None and handed_over.runs_elsewhere:
        return True
    return starts_coroutines(program, catalog, function, call)


def waits_for_result(program: Program, catalog: Catalog, function: str, call: code.Call) -> bool:
    """Does a call that hands work over return only when that is done, so that it raises what failed: `Pool.map`?"""
    return any(entry.effect is Effect.LOCK for _, entry in entries(program, catalog, function, call))


def handed(call: code.Call, entry: CallEntry) -> HandOver | None:
    """The function that a call hands over by the word of the catalog."""
    if entry.callback is None or entry.passes is None:
        return None
    function = argument(call, entry.callback)
    if function is None or isinstance(function, code.Starred):
        return None
    return HandOver(function, entry.callback, entry.callback_in, entry.passes, entry.answer)


def _deferred(program: Program, function: str, call: code.Call, entry: CallEntry) -> HandOver | None:
    """The function that was put away before (`delayed(f)(x)`), to be called with the arguments of `call`."""
    stored = (
        call.function.arguments[0]
        if isinstance(call.function, code.Call) and call.function.arguments
        else call.function
    )
    where = next((t.callback for t in program.targets(function, call) if t.callback in ("thread", "process")), None)
    if entry.passes is None:
        return None
    return HandOver(stored, -1, _WHERE.get(where or "", entry.callback_in), entry.passes, entry.answer)


def given(call: code.Call, found: HandOver) -> tuple[code.Expr, ...]:
    """The arguments behind the function: what it is called with, or whose elements it is called with."""
    if found.passes is Passes.PACKED:
        packed = argument(call, "args")
        if packed is None and isinstance(found.place, int):
            packed = argument(call, found.place + 1)
        return () if packed is None else (packed,)
    if found.passes is Passes.ELEMENT:
        return ()
    return call.arguments[found.place + 1 :] if isinstance(found.place, int) else ()
