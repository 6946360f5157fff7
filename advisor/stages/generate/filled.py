"""Filled: what a program makes where it is missing, and then gives to all who ask, as `hosts[name] = Host(name)`. Two threads
that find it missing make two, and whoever has the first one goes on with another object than all others."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.program import ClassInfo, FunctionInfo, Program
from advisor.model.refactor import Order
from advisor.model.state import RootKind, State
from advisor.questions.lineage import methods
from advisor.questions.locks import held
from advisor.stages.generate.again import equal_only_to_itself
from advisor.stages.generate.back import identity_tests
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.work import Cut

_COLLECTIONS = (code.Display, code.Comprehension)
_BUILDS = frozenset({"__init__", "__new__", "__post_init__"})


def check_filled(draft: Draft, made: Cut, state: State) -> None:
    """Refused where threads may each make an object that there is to be one of. Coroutines switch at an `await` alone, and each
    process fills its own anyway."""
    way = draft.way
    if way.isolated or (way.tasks and not way.through):
        return
    order = draft.order
    for function, line, name, value in (*_written(order, state), *_cached(draft, made)):
        asked = identity_tests(order) if isinstance(value, _COLLECTIONS) else None
        if asked is not None:
            because = f"line {line} makes a collection for `{name}` where there is none yet, and line {asked} asks which it is"
            raise Refused("memo", because + ": two threads may both find none and make two", draft.loop)
        for cls in _classes(order.program, function, value):
            if _is_one_of_its_kind(order, cls):
                because = f"line {line} makes a `{cls.name}` for `{name}` where there is none yet"
                because += ": two threads may both find none and make two; make them before the loop, or under a lock"
                raise Refused("memo", because, draft.loop)


def _written(order: Order, state: State) -> Iterator[tuple[str, int, str, code.Expr]]:
    """What is put where it was missing: the function that does it, the line, the place, and the value."""
    for write in state.writes:
        info = order.program.functions.get(write.where.function)
        if not write.memo or write.place.root.kind is RootKind.LOCAL or info is None:
            continue
        line = write.where.line
        if next(held(order.program, order.catalog, info, line, line), None) is not None:
            continue
        for statement in info.statements:
            if isinstance(statement, code.Assign) and statement.line == line and statement.value is not None:
                yield info.id, line, write.place.label, statement.value


def _cached(draft: Draft, made: Cut) -> Iterator[tuple[str, int, str, code.Expr]]:
    """What the functions give that the work calls and that are kept for each set of arguments."""
    program = draft.order.program
    for reached in sorted(draft.inquiry.reached(made.nodes)):
        info = program.functions[reached]
        if not _is_cached(draft.order, info):
            continue
        for statement in info.statements:
            if isinstance(statement, code.Return) and statement.value is not None:
                yield info.id, statement.line, info.name, statement.value


def _is_cached(order: Order, info: FunctionInfo) -> bool:
    for decorator in info.decorators:
        made_by = decorator.function if isinstance(decorator, code.Call) else decorator
        for value in order.program.values(info.parent or info.id, made_by):
            known = order.catalog.call(value.name) if value.kind == "external" else None
            if known is not None and known[1].remembers:
                return True
    return False


def _classes(program: Program, function: str, value: code.Expr) -> Iterator[ClassInfo]:
    for each in sorted(program.values(function, value)):
        if each.kind in ("instance", "some"):
            yield program.classes[each.name]


def _is_one_of_its_kind(order: Order, cls: ClassInfo) -> bool:
    """Does it matter which of two equal objects somebody has: do its methods change it, or is it asked which one it is?"""
    if equal_only_to_itself(cls) and identity_tests(order) is not None:
        return True
    own = (method for name, method in methods(order.program, cls).items() if name not in _BUILDS)
    return any(
        write.place.root.kind is RootKind.SELF and not write.memo
        for method in own
        for write in order.summaries.function_state(method).writes
    )
