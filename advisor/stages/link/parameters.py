"""Parameters: what callers pass, and who the callers are."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.program import NOTHING, FunctionInfo, Value, Values
from advisor.model.tree import by_name
from advisor.stages.link.ask import PLACES, Ask, container, few, in_order, tells, union
from advisor.stages.link.classes import decorated
from advisor.stages.link.decorators import registered
from advisor.stages.link.elements import unpacked
from advisor.stages.link.handing import passed
from advisor.stages.link.index import CallPlace

_STATIC = frozenset(["staticmethod"])
_FIRST_IS_CLASS = frozenset(["classmethod"])
MADE_WITH_CLASS = ("__new__", "__init_subclass__", "__class_getitem__")
_MADE_BY_CALLING_CLASS = ("__init__", "__new__", "__post_init__")
_MOST_PLACES = 200  # calls of one name that are looked at


def parameter(ask: Ask, function: str, position: int) -> Values:
    """What a parameter may be: `self`, else its annotation, else its default and what callers pass."""
    info = ask.index.functions[function]
    taken = info.parameters[position]
    if info.owner is not None and position == 0 and not decorated(info, _STATIC):
        some = Value("some", info.owner)
        if decorated(info, _FIRST_IS_CLASS) or info.name.endswith(MADE_WITH_CLASS):
            return frozenset({Value("class", info.owner, (some,))})
        return frozenset({some})
    if taken.annotation is not None:
        promised = ask.promised(function, taken.annotation)
        if taken.kind == "*":
            return frozenset({container("builtins.tuple", promised)})
        if taken.kind == "**":
            return frozenset({container("builtins.dict", promised)})
        if promised:
            return promised
    if taken.kind == "*":
        given = [_spread_over(ask, function, position, *place) for place in ask.callers(function)[:PLACES]]
        inside = few(frozenset(v for v in union(given) if tells(ask, v)))
        return frozenset({container("builtins.tuple", inside)}) if inside else NOTHING
    if taken.kind == "**":
        return NOTHING
    found = NOTHING if taken.default is None else ask.values(info.parent or function, taken.default)
    given = [_given(ask, function, position, *place) for place in ask.callers(function)[:PLACES]]
    everything = union([found, *given, passed(ask, function, position), registered(ask, function, position)])
    return few(frozenset(v for v in everything if tells(ask, v)))


def _given(ask: Ask, function: str, position: int, caller: str, call: code.Call) -> Values:
    """What `call`, written in `caller`, passes: an argument of its own, or a place of what it unpacks."""
    written = argument(ask, function, call, position)
    if written is not None:
        return ask.values(caller, written)
    place = _place(ask, function, call, position)
    first = next((at for at, each in enumerate(call.arguments) if isinstance(each, code.Starred)), None)
    if first is None or place < first or ask.index.functions[function].parameters[position].kind != "positional":
        return NOTHING
    rest = call.arguments[first]
    assert isinstance(rest, code.Starred)
    return union(unpacked(ask, v, place - first) for v in in_order(ask.values(caller, rest.value)))


def _spread_over(ask: Ask, function: str, position: int, caller: str, call: code.Call) -> Values:
    """What `call` passes for `*rest`: all from its place on; nothing that is known where it unpacks something."""
    place = _place(ask, function, call, position)
    if place < 0 or any(isinstance(each, code.Starred) for each in call.arguments):
        return NOTHING
    return union(ask.values(caller, each) for each in call.arguments[place:])


def argument(ask: Ask, function: str, call: code.Call, position: int) -> code.Expr | None:
    """The expression that `call` passes for a parameter of `function`, where that can be seen."""
    info = ask.index.functions[function]
    if position >= len(info.parameters):  # asked of a function that overrides the one which has it
        return None
    taken = info.parameters[position]
    for keyword in call.keywords:
        if keyword.name == taken.name:
            return keyword.value
    if taken.kind != "positional":
        return None
    place = _place(ask, function, call, position)
    if call.arguments and isinstance(call.arguments[-1], code.Starred) and place >= len(call.arguments) - 1:
        return _spread(call, place)
    if not 0 <= place < len(call.arguments):
        return None
    if any(isinstance(each, code.Starred) for each in call.arguments[: place + 1]):
        return None
    return call.arguments[place]


def _spread(call: code.Call, place: int) -> code.Expr | None:
    """The element of `*given`, the last argument, that comes to stand at `place`."""
    *before, last = call.arguments
    if not isinstance(last, code.Starred) or any(isinstance(each, code.Starred) for each in before):
        return None
    return code.Subscript(last.value, code.Literal("int", place - len(before)))


def _place(ask: Ask, function: str, call: code.Call, position: int) -> int:
    """At which place of its arguments a call passes a parameter; negative where it is passed before."""
    info = ask.index.functions[function]
    place = position - ask.filled.get((id(call), function), 0)
    own = info.owner is not None and not decorated(info, _STATIC) and not _receiver_is_written(ask, info, call)
    return place - own


def _receiver_is_written(ask: Ask, info: FunctionInfo, call: code.Call) -> bool:
    """`Class.method(instance, …)`: the receiver is the first argument."""
    target = by_name(call.function)
    if info.owner is None or not isinstance(target, code.Attribute) or decorated(info, _FIRST_IS_CLASS):
        return False
    named = target.value.id if isinstance(target.value, code.Name) else getattr(target.value, "name", "")
    return bool(named == ask.index.classes[info.owner].name.rpartition(".")[2])


def callers(ask: Ask, function: str) -> tuple[CallPlace, ...]:
    """The calls that may lead to `function`, found by its names and then checked."""
    info = ask.index.functions[function]
    last = info.name.rpartition(".")[2]
    names = [last]
    if info.owner is not None and last in _MADE_BY_CALLING_CLASS:
        made = (info.owner, *ask.subclasses(info.owner))
        names += [ask.index.classes[cls].name.rpartition(".")[2] for cls in made]
        names.append("cls")
    names += [other for name in tuple(names) for other in ask.index.renamed.get(name, ())]
    return tuple(place for name in dict.fromkeys(names) for place in ask.called(name).get(function, ()))


def called(ask: Ask, name: str) -> dict[str, tuple[CallPlace, ...]]:
    """For the callables that calls of the last name `name` may lead to: those calls."""
    found: dict[str, list[CallPlace]] = {}
    for place in ask.index.calls.get(name, ())[:_MOST_PLACES]:
        for callee in dict.fromkeys(_callees(ask, *place)):
            found.setdefault(callee, []).append(place)
    return {callee: tuple(places) for callee, places in found.items()}


def _callees(ask: Ask, function: str, call: code.Call) -> Iterator[str]:
    for value in in_order(ask.values(function, call.function)):
        if value.kind == "function":
            if value.args:
                ask.filled[id(call), value.name] = len(value.args)
            yield value.name
        elif value.kind == "class":
            for name in _MADE_BY_CALLING_CLASS:
                yield from ask.methods(Value("instance", value.name), name)
        elif value.kind in ("instance", "some"):
            yield from ask.methods(value, "__call__")
