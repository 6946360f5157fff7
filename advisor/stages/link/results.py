"""Results: what calls give, from the returns of the project's functions and from what the catalog tells."""

from __future__ import annotations

from collections.abc import Callable

from advisor.model import code, tree
from advisor.model.catalog import Answer, CallEntry, Elements
from advisor.model.effect import Effect
from advisor.model.program import NOTHING, Value, Values
from advisor.questions import bars, calls
from advisor.stages.link.ask import (
    MANY,
    Ask,
    awaitable,
    awaited,
    container,
    few,
    in_order,
    object_of,
    some_of,
    tells,
    union,
)
from advisor.stages.link.classes import decorated
from advisor.stages.link.elements import CONTEXT, contents, elements, entered
from advisor.stages.link.hints import owner_of
from advisor.stages.link.names import module

_CONTEXT_MANAGERS = frozenset(["contextmanager", "asynccontextmanager"])
_EMPTY = {
    "builtins.list": "builtins.list", "builtins.set": "builtins.set", "builtins.dict": "builtins.dict",
    "collections.deque": "collections.deque", "collections.defaultdict": "collections.defaultdict",
    "collections.OrderedDict": "collections.OrderedDict",
}  # fmt: skip


def result(ask: Ask, called: Value, function: str, call: code.Call) -> Values:
    """What calling `called` by `call`, written in `function`, gives."""
    match called.kind:
        case "many":
            return MANY
        case "class":
            return frozenset({Value("some" if called.args else "instance", called.name)})
        case "function":
            return _function_result(ask, called.name)
        case "external":
            return few(_external_result(ask, called, function, call))
        case "object":
            entry = ask.catalog.call(f"{called.name}.__call__")
            return _told(ask, f"{called.name}.__call__", *entry, call) if entry is not None else NOTHING
        case "instance" | "some":
            return union(_function_result(ask, method) for method in ask.methods(called, "__call__"))
        case "record":
            return frozenset({_named_row(ask, called.name, function, call)})
    return NOTHING


def _function_result(ask: Ask, name: str) -> Values:
    info = ask.index.functions[name]
    if info.is_generator:
        made = ask.yielded(name)
        if decorated(info, _CONTEXT_MANAGERS):
            return frozenset({container(CONTEXT, made)})
        return frozenset({container("generator", made)})
    found = ask.returned(name)
    return frozenset({awaitable(found)}) if info.is_async else found


def returned(ask: Ask, function: str) -> Values:
    """What `function` returns: by its return statements where they tell the class, else by annotation."""
    info = ask.index.functions[function]
    everything = union(ask.values(function, value) for value in ask.index.returned.get(function, ()))
    found = frozenset(v for v in everything if tells(ask, v))
    if info.returns is not None and not info.is_generator and not any(v.kind == "instance" for v in found):
        return few(ask.promised(function, info.returns) or found)
    return few(found)


def yielded(ask: Ask, function: str) -> Values:
    """What a generator function yields."""
    found: set[Value] = set()
    for each in ask.index.yields.get(function, ()):
        if each.value is not None:
            values = ask.values(function, each.value)
            found |= union(elements(ask, v) for v in in_order(values)) if each.delegates else values
    info = ask.index.functions[function]
    if not found and info.returns is not None:
        found |= union(elements(ask, v) for v in in_order(ask.promised(function, info.returns)))
    return few(frozenset(found))


# ---- callables from outside


def _external_result(ask: Ask, called: Value, function: str, call: code.Call) -> Values:
    name = ask.canonical(called.name)
    last = name.rpartition(".")[2]
    if called.args:
        held = _from_receiver(ask, called.args[0], last, function, call)
        if held is not None:
            return held
    special = _SPECIAL.get(name)
    if special is not None:
        return special(ask, function, call)
    entry = ask.catalog.call(name)
    told = NOTHING if entry is None else _told(ask, name, *entry, call)
    if entry is not None and entry[1].stores and entry[1].returns is not None:
        return _storing(ask, entry[1], told, function, call)
    if entry is not None and entry[1].answer is not None:
        return _from_callable(ask, entry[1], entry[1].answer, function, call) | told
    held = _held(ask, name, last, function, call)
    if held is not None:
        return held
    likely = bars.bar_named(ask.catalog, last) if entry is None else entry[1]
    if likely is not None and likely.elements is not None:
        passed = _passed_on(ask, likely, likely.elements, function, call)
        return told if passed is None else passed
    if entry is None and last[:1].isupper() and not last.isupper():
        return frozenset({object_of(name)})
    return told


def _word(argument: code.Expr) -> str:
    """The last name of a constant, or a text that is written out."""
    if isinstance(argument, code.Literal):
        return str(argument.value)
    return (tree.dotted(argument) or "").rpartition(".")[2]


def _told(ask: Ask, called: str, name: str, entry: CallEntry, call: code.Call) -> Values:
    """What the catalog's entry says that calling gives."""
    given = (*call.arguments, *(keyword.value for keyword in call.keywords))
    words = {_word(argument) for argument in given} if entry.returns_with else ()
    returns = next((entry.returns_with[word] for word in sorted(words) if word in entry.returns_with), entry.returns)
    if returns is None and called in ask.catalog.objects:
        returns = called
    found = frozenset({object_of(ask.catalog.canonical(returns))}) if returns else NOTHING
    if entry.yields is not None:
        found = frozenset({container(returns or "iterator", frozenset({object_of(entry.yields)}))})
    if entry.row:
        places = (object_of(ask.catalog.canonical(place)) for place in entry.row)
        found = frozenset({Value("row", "", tuple(some_of(frozenset({place})) for place in places))})
    is_class = name.rpartition(".")[2][:1].isupper()
    return frozenset({awaitable(found)}) if entry.effect is Effect.ASYNC and not is_class else found


def _from_receiver(ask: Ask, receiver: Value, last: str, function: str, call: code.Call) -> Values | None:
    """Results of methods that give what their receiver holds; None for any other."""
    inside = frozenset(receiver.args)
    match receiver.kind:
        case "container" if last in ("get", "pop", "popleft", "setdefault"):
            return inside | union(ask.values(function, default) for default in call.arguments[1:2])
        case "container" if last in ("values", "copy", "union"):
            return frozenset({receiver})
        case "container" if last in ("items", "popitem"):
            pair = Value("row", "", (some_of(NOTHING), some_of(inside)))
            return frozenset({pair if last == "popitem" else container("builtins.dict_items", frozenset({pair}))})
        case "future" | "awaitable" if last == "result":
            return inside
        case "object" if receiver.args and last in ("get", "get_nowait"):
            is_async = receiver.name.startswith("asyncio.") and last == "get"
            return frozenset({awaitable(inside)}) if is_async else inside
    return None


def _held(ask: Ask, name: str, last: str, function: str, call: code.Call) -> Values | None:
    """New containers with what they are given, and what an exit stack enters; None for any other call."""
    arguments = call.arguments
    if name in _EMPTY and not arguments:
        return frozenset({container(_EMPTY[name], union(ask.values(function, k.value) for k in call.keywords))})
    if not arguments:
        return None
    if name == "builtins.dict" or name in ("collections.defaultdict", "collections.OrderedDict"):
        return frozenset(
            {container(name, union(contents(ask, v) for v in in_order(ask.values(function, arguments[-1]))))}
        )
    if last in ("enter_context", "enter_async_context"):
        return union(entered(ask, v, function, arguments[0]) for v in in_order(ask.values(function, arguments[0])))
    return None


def _storing(ask: Ask, entry: CallEntry, made: Values, function: str, call: code.Call) -> Values:
    """Objects that hold the functions they are made with, to call them later: `delayed(f)`."""
    given = (calls.argument(call, place) for place in entry.stores)
    stored = union(ask.values(function, each) for each in given if each is not None)
    held = tuple(value for value in in_order(stored) if value.kind == "function")
    return frozenset(Value(v.kind, v.name, held) if v.kind == "object" else v for v in made)


def _passed_on(ask: Ask, entry: CallEntry, how: Elements, function: str, call: code.Call) -> Values | None:
    """Results of calls that pass on an argument or the elements of one; None where the catalog tells more."""
    walked = calls.walked(call, entry)
    if not walked:
        return None
    match how:
        case Elements.SAME if entry.returns is not None and entry.effect is not Effect.ASYNC:
            return None
        case Elements.SAME:
            return union(ask.values(function, each) for each in walked)
        case Elements.AWAITED:
            return union(awaited(v) for each in walked for v in in_order(ask.values(function, each)))
        case Elements.ONE if len(call.arguments) > 1 and entry.passes is not None:  # `max(a, b)`
            return union(ask.values(function, each) for each in call.arguments)
    inside = union(_elements_of(ask, function, each) for each in walked)
    if how is Elements.ONE:
        return inside
    if how is Elements.NESTED:
        inside = union(elements(ask, v) for v in inside)
    kind = entry.returns if entry.bar is not None and entry.returns is not None else "builtins.list"
    kind = "iterator" if entry.lazy else kind
    return frozenset({container(kind, inside)})


def _from_callable(ask: Ask, entry: CallEntry, how: Answer, function: str, call: code.Call) -> Values:
    """Results of calls that call what they are handed."""
    given = None if entry.callback is None else calls.argument(call, entry.callback)
    if given is None:
        return NOTHING
    handed = [v for v in in_order(ask.values(function, given)) if v.kind in ("function", "class")]
    made = union(result(ask, v, function, call) for v in handed)
    if not made or how is Answer.VALUE:
        return made
    if how is Answer.ELEMENTS:
        return frozenset({container("generator", made)})
    return frozenset({Value("future", "", some_of(made).args) if how is Answer.FUTURE else awaitable(made)})


def _elements_of(ask: Ask, function: str, expression: code.Expr) -> Values:
    return union(elements(ask, v) for v in in_order(ask.values(function, expression)))


# ---- callables that need a word of their own


def _super(ask: Ask, function: str, _call: code.Call) -> Values:
    owner = owner_of(ask, function)
    return frozenset({Value("super", owner)}) if owner else NOTHING


def _getattr(ask: Ask, function: str, call: code.Call) -> Values:
    match call.arguments:
        case (owner, code.Literal(kind="str", value=str(name)), *default):
            found = union(ask.attribute(v, name) for v in in_order(ask.values(function, owner)))
            return found | union(ask.values(function, each) for each in default)
    return NOTHING


def _type(ask: Ask, function: str, call: code.Call) -> Values:
    if len(call.arguments) != 1:
        return NOTHING
    return frozenset(
        Value("class", v.name, (v,) if v.kind == "some" else ())
        for v in in_order(ask.values(function, call.arguments[0]))
        if v.kind in ("instance", "some")
    )


def _enumerate(ask: Ask, function: str, call: code.Call) -> Values:
    inside = union(_elements_of(ask, function, argument) for argument in call.arguments[:1])
    number = frozenset({object_of("builtins.int")})
    row = Value("row", "", (some_of(number), some_of(inside)))
    return frozenset({container("generator", frozenset({row}))})


def _zip(ask: Ask, function: str, call: code.Call) -> Values:
    row = Value("row", "", tuple(some_of(_elements_of(ask, function, argument)) for argument in call.arguments))
    return frozenset({container("generator", frozenset({row}))})


def _partial(ask: Ask, function: str, call: code.Call) -> Values:
    if not call.arguments:
        return NOTHING
    more = tuple(some_of(ask.values(function, argument)) for argument in call.arguments[1:])
    return frozenset(
        Value("function", v.name, (*v.args, *more)) if v.kind == "function" else v
        for v in in_order(ask.values(function, call.arguments[0]))
    )


def _namedtuple(_ask: Ask, _function: str, call: code.Call) -> Values:
    match call.arguments:
        case (_, code.Literal(kind="str", value=str(names)), *_):
            return frozenset({Value("record", " ".join(names.replace(",", " ").split()))})
        case (_, code.Display(items=items), *_):
            first = [item.items[0] if isinstance(item, code.Display) and item.items else item for item in items]
            return frozenset({Value("record", " ".join(str(getattr(item, "value", "?")) for item in first))})
    return NOTHING


def _named_row(ask: Ask, fields: str, function: str, call: code.Call) -> Value:
    given = {keyword.name: keyword.value for keyword in call.keywords}
    given |= dict(zip(fields.split(), call.arguments, strict=False))
    places = [ask.values(function, given[name]) if name in given else NOTHING for name in fields.split()]
    return Value("row", fields, tuple(some_of(place) for place in places))


def _field(ask: Ask, function: str, call: code.Call) -> Values:
    """A field of a dataclass: its default, or what its factory gives."""
    found: Values = NOTHING
    for keyword in call.keywords:
        if keyword.name == "default":
            found |= ask.values(function, keyword.value)
        elif keyword.name in ("default_factory", "factory"):
            found |= union(result(ask, v, function, code.Call(-1, keyword.value, (), (), 0, 0, 0))
                           for v in in_order(ask.values(function, keyword.value)))  # fmt: skip
    return found


def _gather(ask: Ask, function: str, call: code.Call) -> Values:
    """`asyncio.gather`: a row of what awaiting each argument gives."""
    if any(isinstance(argument, code.Starred) for argument in call.arguments):
        inside = union(_elements_of(ask, function, a.value) for a in call.arguments if isinstance(a, code.Starred))
        return frozenset({awaitable(frozenset({container("builtins.list", union(awaited(v) for v in inside))}))})
    places = [union(awaited(v) for v in in_order(ask.values(function, argument))) for argument in call.arguments]
    return frozenset({awaitable(frozenset({Value("row", "", tuple(some_of(place) for place in places))}))})


def _import_module(ask: Ask, function: str, call: code.Call) -> Values:
    match call.arguments:
        case (code.Literal(kind="str", value=str(name)),) if not name.startswith("."):
            return module(ask, ask.index.functions[function].path, name)
    return NOTHING


_SPECIAL: dict[str, Callable[[Ask, str, code.Call], Values]] = {
    "builtins.super": _super,
    "builtins.getattr": _getattr,
    "builtins.type": _type,
    "builtins.enumerate": _enumerate,
    "builtins.zip": _zip,
    "itertools.zip_longest": _zip,
    "itertools.product": _zip,
    "functools.partial": _partial,
    "functools.partialmethod": _partial,
    "collections.namedtuple": _namedtuple,
    "dataclasses.field": _field,
    "attr.ib": _field,
    "attr.field": _field,
    "attrs.field": _field,
    "asyncio.gather": _gather,
    "importlib.import_module": _import_module,
    "builtins.__import__": _import_module,
}
