"""Descriptors: objects in the body of a class whose methods run when the attribute is read or set."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.stages.link.ask import Ask

_OBJECTS = frozenset({"instance", "some"})


def described(ask: Ask, function: str, expression: code.Attribute, method: str) -> Iterator[tuple[str, str]]:
    """The methods `method` (`__get__`, `__set__`) that run for an attribute, each with the class in whose body their
    object stands, so that all objects of the class share it."""
    name = expression.name
    owners = sorted(owner.name for owner in ask.values(function, expression.value) if owner.kind in _OBJECTS)
    for cls in dict.fromkeys(above for owner in owners for above in ask.lineage(owner)[0]):
        for binding in ask.index.attributes.get(cls, {}).get(name, ()):
            if binding.expression is None or ask.index.functions[binding.where].owner is not None:
                continue
            for value in sorted(ask.values(binding.where, binding.expression)):
                if value.kind in _OBJECTS:
                    yield from ((found, cls) for found in ask.methods(value, method))
