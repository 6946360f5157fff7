"""Calls: where each call may lead, callbacks included."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.program import Target, Value
from advisor.stages.link.values import Resolver

# Methods that nearly every class has: their name alone says nothing about the receiver.
_COMMON = frozenset(
    [
        "get",
        "set",
        "add",
        "update",
        "append",
        "extend",
        "insert",
        "remove",
        "pop",
        "clear",
        "copy",
        "keys",
        "values",
        "items",
        "index",
        "count",
        "sort",
        "join",
        "split",
        "strip",
        "format",
        "encode",
        "decode",
        "read",
        "write",
        "close",
        "open",
        "flush",
        "seek",
        "run",
        "start",
        "stop",
        "send",
        "recv",
        "next",
        "put",
        "submit",
        "map",
        "result",
        "done",
        "cancel",
        "wait",
        "acquire",
        "release",
        "connect",
        "execute",
        "commit",
        "rollback",
        "fetch",
        "find",
        "search",
        "match",
        "group",
        "replace",
        "lower",
        "upper",
        "title",
        "startswith",
        "endswith",
        "load",
        "loads",
        "dump",
        "dumps",
        "save",
        "delete",
        "create",
        "filter",
        "all",
        "first",
        "last",
        "exists",
        "info",
        "debug",
        "warning",
        "error",
        "exception",
        "critical",
        "log",
        "print",
        "setdefault",
        "reset",
        "process",
        "parse",
        "render",
        "build",
        "validate",
        "check",
        "apply",
        "call",
        "emit",
        "name",
        "path",
        "size",
        "data",
        "text",
        "json",
        "content",
    ]
)


def targets(resolver: Resolver, function: str, call: code.Call) -> tuple[Target, ...]:
    """Where `call`, written in `function`, may lead; in the order of names, without repetition."""
    values = sorted(resolver.values(function, call.function), key=lambda v: (v.kind, v.name))
    found = [target for value in values for target in _called(resolver, value, several=len(values) > 1)]
    if not found:
        found.extend(_guessed(resolver, call))
    for target in tuple(found):
        if target.kind == "external":
            found.extend(_callbacks(resolver, function, call, target.name))
    return tuple(dict.fromkeys(found))


def _called(resolver: Resolver, value: Value, *, several: bool) -> Iterator[Target]:
    match value.kind:
        case "function":
            yield Target("function", value.name, conditional=several)
            yield from _wrappers(resolver, value.name)
        case "class":
            yield from _constructor(resolver, value.name, several)
        case "external":
            yield Target("external", resolver.catalog.canonical(value.name), conditional=several)
        case "object":
            yield Target("external", f"{value.name}.__call__", conditional=several)
        case "instance" | "some":
            for bound in sorted(resolver.attribute(value, "__call__"), key=lambda v: v.name):
                if bound.kind in ("function", "external"):
                    yield Target(bound.kind, bound.name, conditional=several)


def _wrappers(resolver: Resolver, function: str) -> Iterator[Target]:
    """What the project's own decorators put around `function`: their inner functions run as well."""
    info = resolver.index.functions[function]
    for decorator in info.decorators:
        made = decorator.function if isinstance(decorator, code.Call) else decorator
        for value in sorted(resolver.values(info.parent or function, made), key=lambda v: v.name):
            if value.kind != "function":
                continue
            for inner in sorted(resolver.index.functions):
                # `decorate.<locals>.wrapper`, and one level deeper where the decorator takes arguments
                if inner.startswith(f"{value.name}.<locals>.") and inner != function and "<lambda>" not in inner:
                    yield Target("function", inner)


def _constructor(resolver: Resolver, cls: str, several: bool) -> Iterator[Target]:
    lineage, outside = resolver.lineage(cls)
    for name in ("__init__", "__post_init__"):
        for each in lineage:
            method = resolver.index.classes[each].methods.get(name)
            if method is not None:
                yield Target("function", method, conditional=several)
                break
        else:
            if outside and name == "__init__":
                yield Target("external", resolver.catalog.canonical(outside[0]), conditional=several)


def _guessed(resolver: Resolver, call: code.Call) -> Iterator[Target]:
    """A method of an unknown receiver: the project's own method of that name, where there are few and the name is telling."""
    if (
        not isinstance(call.function, code.Attribute)
        or call.function.name in _COMMON
        or call.function.name.startswith("__")
    ):
        return
    if isinstance(call.function.value, code.Literal | code.Text):
        return
    named = resolver.index.methods_named.get(call.function.name, [])
    if 1 <= len(named) <= 3 and _arity_fits(resolver, named[0], call):
        for method in sorted(named):
            yield Target("function", method, guessed=True, conditional=len(named) > 1)


def _arity_fits(resolver: Resolver, method: str, call: code.Call) -> bool:
    parameters = resolver.index.functions[method].parameters
    most = sum(p.kind == "positional" for p in parameters)
    return any(p.kind == "*" for p in parameters) or len(call.arguments) <= most


def _callbacks(resolver: Resolver, function: str, call: code.Call, api: str) -> Iterator[Target]:
    """The project's functions that `api` is handed to call."""
    entry = resolver.catalog.call(api)
    if entry is None or entry[1].callback is None:
        return
    place = entry[1].callback
    argument: code.Expr | None = None
    if isinstance(place, int):
        argument = call.arguments[place] if place < len(call.arguments) else None
    else:
        argument = next((keyword.value for keyword in call.keywords if keyword.name == place), None)
    if argument is None or isinstance(argument, code.Starred):
        return
    for value in sorted(resolver.values(function, argument), key=lambda v: (v.kind, v.name)):
        if value.kind == "function":
            yield Target("function", value.name, callback=entry[1].callback_in)
        elif value.kind == "external":
            yield Target("external", resolver.catalog.canonical(value.name), callback=entry[1].callback_in)


_HANDS_OVER = [
    "submit",
    "map",
    "imap",
    "imap_unordered",
    "starmap",
    "starmap_async",
    "map_async",
    "apply_async",
    "apply",
    "Thread",
    "Process",
    "Timer",
    "run_in_executor",
    "to_thread",
    "run_sync",
    "run_in_threadpool",
    "start_new_thread",
    "delayed",
]


def workers(resolver: Resolver) -> frozenset[str]:
    """The project functions that are handed to pools, threads or processes anywhere in the program."""
    found: set[str] = set()
    for name in _HANDS_OVER:
        for function, call in resolver.index.calls.get(name, ()):
            found.update(
                t.name
                for t in targets(resolver, function, call)
                if t.kind == "function" and t.callback in ("thread", "process")
            )
    return frozenset(found)
