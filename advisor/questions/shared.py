"""Shared: whether a coroutine is known to have others beside it on its event loop, who wait while it blocks."""

from __future__ import annotations

from advisor.model import code
from advisor.model.catalog import Catalog
from advisor.model.program import FunctionInfo, Program
from advisor.questions.alone import runs_loop_with
from advisor.questions.calls import awaited
from advisor.questions.handlers import is_handler

_FAR = 5  # calls upwards
_MOST = 60  # coroutines looked at
_OBJECTS = frozenset({"object", "instance", "some"})


def is_shared(program: Program, catalog: Catalog, coroutine: str) -> bool:
    """Does it run in a task of its own, or does something call it for each request or event: it, or a coroutine that awaits
    it?"""
    seen = {coroutine}
    level = [coroutine]
    for _ in range(_FAR):
        above: list[str] = []
        for each in level:
            info = program.functions[each]
            if is_handler(program, catalog.words, info) or any(_registers(program, info, d) for d in info.decorators):
                return True
            for caller, call in program.callers(each):
                if runs_loop_with(program, catalog, caller, call):
                    continue
                if not _goes_on_in(program.functions[caller], call):
                    return True
                if caller not in seen and len(seen) < _MOST:
                    seen.add(caller)
                    above.append(caller)
        level = above
    return False


def _registers(program: Program, info: FunctionInfo, decorator: code.Expr) -> bool:
    """`@bot.command()`: does an object, rather than a module, take the coroutine to call it later?"""
    made = decorator.function if isinstance(decorator, code.Call) else decorator
    if not info.is_async or not isinstance(made, code.Attribute):
        return False
    where = info.parent or next(each.id for each in program.files[info.path] if each.is_module)
    return all(value.kind in _OBJECTS for value in program.values(where, made.value))


def _goes_on_in(caller: FunctionInfo, call: code.Call) -> bool:
    """Does the caller await what the call gives, or hand it to who called: rather than start a task with it?"""
    if any(each is call for each in awaited(caller)):
        return True
    return any(isinstance(s, code.Return) and s.value is call for s in caller.statements)
