"""Memory: objects that live in the memory of one process, so that another one has a copy of them at most."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from advisor.model import code
from advisor.model.program import FunctionInfo, Target, Value
from advisor.model.state import Frame, How, Place, Places, Root, RootKind, Write
from advisor.questions.calls import receiver
from advisor.questions.lineage import lineage
from advisor.questions.pools import hand_over, passed
from advisor.stages.faults.sight import Sight
from advisor.stages.faults.workers import Handover

_PLAIN = ("builtins.", "collections.")
_PLAIN_BASES = frozenset(["abc.ABC", "builtins.object", "multiprocessing.Process", "typing.Generic", "typing.Protocol"])


WITHIN = Frame(frozenset(), frozenset(), frozenset())  # as statements of a function see its variables


@dataclass(frozen=True, slots=True)
class Rooted:
    """An object that the worker has from elsewhere: an expression for it in `function`, and its places there."""

    function: str
    expression: code.Expr
    places: Places


def module_of(sight: Sight, root: Root) -> str | None:
    """The module whose variable a global is."""
    return next((info.id for info in sight.program.files.get(root.owner, ()) if info.is_module), None)


def is_plain(sight: Sight, function: str, named: code.Expr, write: Write) -> bool:
    """Is the object that changes known to live in the memory of one process? `named` is the root of its place in `function`."""
    path = write.place.path
    is_set = write.how in (How.REBIND, How.AUGMENT)
    if is_set and not path:
        return True  # a variable
    values = values_at(sight, function, named, path[:-1] if is_set else path)
    test = partial(_is_own_object, sight) if is_set and not path[-1].startswith("[") else _is_collection
    return bool(values) and all(test(value) for value in values)


def values_at(sight: Sight, function: str, named: code.Expr, path: tuple[str, ...]) -> frozenset[Value]:
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


def rooted(sight: Sight, handover: Handover, worker: FunctionInfo, root: Root) -> Rooted | None:
    """What a root of the worker is for the function that hands it over; None where that is not known, or made for it alone."""
    program, call, here = sight.program, handover.spot.call, handover.spot.function.id
    match root.kind:
        case RootKind.GLOBAL:
            module = module_of(sight, root)
            return None if module is None else Rooted(module, code.Name(root.name), frozenset({Place(root)}))
        case RootKind.LOCAL if root.owner in program.functions:
            return Rooted(root.owner, code.Name(root.name), frozenset({Place(root)}))
        case RootKind.SELF:
            owner = _receiver(sight, handover)
            held = frozenset[Place]() if owner is None else program.objects.places(here, owner, WITHIN)
            return Rooted(here, owner, held) if owner is not None and held else None
        case RootKind.PARAM:
            target = Target("function", worker.id, callback="process")
            if handover.task is None:
                given = passed(program, sight.catalog, here, call, target, root.index)
            else:
                written = program.argument(worker.id, handover.task, root.index)
                given = None if written is None else (written, False)
            if given is None:
                return None
            expression, each = given
            if each:
                held = program.objects.elements(here, expression, WITHIN)
                expression = code.Subscript(expression, code.Literal("int", 0))
            else:
                held = program.objects.places(here, expression, WITHIN)
            return Rooted(here, expression, held) if held else None
    return None


def _receiver(sight: Sight, handover: Handover) -> code.Expr | None:
    """The object whose method is handed over, or whose `run` it is."""
    if handover.starts_a_class or handover.task is not None:
        return receiver(handover.task or handover.spot.call)
    found = hand_over(sight.program, sight.catalog, handover.spot.function.id, handover.spot.call)
    given = None if found is None else found.function
    if isinstance(given, code.Call) and given.arguments:  # a partial
        given = given.arguments[0]
    return given.value if isinstance(given, code.Attribute) else None
