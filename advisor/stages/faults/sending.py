"""Sending: what a call hands to a process, and which of it cannot be pickled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.catalog import Passes
from advisor.model.fault import Unsendable
from advisor.model.program import Value
from advisor.questions import pools
from advisor.questions.lineage import lineage
from advisor.questions.locks import lock_type
from advisor.questions.pickling import is_unpicklable, pickles_its_own_way, unpicklable_attribute
from advisor.stages.faults.sight import Sight
from advisor.stages.faults.spots import Spot

_FILES = ("io.", "tempfile.", "gzip.", "bz2.", "lzma.", "socket.", "subprocess.Popen")
_SHARED_BY_INHERITANCE = ("multiprocessing.synchronize.", "multiprocessing.queues.")
_INHERITED = (*_SHARED_BY_INHERITANCE, "multiprocessing.Process", "multiprocessing.connection.")
_PICKLE_CODE = frozenset(["multiprocess", "pathos", "dill", "cloudpickle", "loky"])  # by value, lambdas as well


@dataclass(frozen=True, slots=True)
class Sent:
    """Something that was sent and cannot be: its name as written, why, and the line that shows it."""

    name: str
    because: str
    line: int


def handed(sight: Sight, spot: Spot) -> tuple[code.Expr, ...]:
    """The function that a call hands over and the values it sends with it; what a `map` walks over is not one value."""
    call = spot.call
    found = pools.hand_over(sight.program, sight.catalog, spot.function.id, call)
    if found is not None and found.passes is not Passes.REST:
        behind = pools.given(call, found)
        sent: tuple[code.Expr, ...] = (found.function, *(item for each in behind for item in _written_out(each)))
    else:
        sent = (*call.arguments, *(keyword.value for keyword in call.keywords if keyword.name is not None))
    return tuple(part for expression in sent for part in _unwrapped(expression))


def _written_out(expression: code.Expr) -> tuple[code.Expr, ...]:
    return expression.items if isinstance(expression, code.Display) and expression.kind != "dict" else ()


def _unwrapped(expression: code.Expr) -> tuple[code.Expr, ...]:
    """`partial(work, client)` sends both."""
    if isinstance(expression, code.Call) and tree.callee(expression).rpartition(".")[2] == "partial":
        return (*expression.arguments, *(keyword.value for keyword in expression.keywords))
    return (expression,)


def unsendable(sight: Sight, spot: Spot, wanted: frozenset[Unsendable], *, inherited: bool = False) -> Iterator[Sent]:
    """What the call sends and cannot, of the kinds that are wanted; `inherited` when it goes to a process that is started
    with it, as locks and queues between processes may."""
    passes = _INHERITED if inherited else ()
    if not sight.words(spot.function.path).isdisjoint(_PICKLE_CODE):
        wanted -= {Unsendable.LAMBDA, Unsendable.NESTED_FUNCTION}
    for expression in handed(sight, spot):
        found = _what(sight, spot, expression, passes)
        if found is not None and found[0] in wanted:
            line = tree.line_of(expression, spot.call.line)
            yield Sent(_spelled(expression, found[0]), found[1], line)


def _spelled(expression: code.Expr, kind: Unsendable) -> str:
    match expression:
        case code.Call():
            return f"{tree.callee(expression)}(…)"
        case code.Lambda():
            return "lambda"
    return tree.dotted(expression) or kind.value


def _what(sight: Sight, spot: Spot, expression: code.Expr, passes: tuple[str, ...]) -> tuple[Unsendable, str] | None:
    """What an expression is that cannot be sent, and why; None for what can or is not known, or is of a class that `passes`."""
    if isinstance(expression, code.Lambda):
        return Unsendable.LAMBDA, "a lambda has no name by which a process could import it"
    if isinstance(expression, code.Comprehension):
        return (Unsendable.GENERATOR, "a generator cannot be pickled") if expression.kind == "generator" else None
    values = sight.program.values(spot.function.id, expression)
    whats = {_what_value(sight, expression, value, passes) for value in values}
    return next(iter(whats)) if len(whats) == 1 else None


def _what_value(
    sight: Sight, expression: code.Expr, value: Value, passes: tuple[str, ...]
) -> tuple[Unsendable, str] | None:
    program = sight.program
    if value.kind == "function":
        info = program.functions[value.name]
        if info.name.endswith("<lambda>"):
            return Unsendable.LAMBDA, "it is a lambda, which has no name by which a process could import it"
        if info.is_nested and info.owner is None:
            return Unsendable.NESTED_FUNCTION, f"`{info.name}` is defined inside a function, where no process finds it"
        if info.owner is not None and isinstance(expression, code.Attribute) and not _is_static(info.decorators):
            return _bound(sight, info.owner, passes)
    if value.kind == "container" and value.name == "generator":
        return Unsendable.GENERATOR, "a generator cannot be pickled"
    if value.kind == "object" and not sight.catalog.canonical(value.name).startswith(passes):
        return _object(sight, value.name)
    if value.kind in ("class", "instance") and _is_local(sight, value.name):
        name = program.classes[value.name].name
        return Unsendable.NESTED_FUNCTION, f"class `{name}` is defined inside a function, where no process finds it"
    return None


def _is_local(sight: Sight, cls: str) -> bool:
    """Is a class made inside a function, and does not say itself how its objects are pickled?"""
    found = sight.program.classes[cls]
    return "<locals>" in cls and not pickles_its_own_way(sight.program, found)


def _object(sight: Sight, name: str) -> tuple[Unsendable, str] | None:
    name = sight.catalog.canonical(name)
    if name.startswith(_SHARED_BY_INHERITANCE):
        return Unsendable.LOCK, f"a `{name}` is shared by inheritance only: give it to the pool's `initargs`"
    if not is_unpicklable(sight.catalog, name):
        return None
    because = f"a `{name}` cannot be pickled"
    if lock_type(sight.catalog, name) is not None:
        return Unsendable.LOCK, because
    return (Unsendable.OPEN_FILE if name.startswith(_FILES) else Unsendable.CONNECTION), because


def _is_static(decorators: tuple[code.Expr, ...]) -> bool:
    return any((tree.dotted(d) or "") in ("staticmethod", "classmethod") for d in decorators)


def _bound(sight: Sight, cls: str, passes: tuple[str, ...]) -> tuple[Unsendable, str] | None:
    """A bound method takes its object along: an attribute that holds something unsendable keeps it from travelling.

    Those that are set when it is made: others may be set by the worker, where the object is then.
    """
    info = sight.program.classes[cls]
    made = [each.methods["__init__"] for each in lineage(sight.program, info) if "__init__" in each.methods]
    by = frozenset([*made, *(each.parent for each in lineage(sight.program, info))])
    held = unpicklable_attribute(sight.program, sight.catalog, info, passes, by)
    if held is None:
        return None
    attribute, kind = held
    if not kind:
        return Unsendable.METHOD, f"it takes its object along, whose `{attribute}` is a lambda"
    return Unsendable.METHOD, f"it takes its object along, and for `{attribute}` there a `{kind}` cannot be pickled"
