"""Passing: a function that is called where it should have been passed, so that nothing is left to be called later."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.questions.calls import argument, entries
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot

_GIVES_SOMETHING = ("<lambda>", "__init__", "__new__", "__post_init__")  # an object, which may be called


def _called_instead(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`Thread(target=work())`: the work is done here and now, and its None is handed over."""
    for spot in sight.spots(info):
        for given in _functions_wanted(sight, spot):
            gives = _gives(sight, info, given) if isinstance(given, code.Call) else None
            if isinstance(given, code.Call) and gives is not None:
                yield at(spot.call, written(given), f"`{written(spot.call)}` gets {gives}", given.line)


def _functions_wanted(sight: Sight, spot: Spot) -> Iterator[code.Expr]:
    """The arguments of a call that are to be called later, or elsewhere."""
    for _, entry in entries(sight.program, sight.catalog, spot.function.id, spot.call):
        places = (*entry.later, *(() if entry.callback is None or entry.coroutines else (entry.callback,)))
        given = (argument(spot.call, place) for place in places)
        yield from (each for each in given if each is not None)


def _gives(sight: Sight, info: FunctionInfo, call: code.Call) -> str | None:
    """What the call surely gives that cannot be called, in words."""
    targets = sight.program.targets(info.id, call)
    called = [sight.program.functions[t.name] for t in targets if t.kind == "function" and not t.callback]
    if not called or any(t.guessed or t.kind != "function" for t in targets):
        return None
    if all(map(_is_coroutine, called)):
        return "a coroutine"
    return "None, for it returns nothing" if all(map(_returns_nothing, called)) else None


def _is_coroutine(info: FunctionInfo) -> bool:
    return info.is_async and not info.is_generator and not info.decorators


def _returns_nothing(info: FunctionInfo) -> bool:
    """Does it only ever end without a value? One that is abstract, or always raises, is not known to."""
    if info.is_async or info.is_generator or info.decorators or info.name.endswith(_GIVES_SOMETHING):
        return False
    returned = (s.value for s in info.statements if isinstance(s, code.Return))
    if any(value is not None and value != code.Literal("none", None) for value in returned):
        return False
    return any(_does_something(s) for s in info.statements)


def _does_something(statement: code.Stmt) -> bool:
    return isinstance(statement, code.Assign) or (
        isinstance(statement, code.Evaluate) and any(isinstance(e, code.Call) for e in tree.every(statement.value))
    )


PASSING_FACTS: Mapping[str, Detector] = {Fact.CALLED_INSTEAD_OF_PASSED: _called_instead}
