"""Handing over: what a function is given when it is an argument of `map`, `submit`, `Thread`, `partial` and their kin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.model import code
from advisor.model.catalog import CallEntry, Passes
from advisor.model.program import NOTHING, Values
from advisor.questions import calls
from advisor.stages.link.ask import PLACES, Ask, in_order, union
from advisor.stages.link.elements import elements, unpacked


@dataclass(frozen=True, slots=True)
class Given:
    """What a handed function is given for a parameter: an expression written in `caller`, or an element of it."""

    caller: str
    expression: code.Expr
    is_element: bool = False


def passed(ask: Ask, function: str, position: int) -> Values:
    """What those that `function` is handed to pass for its parameter at `position`."""
    name = ask.index.functions[function].parameters[position].name
    return union(_given(ask, *place, name) for place in _handed(ask, function, position))


def given(ask: Ask, function: str, position: int) -> Iterator[Given]:
    """The same as expressions, where they are written out."""
    for place in ask.index.handed.get(ask.index.functions[function].name.rpartition(".")[2], ())[:PLACES]:
        yield from given_by(ask, *place, function, position)


def given_by(ask: Ask, caller: str, call: code.Call, function: str, position: int) -> Iterator[Given]:
    """What one call that `function` is handed to passes for its parameter at `position`."""
    name = ask.index.functions[function].parameters[position].name
    for place, behind in _places(ask, caller, call, function, position):
        entry = _entry(ask, caller, call)
        if behind < 0 or entry is None:
            continue
        after = calls.argument(call, place + 1 + behind)
        match entry.passes:
            case Passes.REST:
                named = calls.argument(call, name)
                written = after if named is None else named
                yield from () if written is None else (Given(caller, written),)
            case Passes.EACH if after is not None:
                yield Given(caller, after, is_element=True)
            case Passes.PACKED:
                packed = calls.argument(call, "args") or calls.argument(call, place + 1)
                if isinstance(packed, code.Display) and behind < len(packed.items):
                    yield Given(caller, packed.items[behind])
            case Passes.ELEMENT if behind == 0:
                yield from (Given(caller, each, is_element=True) for each in calls.walked(call, entry))


def _handed(ask: Ask, function: str, position: int) -> Iterator[tuple[str, code.Call, int, int]]:
    """Where the function is an argument: by whom, of which call, at which place, and how many places behind the first of
    those that the call passes on the parameter comes."""
    last = ask.index.functions[function].name.rpartition(".")[2]
    for caller, call in ask.index.handed.get(last, ())[:PLACES]:
        for place, behind in _places(ask, caller, call, function, position):
            yield caller, call, place, behind


def _places(ask: Ask, caller: str, call: code.Call, function: str, position: int) -> Iterator[tuple[int, int]]:
    info = ask.index.functions[function]
    last = info.name.rpartition(".")[2]
    for place, argument in enumerate((*call.arguments, *(k.value for k in call.keywords))):
        if _last(argument) != last:
            continue
        for value in in_order(ask.values(caller, argument)):
            if value.kind == "function" and value.name == function:
                bound = 1 if info.owner is not None else 0
                yield place, position - bound - len(value.args)


def _last(argument: code.Expr) -> str:
    if isinstance(argument, code.Lambda):
        return "<lambda>"
    return argument.id if isinstance(argument, code.Name) else getattr(argument, "name", "")


def _given(ask: Ask, caller: str, call: code.Call, place: int, behind: int, name: str) -> Values:
    """What is passed `behind` places after the first for the parameter `name`, when the function stands at `place` of `call`."""
    entry = _entry(ask, caller, call)
    if behind < 0 or entry is None:
        return NOTHING
    match entry.passes:
        case Passes.REST:
            named = calls.argument(call, name)
            return ask.values(caller, named) if named is not None else _value(ask, caller, call, place + 1 + behind)
        case Passes.EACH:
            return union(elements(ask, v) for v in _value(ask, caller, call, place + 1 + behind))
        case Passes.UNPACKED:
            rows = union(elements(ask, v) for v in _value(ask, caller, call, place + 1))
            return union(unpacked(ask, row, behind) for row in rows)
        case Passes.PACKED:
            packed = calls.argument(call, "args")
            values = ask.values(caller, packed) if packed is not None else _value(ask, caller, call, place + 1)
            return union(unpacked(ask, v, behind) for v in in_order(values))
        case Passes.ELEMENT if behind == 0:
            return union(
                elements(ask, v) for each in calls.walked(call, entry) for v in in_order(ask.values(caller, each))
            )
    return NOTHING


def _entry(ask: Ask, caller: str, call: code.Call) -> CallEntry | None:
    """How the callable calls what it is handed; of one that is not known, how those of its name mostly do."""
    called = sorted(ask.values(caller, call.function))
    listed = [
        found[1] for value in called if value.kind == "external" and (found := ask.catalog.call(value.name)) is not None
    ]
    if listed or any(value.kind in ("function", "class") for value in called):
        return next((entry for entry in listed if entry.passes is not None), None)
    return ask.catalog.handing.get(calls.last_name(call))


def _value(ask: Ask, caller: str, call: code.Call, place: int) -> Values:
    given = calls.argument(call, place)
    return NOTHING if given is None else ask.values(caller, given)
