"""Given: coroutines handed to `asyncio.wait`, which takes tasks and futures alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.questions.calls import argument, last_name, receiver
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot

_WAIT = "asyncio.wait"
_REFUSED_SINCE = (3, 11)
_COLLECTS = frozenset({"append", "add"})
_PASSES_ON = frozenset({"list", "set", "tuple"})


def _given_to_wait(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`await asyncio.wait([read(a), read(b)])`"""
    for spot in sight.spots(info):
        if any(sight.catalog.canonical(name) == _WAIT for name in spot.names):
            given = argument(spot.call, 0)
            made = next(_coroutines(sight, spot, given), None) if given is not None else None
            if made is not None:
                since = "since Python 3.11 that raises TypeError"
                if sight.target.python < _REFUSED_SINCE:
                    since = "what it returns are tasks of its own, and since Python 3.11 it raises TypeError"
                yield at(spot.call, written(made), since, made.line)


def _coroutines(sight: Sight, spot: Spot, given: code.Expr) -> Iterator[code.Call]:
    """The calls that make the coroutines among what is given, as far as it is written in the function."""
    info = spot.function
    match given:
        case code.Display(items=items):
            elements = items
        case code.Comprehension(element=element):
            elements = (element,)
        case code.Call(function=code.Name(id=name), arguments=(inner,)) if name in _PASSES_ON:
            yield from _coroutines(sight, spot, inner)
            return
        case code.Name(id=name):
            for value in sight.program.objects.values_of(info.id, name) or ():
                if not isinstance(value, code.Name):
                    yield from _coroutines(sight, spot, value)
            elements = tuple(_put_into(info, given))
        case _:
            return
    for each in elements:
        if isinstance(each, code.Call) and _makes_a_coroutine(sight, info, each):
            yield each


def _put_into(info: FunctionInfo, held: code.Expr) -> Iterator[code.Expr]:
    for call in info.calls:
        if last_name(call) in _COLLECTS and receiver(call) == held and len(call.arguments) == 1:
            yield call.arguments[0]


def _makes_a_coroutine(sight: Sight, info: FunctionInfo, call: code.Call) -> bool:
    targets = [t for t in sight.program.targets(info.id, call) if not t.callback]
    called = [sight.program.functions[t.name] for t in targets if t.kind == "function"]
    sure = bool(called) and len(called) == len(targets) and not any(t.guessed or t.conditional for t in targets)
    return sure and all(f.is_async and not f.is_generator and not f.decorators for f in called)


GIVEN_FACTS: Mapping[str, Detector] = {Fact.COROUTINES_GIVEN_TO_WAIT: _given_to_wait}
