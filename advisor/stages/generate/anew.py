"""Anew: what a module makes when it is imported and what is another one in each process that imports it: a moment, a random
number, a new folder. A process that is a copy has the same, one that starts afresh has not."""

from __future__ import annotations

from advisor.model import code, tree
from advisor.model.catalog import CallEntry
from advisor.model.refactor import Order
from advisor.model.state import GENERATORS, Access, Ambient, RootKind, State
from advisor.questions.calls import entries
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.refused import Refused

_DEEP = 4  # names and functions on the way to what is worked out


_SEEDS = ("seed", "manual_seed")


def check_made_anew(draft: Draft, state: State) -> None:
    """Refused where the work reads a global that each process makes for itself, another one each time."""
    for read in state.reads:
        root = read.place.root
        module = draft.order.program.modules.get(root.owner) if root.kind is RootKind.GLOBAL else None
        for value in draft.order.program.objects.values_of(module, root.name) or () if module is not None else ():
            api = _differs(draft.order, module or "", value, _DEEP)
            if api is not None:
                because = f"`{root.name}` is made with `{api}` when its module is imported"
                because += ", and a process that starts afresh makes another one"
                raise Refused("process-state", because, draft.loop)


def _differs(order: Order, function: str, value: code.Expr, depth: int) -> str | None:
    """What is called on the way to `value`, written in `function`, that gives another answer each time; None if nothing is."""
    program = order.program
    for part in tree.every(value) if depth else ():
        match part:
            case code.Name(id=name):
                home = program.objects.home(function, name)
                given = (
                    [(home, each) for each in program.objects.values_of(home, name) or ()] if home is not None else []
                )
            case code.Call():
                for api, entry in entries(program, order.catalog, function, part):
                    if _is_another_each_time(order, part, entry):
                        return api
                called = [program.functions[t.name] for t in program.targets(function, part) if t.kind == "function"]
                given = [
                    (info.id, s.value) for info in called for s in info.statements
                    if isinstance(s, code.Return) and s.value is not None
                ]  # fmt: skip
            case _:
                continue
        for where, each in given:
            found = _differs(order, where, each, depth - 1) if each is not value else None
            if found is not None:
                return found
    return None


def _is_another_each_time(order: Order, call: code.Call, entry: CallEntry) -> bool:
    if entry.unique or (entry.clock is not None and len(call.arguments) + len(call.keywords) <= entry.clock):
        return True
    if entry.state.get(Ambient.PROCESS_ID) is Access.READ:
        return True
    drawn = any(entry.state.get(what) is Access.EXCLUSIVE for what in GENERATORS)
    return drawn and not any(
        order.program.functions[where].is_module
        for name in _SEEDS
        for where, _ in order.program.objects.calls_named(name)
    )
