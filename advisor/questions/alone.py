"""Alone: whether a coroutine has its event loop to itself, so that nobody waits while it blocks."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.catalog import Catalog
from advisor.model.effect import Effect
from advisor.model.program import FunctionInfo, Program
from advisor.questions.calls import awaited, is_unresolved


def is_alone(program: Program, catalog: Catalog, coroutine: str) -> bool:
    """Is it known that nothing else runs on the loop while `coroutine` does: it is only run by what starts a loop for it,
    and whatever runs on that loop is awaited where it is called?"""
    first = _started(program, catalog, coroutine, set())
    return first is not None and not any(_starts_more(program, catalog, info) for info in _reached(program, first))


def is_first(program: Program, catalog: Catalog, coroutine: str, line: int) -> bool:
    """Is it known that nothing else has been started on the loop when `line` of `coroutine` runs? All that leads there from
    what starts the loop is awaited, and what comes before the line starts nothing that goes on."""
    if _started(program, catalog, coroutine, set()) is None:  # as of most coroutines, and soon told
        return False
    return _is_first(program, catalog, coroutine, line, frozenset())


def _is_first(program: Program, catalog: Catalog, coroutine: str, line: int, seen: frozenset[str]) -> bool:
    info = program.functions[coroutine]
    callers = (*program.callers(coroutine), *_runs(program, catalog, coroutine))
    if coroutine in seen or not callers or not _nothing_runs(program, catalog, info, line):
        return False
    return all(
        _runs_loop_with(program, catalog, caller, call)
        or (
            program.functions[caller].is_async
            and any(call is each for each in awaited(program.functions[caller]))
            and _is_first(program, catalog, caller, call.line, seen | {coroutine})
        )
        for caller, call in callers
    )


def _nothing_runs(program: Program, catalog: Catalog, info: FunctionInfo, line: int) -> bool:
    """Does what a function does before `line` start nothing on the loop, in the iterations before as well?"""
    loops = (each for each in info.statements if isinstance(each, code.For | code.While))
    repeated = [(each.line, each.end_line) for each in loops if each.line <= line <= each.end_line]
    last = max((end for _, end in repeated), default=line - 1)
    given_way = {id(each) for each in awaited(info)}
    earlier = [call for call in info.calls if call.line <= last and call.line != line]
    called = {t.name for call in earlier for t in program.targets(info.id, call) if t.kind == "function"}
    return not any(_goes_on(program, catalog, info, call, given_way) for call in earlier) and not any(
        _starts_more(program, catalog, other) for other in _reached(program, called)
    )


def _started(program: Program, catalog: Catalog, coroutine: str, seen: set[str]) -> set[str] | None:
    """The coroutines that loops are started for and that lead to `coroutine`; None where something else may run it."""
    seen.add(coroutine)
    found: set[str] = set()
    callers = (*program.callers(coroutine), *_runs(program, catalog, coroutine))
    for caller, call in callers:
        if _runs_loop_with(program, catalog, caller, call):
            found.add(coroutine)
        elif not program.functions[caller].is_async:
            return None
        elif caller not in seen:
            above = _started(program, catalog, caller, seen)
            if above is None:
                return None
            found |= above
    return found if callers else None


def _runs(program: Program, catalog: Catalog, coroutine: str) -> Iterator[tuple[str, code.Call]]:
    """The calls that run a loop with the function itself, as `anyio.run(work)`."""
    for last in sorted(catalog.running_loops):
        for caller, call in program.objects.calls_named(last):
            if any(t.kind == "function" and t.name == coroutine and t.callback for t in program.targets(caller, call)):
                yield caller, call


def _runs_loop_with(program: Program, catalog: Catalog, caller: str, call: code.Call) -> bool:
    """Is it `asyncio.run(call)`, or `call` itself that runs a loop?"""
    around = (c for c in program.functions[caller].calls if c is call or any(a is call for a in c.arguments))
    return any(catalog.runs_loop(t.name) for c in around for t in program.targets(caller, c) if t.kind == "external")


def _reached(program: Program, first: set[str]) -> Iterator[FunctionInfo]:
    """The functions that run once those of `first` do."""
    seen, waiting = set(first), sorted(first)
    while waiting:
        info = program.functions[waiting.pop()]
        yield info
        targets = (t for call in info.calls for t in program.targets(info.id, call) if t.kind == "function")
        new = {target.name for target in targets} - seen
        seen |= new
        waiting += sorted(new)


def _starts_more(program: Program, catalog: Catalog, info: FunctionInfo) -> bool:
    """May a function have the loop run anything beside itself?"""
    given_way = {id(each) for each in awaited(info)}
    return any(_goes_on(program, catalog, info, call, given_way) for call in info.calls)


def _goes_on(program: Program, catalog: Catalog, info: FunctionInfo, call: code.Call, given_way: set[int]) -> bool:
    targets = program.targets(info.id, call)
    entries = (catalog.call(target.name) for target in targets if target.kind == "external")
    if any(entry is not None and entry[1].goes_on for entry in entries):
        return True
    if id(call) in given_way:  # what it awaits there goes on only if nothing is known of it
        known = (t.kind == "function" or catalog.call(t.name) is not None for t in targets)
        return is_unresolved(program, info.id, call) or not all(known)
    return any(
        target.callback == "loop"
        or catalog.is_on_loop(target.name)
        or _is_coroutine(program, catalog, target.kind, target.name)
        for target in targets
    )


def _is_coroutine(program: Program, catalog: Catalog, kind: str, name: str) -> bool:
    if kind == "function":
        return program.functions[name].is_async
    known = catalog.call(name)
    return known is not None and known[1].effect is Effect.ASYNC
