"""Memory: objects that live in the memory of one process, so that another one has a copy of them at most."""

from __future__ import annotations

from functools import partial

from advisor.model import code
from advisor.model.program import Value
from advisor.model.state import How, Root, Write
from advisor.questions.lineage import lineage
from advisor.stages.faults.sight import Sight

_PLAIN = ("builtins.", "collections.")
_PLAIN_BASES = frozenset(["abc.ABC", "builtins.object", "multiprocessing.Process", "typing.Generic", "typing.Protocol"])


def module_of(sight: Sight, root: Root) -> str | None:
    """The module whose variable a global is."""
    return next((info.id for info in sight.program.files.get(root.owner, ()) if info.is_module), None)


def is_plain(sight: Sight, function: str, named: code.Expr, write: Write) -> bool:
    """Is the object that changes known to live in the memory of one process? `named` is the root of its place in `function`."""
    path = write.place.path
    is_set = write.how in (How.REBIND, How.AUGMENT)
    if is_set and not path:
        return True  # a variable
    values = _values(sight, function, named, path[:-1] if is_set else path)
    test = partial(_is_own_object, sight) if is_set and not path[-1].startswith("[") else _is_collection
    return bool(values) and all(test(value) for value in values)


def _values(sight: Sight, function: str, named: code.Expr, path: tuple[str, ...]) -> frozenset[Value]:
    """What an object may be; nothing where that is not known."""
    for part in path:
        if part.startswith("["):
            named = code.Subscript(named, code.Literal("int", 0))
        elif part.isidentifier():
            named = code.Attribute(named, part)
        else:
            return frozenset()
    return sight.program.values(function, named)


def _is_collection(value: Value) -> bool:
    return (value.kind == "container" and value.name not in ("generator", "iterator")) or (
        value.kind == "object" and value.name.startswith(_PLAIN)
    )


def _is_own_object(sight: Sight, value: Value) -> bool:
    """An object of the project whose class, with all above it, is known and does nothing special when it is set."""
    if value.kind == "module":
        return True
    if value.kind not in ("instance", "some", "class"):
        return False
    for cls in lineage(sight.program, sight.program.classes[value.name]):
        above = [v for base in cls.bases for v in sight.program.values(cls.parent, base) or [Value("unknown", "")]]
        outside = {sight.catalog.canonical(v.name) for v in above if v.kind != "class"}
        if "__setattr__" in cls.methods or not outside <= _PLAIN_BASES:
            return False
    return True
