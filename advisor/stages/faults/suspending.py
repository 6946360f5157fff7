"""Suspending: whether a coroutine ever gives way, or runs through once it is its turn."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.program import FunctionInfo
from advisor.questions.calls import awaited, receiver
from advisor.stages.faults.sight import Sight

_PUTS = ("asyncio.Queue.put", "asyncio.LifoQueue.put", "asyncio.PriorityQueue.put")
_DEEP = 3  # coroutines that await coroutines


def may_suspend(sight: Sight, info: FunctionInfo, depth: int = _DEEP) -> bool:
    """May a coroutine wait for anything? One that cannot is over as soon as the loop comes to it, which holds it till then."""
    if info.decorators or info.is_generator or depth == 0:
        return True
    return any(_waits(sight, info, each, depth) for each in awaited(info))


def _waits(sight: Sight, info: FunctionInfo, given: code.Expr, depth: int) -> bool:
    targets = sight.program.targets(info.id, given) if isinstance(given, code.Call) else ()
    if not isinstance(given, code.Call) or not targets:
        return True
    if all(t.name in _PUTS for t in targets):
        made = list(_made(sight, info, receiver(given)))
        return not made or not all(_has_no_end(each) for each in made)
    if any(t.kind != "function" or t.guessed or t.callback for t in targets):
        return True
    inner = [sight.program.functions[t.name] for t in targets]
    return any(not each.is_async or may_suspend(sight, each, depth - 1) for each in inner)


def _made(sight: Sight, info: FunctionInfo, queue: code.Expr | None) -> Iterator[code.Expr]:
    """What a name or an attribute of the object itself is set to."""
    match queue:
        case code.Name(id=name):
            home = sight.program.objects.home(info.id, name)
            yield from (sight.program.objects.values_of(home, name) or ()) if home is not None else ()
        case code.Attribute(value=owner, name=name):
            for value in sight.program.values(info.id, owner):
                if value.kind in ("instance", "some"):
                    yield from (each for _, each in sight.program.classes[value.name].assigned.get(name, ()))


def _has_no_end(made: code.Expr) -> bool:
    """Is it a queue of any length, whose `put` never waits?"""
    return isinstance(made, code.Call) and not made.arguments and not made.keywords
