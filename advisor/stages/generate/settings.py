"""Settings: how the program has set up its interpreter as it runs, of which a process that starts afresh knows nothing."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.catalog import Tunes
from advisor.model.program import FunctionInfo, Target
from advisor.model.refactor import Order
from advisor.model.state import Access, Ambient, AmbientUse, Piece, State
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.work import Cut

_SET_UP = frozenset({Ambient.INTERPRETER, Ambient.LOCALE, Ambient.SOCKETS, Ambient.WARNING_FILTERS})


def at_run_time(order: Order, info: FunctionInfo) -> State:
    """What a function does as the program runs; of a module what stands under its main guard, for the rest is done anew in
    each process that imports it."""
    if not info.is_module:
        return order.summaries.function_state(info.id)
    late = tuple(statement for guard in info.body if _is_main_guard(guard) for statement in tree.blocks(guard)[0])
    return order.summaries.state(Piece(info.id, statements=late)) if late else State()


def _is_main_guard(statement: code.Stmt) -> bool:
    match statement:
        case code.If(test=code.Operation(operator="==", operands=(code.Name(id="__name__"), _))):
            return True
    return False


def check_settings(draft: Draft, made: Cut, state: State) -> None:
    """Refused where the program sets something up, as it runs, by which the work would go another way in this process."""
    order, reached = draft.order, frozenset(draft.inquiry.reached(made.nodes))
    called = [(draft.order.site.function, call) for call in draft.inquiry.calls(made.nodes)]
    called += [(each, call) for each in sorted(reached) for call in order.program.functions[each].calls]
    packages = {target.name.partition(".")[0] for where, call in called for target in _outside(order, where, call)}
    recursive = any(each in order.summaries.reached(each, order.program.functions[each].calls) for each in reached)
    reads = {use.what for use in state.ambient}
    for use in _set_up(order, reached):
        package = use.api.partition(".")[0]
        known = order.catalog.call(use.api)
        tunes = known[1].tunes if known is not None else Tunes.PACKAGE
        matters = {
            Tunes.ANYTHING: True,
            Tunes.RECURSION: recursive,
            Tunes.PACKAGE: package in packages - {"builtins"} or (use.what is Ambient.LOCALE and use.what in reads),
        }[tunes]
        if matters:
            because = f"`{use.api}` (line {use.where.line}) is called while the program runs: a process would work without that"
            raise Refused("process-state", because, draft.loop)


def _set_up(order: Order, reached: frozenset[str]) -> Iterator[AmbientUse]:
    for info in order.program.functions.values():
        for use in at_run_time(order, info).ambient if info.id not in reached else ():
            if use.what in _SET_UP and use.access is Access.WRITE and use.where.function not in reached:
                yield use


def _outside(order: Order, function: str, call: code.Call) -> Iterator[Target]:
    return (target for target in order.program.targets(function, call) if target.kind == "external")
