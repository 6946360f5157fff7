"""Doubt: may a value be something else than what is known of it, because one of the functions that give it gives who knows what?"""

from __future__ import annotations

from advisor.model import code
from advisor.model.program import Program
from advisor.questions.lineage import lineage

_DEEPEST = 3  # names, attributes and calls between a value and where it was made


def may_be_another(program: Program, function: str, value: code.Expr, depth: int = _DEEPEST) -> bool:
    """Is one of the ways by which `value` comes a call of a function of the project that has a `return` of which nothing is
    known? `self.queue = server.create_queue()`, where one server makes a known queue and another what it was told to."""
    if not depth:
        return False
    match value:
        case code.Name(id=name):
            return any(
                origin.expression is not None
                and origin.how == "value"
                and may_be_another(program, origin.where, origin.expression, depth - 1)
                for origin in program.objects.origins(function, name)
            )
        case code.Attribute(value=owner, name=name):
            classes = (v.name for v in program.values(function, owner) if v.kind in ("instance", "some"))
            return any(
                may_be_another(program, where, given, depth - 1)
                for cls in classes
                for each in lineage(program, program.classes[cls])
                for where, given in each.assigned.get(name, ())
            )
        case code.Await(value=inner):
            return may_be_another(program, function, inner, depth)
        case code.Call():
            targets = program.targets(function, value)
            called = [t.name for t in targets if t.kind == "function" and not t.callback]
            return any(_gives_who_knows_what(program, name) for name in called)
    return False


def _gives_who_knows_what(program: Program, function: str) -> bool:
    """Does a function return what a call gives of which nothing is known?"""
    return any(
        isinstance(statement, code.Return)
        and isinstance(statement.value, code.Call)
        and not program.values(function, statement.value)
        for statement in program.functions[function].statements
    )
