"""Lifted: clients that would let only so many calls through at a time, and were made to let all of them through."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import FunctionInfo
from advisor.questions.calls import argument, entries
from advisor.questions.tests import is_test
from advisor.stages.faults.sight import Sight

_DEEP = 3  # `AsyncClient(transport=AsyncHTTPTransport(limits=Limits(…)))`
_LEFT_OUT = "left-out"


def is_lifted(sight: Sight, around: tuple[FunctionInfo, ...], client: str) -> bool:
    """Was the client of this class made without a bound: the one that the functions around make, or each of the program?"""
    made = [(spot.function.id, spot.call) for info in around for spot in sight.spots(info) if client in spot.names]
    everywhere = sight.program.objects.calls_named(client.rpartition(".")[2])
    makers = made or [
        (function, call)
        for function, call in everywhere
        if not is_test(sight.program.functions[function].path)
        if any(t.name == client for t in sight.program.targets(function, call))
    ]
    return bool(makers) and all(any(_lifting(sight, function, call, _DEEP)) for function, call in makers)


def names_that_lift(sight: Sight, info: FunctionInfo) -> frozenset[str]:
    """The names in a function that sound like a bound and are of what lifts it: `limit` in `TCPConnector(limit=0)`."""
    lifting = [call for call in info.calls if _lifts(sight, info.id, call)]
    if not lifting:
        return frozenset()
    found = {keyword.name for call in lifting for keyword in call.keywords}
    found |= {tree.callee(call).rpartition(".")[2] for call in lifting}
    held = {
        target.id
        for s in info.statements
        if isinstance(s, code.Assign) and s.value in lifting
        for target in s.targets
        if isinstance(target, code.Name)
    }
    for keyword in (keyword for call in info.calls for keyword in call.keywords):
        if keyword.value in lifting or (isinstance(keyword.value, code.Name) and keyword.value.id in held):
            found.add(keyword.name)
    return frozenset(name for name in (*found, *held) if name is not None)


def _lifting(sight: Sight, function: str, call: code.Call, depth: int) -> Iterator[bool]:
    """Of each thing that is given to a call, and of what that is made with: does it lift the bound?"""
    for given in (*call.arguments, *(keyword.value for keyword in call.keywords)):
        values = sight.program.objects.values_of(function, given.id) if isinstance(given, code.Name) else (given,)
        made = [value for value in values or () if isinstance(value, code.Call)]
        if made and len(made) == len(values or ()):
            yield all(
                _lifts(sight, function, each) or (depth > 0 and any(_lifting(sight, function, each, depth - 1)))
                for each in made
            )


def _lifts(sight: Sight, function: str, call: code.Call) -> bool:
    known = [entry for _, entry in entries(sight.program, sight.catalog, function, call) if entry.unbounded]
    if not known or any(keyword.name is None for keyword in call.keywords):
        return False
    return all(_is_among(argument(call, name), values) for entry in known for name, values in entry.unbounded.items())


def _is_among(given: code.Expr | None, values: tuple[int | str | None, ...]) -> bool:
    if given is None:
        return _LEFT_OUT in values
    return isinstance(given, code.Literal) and given.kind in ("int", "none") and given.value in values
