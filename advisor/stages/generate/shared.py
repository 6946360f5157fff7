"""Shared: what several results hold in common and something changes, of which from a process each would come with a copy."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import ClassInfo, FunctionInfo, Program
from advisor.model.refactor import Order
from advisor.model.state import Piece, Place, Root, RootKind, State, Write
from advisor.questions.lineage import lineage, methods
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.settings import at_run_time

_BUILDS = frozenset({"__init__", "__new__", "__post_init__", "__set_name__"})
_OUTLIVES = (RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT, RootKind.LOCAL, RootKind.SELF, RootKind.PARAM)
_CHANGEABLE = ("instance", "some", "object", "container")
_DEEP = 3  # functions that hand on what another one makes
_HANDED_ON = (RootKind.LOCAL, RootKind.PARAM, RootKind.ITEM)  # names for what the work gave


def check_held(draft: Draft, given: code.Expr) -> None:
    """Refused where `given` is an object that keeps something from outside of the iteration, which is changed later on."""
    order = draft.order
    for function, call, cls in _objects(order.program, order.site.function, given, _DEEP):
        kept = (
            _kept(order.program, function, call, cls) if cls is not None else _parts_of(order.program, function, call)
        )
        for attribute, where, held in kept:
            place = _place(order.program, where, held)
            if place is None or _made_here(draft, place):
                continue
            write = next(_changes(order, cls, attribute, where, held, place), None)
            if write is not None:
                made = cls.name if cls is not None else tree.dotted(call.function)
                because = f"the work gives objects of `{made}` that hold `{place.label}`, which line {write.where.line} changes"
                because += ": from a process each would come with a copy of its own"
                raise Refused("identity", because, draft.loop)


def _place(program: Program, function: str, held: code.Expr) -> Place | None:
    """Where an object comes from that outlives what the function does with it; a variable of its own, where it made it."""
    places = [p for p in sorted(program.objects.places(function, held)) if p.root.kind in _OUTLIVES]
    if not places and isinstance(held, code.Name) and program.objects.values_of(function, held.id) is not None:
        return Place(Root(RootKind.LOCAL, held.id, function))
    return next(iter(places), None)


def _made_here(draft: Draft, place: Place) -> bool:
    """Is it a variable of the iteration itself?"""
    if place.root.kind is not RootKind.LOCAL:
        return False
    site = draft.order.site
    return place.root.owner != site.function or place.root.name in tree.bound_in(site.body)


def _objects(
    program: Program, function: str, value: code.Expr, depth: int, seen: frozenset[str] = frozenset()
) -> Iterator[tuple[str, code.Call, ClassInfo | None]]:
    """The calls that make the objects of the project that a value is, or holds where it is written as a collection; without
    a class those that make named tuples."""
    match value:
        case code.Await(value=inner):
            yield from _objects(program, function, inner, depth, seen)
        case code.Display(items=items):
            for each in items:
                yield from _objects(program, function, each, depth, seen)
        case code.Name(id=name) if name not in seen:  # a chain holds itself: `node = (value, node)`
            for each in program.objects.values_of(function, name) or ():
                if not isinstance(each, code.Name):
                    yield from _objects(program, function, each, depth, seen | {name})
        case code.Call():
            made = program.values(function, value.function)
            yield from ((function, value, program.classes[v.name]) for v in sorted(made) if v.kind == "class")
            yield from ((function, value, None) for v in made if v.kind == "record")
            for target in program.targets(function, value) if depth else ():
                if target.kind == "function" and not any(v.kind == "class" for v in made):
                    for statement in program.functions[target.name].statements:
                        if isinstance(statement, code.Return) and statement.value is not None:
                            yield from _objects(program, target.name, statement.value, depth - 1)


def _kept(program: Program, function: str, call: code.Call, cls: ClassInfo) -> Iterator[tuple[str, str, code.Expr]]:
    """What a new object keeps: the attribute, and what it holds as it is written, in the function where that is."""
    for each in lineage(program, cls):
        for attribute, given in sorted(each.assigned.items()):
            for where, expression in given:
                info = program.functions[where]
                if info.name.rpartition(".")[2] not in _BUILDS:
                    continue
                names = [p.name for p in info.parameters]
                if isinstance(expression, code.Name) and expression.id in names:
                    passed = _passed(call, expression.id, names.index(expression.id) - 1)
                    if passed is not None:
                        yield attribute, function, passed
                elif isinstance(expression, code.Name | code.Attribute):
                    yield attribute, where, expression
        for attribute in sorted(each.annotated) if "__init__" not in methods(program, cls) else ():  # of a dataclass
            passed = _passed(call, attribute, list(each.annotated).index(attribute))
            if passed is not None:
                yield attribute, function, passed


def _parts_of(program: Program, function: str, call: code.Call) -> Iterator[tuple[str, str, code.Expr]]:
    """The same for a named tuple, which holds all that it is given."""
    names = next((v.name.split() for v in sorted(program.values(function, call.function)) if v.kind == "record"), [])
    yield from ((name, function, given) for name, given in zip(names, call.arguments, strict=False))
    yield from ((keyword.name, function, keyword.value) for keyword in call.keywords if keyword.name)


def _passed(call: code.Call, name: str, position: int) -> code.Expr | None:
    named = next((keyword.value for keyword in call.keywords if keyword.name == name), None)
    if named is None and 0 <= position < len(call.arguments):
        return call.arguments[position]
    return named


def _changes(
    order: Order, holder: ClassInfo | None, attribute: str, where: str, held: code.Expr, place: Place
) -> Iterator[Write]:
    """What changes the held object once it is there: by a name of its own, through its methods, or by who holds it."""
    program = order.program
    kinds = [value for value in program.values(where, held) if value.kind in _CHANGEABLE]
    owners = {program.classes[v.name] for v in kinds if v.kind in ("instance", "some")}
    own = {id for cls in owners for name, id in methods(program, cls).items() if name not in _BUILDS}
    of_holder = methods(program, holder) if holder is not None else {}
    holding = {id for name, id in of_holder.items() if name not in _BUILDS}
    names = {place, *program.objects.aliases(where, place)}
    for info in program.functions.values() if kinds else ():
        if info.name.rpartition(".")[2] in _BUILDS:
            continue
        for write in _state(order, info).writes:
            root, target = write.place.root, write.target
            if write.memo:
                continue
            through_itself = root.kind is RootKind.SELF and info.id in own and _called_later(order, info.id)
            through_holder = root.kind is RootKind.SELF and info.id in holding and target[:1] == (attribute,) != target
            in_result = root.kind in _HANDED_ON and target[:1] == (attribute,) != target
            by_name = any(
                n.root == root and len(target) > len(n.path) and target[: len(n.path)] == n.path for n in names
            )
            by_name = by_name or in_result
            if through_itself or through_holder or (by_name and not _before(order, info.id, write.where.line)):
                yield write


def _state(order: Order, info: FunctionInfo) -> State:
    """What a function changes as the program runs; of that of the site, its own variables as well."""
    if info.id != order.site.function or info.is_module:
        return at_run_time(order, info)
    return order.summaries.state(Piece(info.id, statements=info.body))


def _called_later(order: Order, method: str) -> bool:
    """Is it called elsewhere than on the way to the loop, as far as its callers are known?"""
    callers = order.program.callers(method)
    return not callers or any(not _before(order, caller, call.line) for caller, call in callers)


def _before(order: Order, function: str, line: int) -> bool:
    """Does a line of the function come before the site, so that what it did went into the process with the rest?"""
    return function == order.site.function and line < order.site.line
