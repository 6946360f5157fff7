"""Specials: the functions of the project that Python itself runs, by a special method of an object's class."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.program import Value
from advisor.stages.link.ask import Ask, in_order

_OBJECTS = frozenset({"instance", "some"})
_ELSE = {
    "__format__": "__str__",
    "__str__": "__repr__",
    "__bool__": "__len__",
    "__ne__": "__eq__",
    "__contains__": "__iter__",
    "__iter__": "__getitem__",
    "__int__": "__index__",
    "__float__": "__index__",
} | {
    f"__i{name}__": f"__{name}__"
    for name in "add sub mul truediv floordiv mod matmul pow or and xor lshift rshift".split()
}  # what Python asks for where a class has no method of that name


def names(method: str) -> Iterator[str]:
    """The method, and those that Python asks for in its place."""
    yield method
    while method in _ELSE:
        method = _ELSE[method]
        yield method


def specials(ask: Ask, function: str, operand: code.Expr, method: str) -> Iterator[str]:
    """The functions that run for `method` of what `operand` gives: those of its class, of a class those of its metaclass."""
    for value in in_order(ask.values(function, operand)):
        owners = [value] if value.kind in _OBJECTS else metaclasses(ask, value.name) if value.kind == "class" else ()
        for owner in owners:
            yield from _of(ask, owner, method)


def _of(ask: Ask, owner: Value, method: str) -> list[str]:
    for name in names(method):
        found = [v.name for v in in_order(ask.attribute(owner, name)) if v.kind == "function"]
        if found:
            return found
    return []


def metaclasses(ask: Ask, cls: str) -> Iterator[Value]:
    """The classes of the project that `metaclass=…` names, for a class or those that it inherits from."""
    for info in (ask.index.classes[each] for each in ask.lineage(cls)[0]):
        for base in info.bases:
            if isinstance(base, code.Unknown) and base.kind == "keyword":
                for value in in_order(ask.values(info.parent, base.parts[0])):
                    if value.kind == "class" and any(map(_is_metaclass, ask.lineage(value.name)[1])):
                        yield Value("instance", value.name)


def _is_metaclass(outside: str) -> bool:
    return outside == "builtins.type" or outside.endswith("Meta")
