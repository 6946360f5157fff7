"""Handing over: what a function is given when it is an argument of `map`, `submit`, `Thread`, `partial` and their kin."""

from __future__ import annotations

from advisor.model import code
from advisor.model.program import NOTHING, Values
from advisor.stages.link.ask import PLACES, Ask, union
from advisor.stages.link.elements import elements, unpacked

_ELEMENTS = frozenset(  # called with an element of each argument behind it
    "map imap imap_unordered map_async filter thread_map process_map takewhile dropwhile filterfalse".split()
)
_UNPACKED = frozenset("starmap starmap_async".split())
_REST = frozenset(  # called with the arguments behind it
    """
    submit to_thread run_sync run_in_threadpool run_in_executor partial call_soon call_soon_threadsafe call_later
    call_at start_soon spawn defer
    """.split()
)
_PACKED = frozenset("Thread Process Timer apply apply_async start_new_thread".split())  # with those in a tuple
_KEYS = frozenset("sorted sort min max groupby nlargest nsmallest".split())  # with each element, as `key`
HANDS_OVER = _ELEMENTS | _UNPACKED | _REST | _PACKED | _KEYS


def passed(ask: Ask, function: str, position: int) -> Values:
    """What those that `function` is handed to pass for its parameter at `position`."""
    info = ask.index.functions[function]
    last = info.name.rpartition(".")[2]
    found: list[Values] = []
    for caller, call in ask.index.handed.get(last, ())[:PLACES]:
        for place, argument in enumerate((*call.arguments, *(k.value for k in call.keywords))):
            if _last(argument) != last:
                continue
            for value in ask.values(caller, argument):
                if value.kind == "function" and value.name == function:
                    bound = 1 if info.owner is not None else 0
                    behind = position - bound - len(value.args)
                    found.append(_given(ask, caller, call, place, behind, info.parameters[position].name))
    return union(found)


def _last(argument: code.Expr) -> str:
    if isinstance(argument, code.Lambda):
        return "<lambda>"
    return argument.id if isinstance(argument, code.Name) else getattr(argument, "name", "")


def _given(ask: Ask, caller: str, call: code.Call, place: int, behind: int, name: str) -> Values:
    """What is passed `behind` places after the first, when the function stands at `place` of `call`."""
    api = call.function.name if isinstance(call.function, code.Attribute) else getattr(call.function, "id", "")
    if behind < 0:
        return NOTHING
    arguments = call.arguments
    if api in _REST:
        for keyword in call.keywords:
            if keyword.name == name:
                return ask.values(caller, keyword.value)
        return _value(ask, caller, arguments, place + 1 + behind)
    if api in _ELEMENTS:
        return union(elements(ask, v) for v in _value(ask, caller, arguments, place + 1 + behind))
    if api in _UNPACKED:
        rows = union(elements(ask, v) for v in _value(ask, caller, arguments, place + 1))
        return union(unpacked(ask, row, behind) for row in rows)
    if api in _KEYS and behind == 0:
        receiver = call.function.value if isinstance(call.function, code.Attribute) else None
        source = receiver if api == "sort" else next(iter(arguments), None)
        return NOTHING if source is None else union(elements(ask, v) for v in ask.values(caller, source))
    if api in _PACKED:
        packed = next((k.value for k in call.keywords if k.name == "args"), None)
        if packed is None and place + 1 < len(arguments):
            packed = arguments[place + 1]
        return NOTHING if packed is None else union(unpacked(ask, v, behind) for v in ask.values(caller, packed))
    return NOTHING


def _value(ask: Ask, caller: str, arguments: tuple[code.Expr, ...], place: int) -> Values:
    if place >= len(arguments) or any(isinstance(a, code.Starred) for a in arguments[: place + 1]):
        return NOTHING
    return ask.values(caller, arguments[place])
