"""Started: where the thread or process was made that a call starts."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Site
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


def ends_in_its_round(loop: Site, made: code.Stmt | code.Expr) -> bool:
    """Is the thread that an iteration of `loop` makes waited for in one, so that their number does not follow the items?"""
    names = {
        name
        for statement in tree.statements(loop.body)
        if isinstance(statement, code.Assign) and statement.value is made
        for target in statement.targets
        if (name := tree.dotted(target)) is not None
    }
    return bool(names) and _joins(loop.body, names)


def _joins(block: tree.Block, names: set[str]) -> bool:
    """Does a block wait for one of these threads whenever it runs, or wherever there is one?"""
    for statement in block:
        match statement:
            case code.Evaluate(value=code.Call(function=code.Attribute(name="join", value=owner))):
                if tree.dotted(owner) in names:
                    return True
            case code.With(body=body) | code.Try(body=body) if _joins(body, names):
                return True
            case code.If(test=test, body=body) if _joins(body, names):
                if any(tree.dotted(each) in names for each in tree.every(test)):
                    return True
    return False


def _walked(info: FunctionInfo, call: code.Call, name: str) -> code.Expr | None:
    """What the loop around a call walks, where it gives `name` its value."""
    for statement in info.statements:
        if not isinstance(statement, code.For) or name not in tree.bound_names(statement.target):
            continue
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
