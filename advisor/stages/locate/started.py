"""Started: where the thread or process was made that a call starts."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import FunctionInfo, Program
from advisor.questions.calls import receiver

_ADDS = ("append", "add")


def maker(program: Program, function: str, call: code.Call) -> code.Call | None:
    """The one call that makes what `call`, written in `function`, starts: `Thread(…)` for `thread.start()`; None where it is
    not written in the function."""
    owner = receiver(call)
    if not isinstance(owner, code.Name):
        return None
    info = program.functions[function]
    walked = _walked(info, call, owner.id)
    made = list(_made(program, info, owner) if walked is None else _elements(program, info, walked))
    return made[0] if len(made) == 1 else None


def _walked(info: FunctionInfo, call: code.Call, name: str) -> code.Expr | None:
    """What the loop around a call walks, where it gives `name` its value."""
    for statement in info.statements:
        if isinstance(statement, code.For) and name in tree.bound_names(statement.target):
            if any(each is call for each in tree.calls(statement.body)):
                return statement.iterable
    return None


def _made(program: Program, info: FunctionInfo, given: code.Expr) -> Iterator[code.Call]:
    values = program.objects.values_of(info.id, given.id) if isinstance(given, code.Name) else (given,)
    yield from (value for value in values or () if isinstance(value, code.Call))


def _elements(program: Program, info: FunctionInfo, walked: code.Expr) -> Iterator[code.Call]:
    """The calls that make what lies in a list: by a comprehension, or one by one as they are added to it."""
    values = program.objects.values_of(info.id, walked.id) if isinstance(walked, code.Name) else (walked,)
    for value in values or ():
        if isinstance(value, code.Comprehension):
            yield from _made(program, info, value.element)
        elif isinstance(value, code.Display):
            yield from (each for item in value.items for each in _made(program, info, item))
    for call in info.calls:
        owner = receiver(call)
        if isinstance(call.function, code.Attribute) and call.function.name in _ADDS and owner == walked:
            yield from (each for item in call.arguments for each in _made(program, info, item))
