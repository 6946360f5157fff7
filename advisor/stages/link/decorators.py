"""Decorators: what a decorated definition leaves under its name, and which functions run around it."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import NOTHING, FunctionInfo, Value, Values
from advisor.stages.link.ask import PLACES, Ask, object_of

_DISPATCHES = frozenset({"singledispatch", "singledispatchmethod"})


def defined(ask: Ask, function: str) -> Values:
    """The function itself unless a decorator drops it for another, and the objects that decorators make of it."""
    found = {Value("function", function)}
    info = ask.index.functions[function]
    for decorator in reversed(info.decorators):
        applied = [
            made for value in sorted(ask.values(info.parent or function, decorator)) for made in _made(ask, value)
        ]
        if applied and all(dropped for _, dropped in applied):
            found = set()
        found |= {value for value, dropped in applied if dropped or value.kind != "function"}
    return frozenset(found)


def wrappers(ask: Ask, function: str) -> tuple[str, ...]:
    """The project's functions that run around `function`: the inner functions of its decorators, `__call__` of decorator classes."""
    info = ask.index.functions[function]
    found: list[str] = []
    for decorator in info.decorators:
        for value in sorted(ask.values(info.parent or function, decorator)):
            for made, dropped in _made(ask, value):
                if made.kind == "function" and not dropped:
                    found.append(made.name)
                elif made.kind == "instance":
                    found += ask.methods(made, "__call__")
    found += _of_other_types(ask, info)
    return tuple(each for each in dict.fromkeys(found) if each != function)


def _of_other_types(ask: Ask, info: FunctionInfo) -> Iterator[str]:
    """What runs in place of a `singledispatch` function: what stands under its `register` for other types."""
    if not any((tree.dotted(each) or "").rpartition(".")[2] in _DISPATCHES for each in info.decorators):
        return
    for each in ask.index.decorating.get("register", ()):
        register = each.decorator.function if isinstance(each.decorator, code.Call) else each.decorator
        owner = register.value if isinstance(register, code.Attribute) else None
        meant = ask.values(each.where, owner) if each.kind == "function" and owner is not None else NOTHING
        if Value("function", info.id) in meant:
            yield each.id


def _made(ask: Ask, decorator: Value) -> Iterator[tuple[Value, bool]]:
    """What `decorator` makes of a function, each with whether the function itself is dropped."""
    match decorator.kind:
        case "function":
            yield from _inner(ask, decorator.name)
        case "class":
            yield Value("instance", decorator.name), False
        case "instance" | "some":
            for method in ask.methods(decorator, "__call__"):
                yield from _inner(ask, method)
        case "external":
            entry = ask.catalog.call(decorator.name)
            if entry is not None and entry[1].returns is not None:
                yield object_of(ask.catalog.canonical(entry[1].returns)), False
        case "object":
            # `@app.task(bind=True)`: the catalog tells of the finished object, or of what makes one when it is called
            entry = ask.catalog.call(f"{decorator.name}.__call__")
            returns = None if entry is None else entry[1].returns
            made = decorator if returns is None else object_of(ask.catalog.canonical(returns))
            yield made, _is_queued(ask, made)


def _inner(ask: Ask, decorator: str) -> Iterator[tuple[Value, bool]]:
    """What `decorator` returns: a function written inside it, where the decorated one is dropped if its parameter is never
    read, or the task that it makes of the decorated one."""
    info = ask.index.functions[decorator]
    taken = info.parameters[1:] if info.owner is not None else info.parameters
    dropped = bool(taken) and not _reads(info.body, taken[0].name)
    for value in sorted(ask.returned(decorator)):
        if value.kind == "function" and value.name.startswith(f"{decorator}.<locals>."):
            yield Value("function", value.name), dropped
        elif _is_queued(ask, value):
            yield value, True


def registered(ask: Ask, function: str, position: int) -> Values:
    """The functions and classes that a parameter of a decorator stands for, where it only puts them away, as a registry of
    handlers does: what is called within another function is a wrapper, looked at with each function that it is put around."""
    info = ask.index.functions[function]
    if position > (info.owner is not None) or not ask.index.decorating:
        return NOTHING
    around = ask.index.functions[info.parent].name if info.parent is not None else ""
    names = dict.fromkeys(each.rpartition(".")[2] for each in (info.name, around))
    names |= dict.fromkeys(other for each in tuple(names) for other in ask.index.renamed.get(each, ()))
    if ask.index.decorating.keys().isdisjoint(names):
        return NOTHING  # as most functions decorate nothing
    inner = (each for each in info.statements if isinstance(each, code.Function | code.Class))
    name = info.parameters[position].name
    if any(_reads(each.body, name) for each in inner) or _in_lambda(info, name):
        return NOTHING
    return frozenset(
        Value(each.kind, each.id)
        for last in names
        for each in ask.index.decorating.get(last, ())[:PLACES]
        if any(v.kind == "function" and v.name == function for v in ask.values(each.where, each.decorator))
    )


def _in_lambda(info: FunctionInfo, name: str) -> bool:
    lambdas = (each for each in info.expressions if isinstance(each, code.Lambda))
    return any(_reads((code.Return(each.body, 0),), name) for each in lambdas)


def _is_queued(ask: Ask, made: Value) -> bool:
    """Is it a task, which a queue runs later, so that calling it does not run the function that was decorated?"""
    known = ask.catalog.object(made.name) if made.kind == "object" else None
    return known is not None and known.queued


def _reads(block: tuple[code.Stmt, ...], name: str) -> bool:
    """Is `name` read anywhere in `block`, inner functions included?"""
    for statement in tree.statements(block):
        for head in tree.heads(statement):
            for node in tree.every(head):
                if isinstance(node, code.Name) and node.id == name:
                    return True
                if isinstance(node, code.Lambda) and _reads((code.Return(node.body, node.line),), name):
                    return True
        if isinstance(statement, code.Function | code.Class) and _reads(statement.body, name):
            return True
    return False
