"""Lineage: a class of the project and those above it that are of the project too."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import ClassInfo, Program


def lineage(program: Program, cls: ClassInfo) -> Iterator[ClassInfo]:
    """The class, then what it inherits from, each once: the nearest first."""
    seen: set[str] = set()
    waiting = [cls]
    while waiting:
        each = waiting.pop(0)
        if each.id in seen:
            continue
        seen.add(each.id)
        yield each
        above = (value for base in each.bases for value in sorted(program.values(each.parent, base)))
        waiting += [program.classes[value.name] for value in above if value.kind == "class"]


def is_exception(program: Program, cls: ClassInfo) -> bool:
    """Does it inherit from a built-in exception?"""
    above = (v.name for each in lineage(program, cls) for base in each.bases for v in program.values(each.parent, base))
    return any(name.startswith("builtins.") and name.endswith(("Error", "Exception", "Warning")) for name in above)


def methods(program: Program, cls: ClassInfo) -> dict[str, str]:
    """The methods that its objects have, by name, the inherited ones as well."""
    found: dict[str, str] = {}
    for each in lineage(program, cls):
        found = each.methods | found
    return found


def is_dataclass(cls: ClassInfo) -> bool:
    made = (d.function if isinstance(d, code.Call) else d for d in cls.decorators)
    return any((tree.dotted(each) or "").rpartition(".")[2] == "dataclass" for each in made)
