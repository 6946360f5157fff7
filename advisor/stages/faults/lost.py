"""Lost: coroutine functions handed to what calls ordinary functions, so that they are called, and never run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code
from advisor.model.catalog import Answer
from advisor.model.fault import Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.questions import pools
from advisor.questions.calls import argument, entries
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot

_ELSEWHERE = ("thread", "process")


def _handed_over(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A thread, process, timer, signal or callback that is given an `async def`, or a lambda which only makes a coroutine."""
    for spot in sight.spots(info):
        if _answer_may_be_awaited(sight, spot):
            continue
        given = [sight.program.functions[name] for name in sorted(_called_plainly(sight, spot))]
        if any(each.is_generator for each in given) and not _is_dropped(sight, spot):
            continue  # somebody may walk what comes back
        lost = [_coroutine(sight, each) for each in given]
        first = next(iter(lost), None)
        if first is not None and None not in lost:
            if sight.asks_what_is_a_coroutine(info):
                return  # which is asked of the whole program
            name, because = first
            yield at(spot.call, name, f"`{written(spot.call)}` calls it as an ordinary function, and {because}")


def _is_dropped(sight: Sight, spot: Spot) -> bool:
    """Does nobody get what the function gives?"""
    found = pools.hand_over(sight.program, sight.catalog, spot.function.id, spot.call)
    nothing = found is not None and found.answer is None
    return nothing or spot.fate in (Fate.DROPPED, Fate.AWAITED_AND_DROPPED)


def _answer_may_be_awaited(sight: Sight, spot: Spot) -> bool:
    """Does the coroutine come back, to somebody who may await it as he should?"""
    info = spot.function
    found = pools.hand_over(sight.program, sight.catalog, info.id, spot.call)
    if found is None or found.answer is None or found.where == "process":
        return False  # nothing comes back; and a coroutine cannot be pickled
    if spot.fate in (Fate.DROPPED, Fate.AWAITED_AND_DROPPED):
        return False
    if found.answer is Answer.AWAITABLE:
        name = _bound(spot)
        return name is None or not _is_only_looked_into(info, name)
    return info.is_async or any(map(sight.catalog.runs_loop, (n for s in sight.spots(info) for n in s.names)))


def _bound(spot: Spot) -> str | None:
    """The name that what is awaited is set to: `found = await …`."""
    match spot.statement:
        case code.Assign(targets=(code.Name(id=name),), value=code.Await(value=value)) if value is spot.call:
            return name
    return None


def _is_only_looked_into(info: FunctionInfo, name: str) -> bool:
    """Is it walked, or its parts read, wherever it is named, so that it is taken to be the answer itself?"""
    into = [e.value for e in info.expressions if isinstance(e, code.Attribute | code.Subscript)]
    into += [clause.iterable for e in info.expressions if isinstance(e, code.Comprehension)
             for clause in e.clauses if not clause.is_async]  # fmt: skip
    into += [s.iterable for s in info.statements if isinstance(s, code.For) and not s.is_async]
    read = [e for e in info.expressions if isinstance(e, code.Name) and e.id == name]
    return len(read) - 1 == sum(isinstance(e, code.Name) and e.id == name for e in into) > 0


def _called_plainly(sight: Sight, spot: Spot) -> set[str]:
    """The functions of the project that the call hands to what will call them and not await the answer."""
    function = spot.function.id
    targets = [t for t in sight.program.targets(function, spot.call) if t.callback in _ELSEWHERE and not t.guessed]
    found = {target.name for target in targets if target.kind == "function"}
    if len(found) < len(targets):
        return set()  # one of them may be something else
    for _, entry in entries(sight.program, sight.catalog, function, spot.call):
        handed = argument(spot.call, entry.plain) if entry.plain is not None else None
        values = sight.program.values(function, handed) if handed is not None else ()
        if all(value.kind == "function" for value in values):
            found.update(value.name for value in values)
    return found


def _coroutine(sight: Sight, info: FunctionInfo) -> tuple[str, str] | None:
    """What of a function that is called plainly is a coroutine which nobody awaits, and why; None where it runs as it should."""
    if _is_coroutine(info):
        return info.name, f"`{info.name}` is an `async def` (line {info.line}), so that only makes a coroutine"
    if info.is_generator and not info.decorators:
        return info.name, f"`{info.name}` yields (line {info.line}), so that only makes a generator"
    made = _answer(info) if info.name.endswith("<lambda>") else None
    if not isinstance(made, code.Call):
        return None
    targets = [target for target in sight.program.targets(info.id, made) if not target.callback]
    called = [sight.program.functions[target.name] for target in targets if target.kind == "function"]
    if (
        called
        and len(called) == len(targets)
        and not any(t.guessed for t in targets)
        and all(map(_is_coroutine, called))
    ):
        return called[0].name, f"the lambda hands back the coroutine of `{called[0].name}`, which nobody awaits"
    return None


def _is_coroutine(info: FunctionInfo) -> bool:
    return info.is_async and not info.is_generator and not info.decorators


def _answer(info: FunctionInfo) -> code.Expr | None:
    """What a lambda gives."""
    match info.body:
        case (code.Return(value=value),):
            return value
    return None


LOST_FACTS: Mapping[str, Detector] = {
    Fact.COROUTINE_HANDED_OVER: _handed_over,
}
