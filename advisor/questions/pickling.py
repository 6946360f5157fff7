"""Pickling: what cannot be sent to a process."""

from __future__ import annotations

from advisor.model import code
from advisor.model.catalog import Catalog
from advisor.model.program import ClassInfo, Program

_OWN_PICKLE = frozenset(["__getstate__", "__reduce__", "__reduce_ex__", "__getnewargs__"])


def is_unpicklable(catalog: Catalog, kind: str) -> bool:
    """Is it known that objects of the outside class `kind` cannot be pickled?"""
    known = catalog.object(kind)
    return known is not None and known.picklable is False


def unpicklable_attribute(program: Program, catalog: Catalog, cls: ClassInfo) -> tuple[str, str] | None:
    """The attribute that keeps objects of `cls` from being pickled, with the class of what it holds, empty for a lambda.

    None where there is none, or where the class says itself how it is pickled.
    """
    if not _OWN_PICKLE.isdisjoint(cls.methods):
        return None
    for attribute, given in sorted(cls.assigned.items()):
        for function, expression in given:
            if isinstance(expression, code.Lambda):
                return attribute, ""
            values = program.values(function, expression)
            kinds = sorted({catalog.canonical(value.name) for value in values if value.kind == "object"})
            if kinds and len(kinds) == len(values) and all(is_unpicklable(catalog, kind) for kind in kinds):
                return attribute, kinds[0]
    return None
