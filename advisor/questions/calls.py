"""Calls: which ones an iteration of a site makes, and what the catalog says of the one that is asked about."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.catalog import CallEntry, Catalog
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Site
from advisor.model.state import Access, How
from advisor.model.words import is_named

_TIMED = frozenset("join wait result exception poll".split())  # whose first argument says how long


def inside(site: Site) -> Iterator[code.Expr]:
    """Every expression that an iteration of the site evaluates."""
    yield from tree.expressions(site.body)
    for part in site.parts:
        yield from tree.every(part)


def calls_of(site: Site) -> tuple[code.Call, ...]:
    """The calls that an iteration of the site makes."""
    return site.calls


def last_name(call: code.Call) -> str:
    """The last part of the name by which something is called; empty where it has none."""
    match call.function:
        case code.Name(id=name) | code.Attribute(name=name):
            return name
    return ""


def looks_only(call: code.Call) -> bool:
    """Is a call that waits for others told not to: `acquire(blocking=False)`, `get(timeout=0)`, `join(0)`, `connection.poll()`?"""
    if last_name(call) == "poll" and not (call.arguments or call.keywords):
        return True
    if any(argument(call, name) == code.Literal("bool", value=False) for name in ("block", "blocking")):
        return True
    first = argument(call, 0)
    if isinstance(first, code.Literal) and first.kind == "bool":
        return not first.value or _is_nothing(argument(call, 1))
    return _is_nothing(argument(call, "timeout")) or (last_name(call) in _TIMED and _is_nothing(first))


def _is_nothing(given: code.Expr | None) -> bool:
    return isinstance(given, code.Literal) and given.kind in ("int", "float") and given.value == 0


def is_pause(catalog: Catalog, call: code.Call) -> bool:
    """Does the call let time pass by its name? `sleep(0)` only lets others run."""
    return is_named(tree.callee(call), catalog.words.pauses) and not _is_zero(call)


def _is_zero(call: code.Call) -> bool:
    match call.arguments:
        case (code.Literal(kind="int" | "float", value=value),):
            return value == 0
    return False


def receiver(call: code.Call) -> code.Expr | None:
    """The object whose method is called, None for a plain function."""
    return call.function.value if isinstance(call.function, code.Attribute) else None


def entries(program: Program, catalog: Catalog, function: str, call: code.Call) -> tuple[tuple[str, CallEntry], ...]:
    """The qualified name and the catalog's entry of each outside callable that `call`, written in `function`, may run."""
    names = (t.name for t in program.targets(function, call) if t.kind == "external" and not t.callback)
    return tuple(found for name in names if (found := catalog.call(name)) is not None)


def decorations(program: Program, catalog: Catalog, info: FunctionInfo, names: frozenset[str]) -> Iterator[CallEntry]:
    """The catalog's entries of what decorates a function, of that which goes by one of these last names."""
    for decorator in info.decorators if info.parent is not None else ():
        made = decorator.function if isinstance(decorator, code.Call) else decorator
        if info.parent is not None and (tree.dotted(made) or "").rpartition(".")[2] in names:
            known = (catalog.call(value.name) for value in program.values(info.parent, made))
            yield from (found[1] for found in known if found is not None)


def puts_behind(catalog: Catalog, api: str) -> bool:
    """Does the method put something behind what its object holds already: a line in a file, a message on a connection?"""
    known = catalog.call(api)
    if known is None:
        return api.rpartition(".")[2] in catalog.words.write_methods
    entry = known[1]
    outside = entry.access is Access.APPEND and "receiver" in entry.acts_on
    return (outside or entry.changes.get("receiver") is How.APPEND) and entry.callback is None


def reads_on(catalog: Catalog, api: str) -> bool:
    """Does the method take the next piece of what comes from outside: of a file, a stream, the rows of a query?"""
    known = catalog.call(api)
    if known is None:
        return api.rpartition(".")[2] in catalog.words.stream_methods
    entry = known[1]
    return entry.changes.get("receiver") is How.TAKE and entry.access in (Access.READ, Access.EXCLUSIVE)


def is_unresolved(program: Program, function: str, call: code.Call) -> bool:
    """Is nothing known of what `call` runs, so that only its name speaks?"""
    return not any(not (t.guessed or t.callback) for t in program.targets(function, call))


def setters(program: Program, getter: str) -> Iterator[str]:
    """The functions that set what the property `getter` gives: the later ones of its name in the class that say so."""
    for number in itertools.count(2):
        info = program.functions.get(f"{getter}~{number}")
        if info is None:
            return
        if any(isinstance(each, code.Attribute) and each.name == "setter" for each in info.decorators):
            yield info.id


def is_variable(program: Program, function: str, name: str) -> bool:
    """Is it a name that is given values, rather than one that is defined or imported?"""
    home = program.objects.home(function, name)
    if home is None:
        return False
    given = any(parameter.name == name for parameter in program.functions[home].parameters)
    return given or program.objects.values_of(home, name) is not None


def awaited(info: FunctionInfo) -> Iterator[code.Expr]:
    """What a coroutine awaits: expressions behind `await`, asynchronous contexts, and what `async for` walks."""
    for each in info.expressions:
        match each:
            case code.Await(value=value):
                yield value
            case code.Comprehension(clauses=clauses):
                yield from (clause.iterable for clause in clauses if clause.is_async)
    for statement in info.statements:
        match statement:
            case code.With(items=items, is_async=True):
                yield from (context for context, _ in items)
            case code.For(iterable=iterable, is_async=True):
                yield iterable


def argument(call: code.Call, place: int | str) -> code.Expr | None:
    """The argument at an index (from the end where it is negative) or of a name, where it is written out."""
    if isinstance(place, str):
        return next((keyword.value for keyword in call.keywords if keyword.name == place), None)
    positional = call.arguments
    counted = positional[place:] if place < 0 else positional[: place + 1]
    if any(isinstance(each, code.Starred) for each in counted) or not -len(positional) <= place < len(positional):
        return None
    return positional[place]


def walked(call: code.Call, entry: CallEntry) -> tuple[code.Expr, ...]:
    """The arguments whose elements `entry` says that the call passes on, counts or gives itself."""
    if entry.walks == "all":
        return () if any(isinstance(each, code.Starred) for each in call.arguments) else call.arguments
    if entry.walks == "receiver":
        found = receiver(call)
    else:
        found = argument(call, entry.walks)
        if found is None and entry.walks == 0 and entry.bar == "made":
            found = argument(call, "iterable")
    return () if found is None else (found,)
