"""Own loop: what `asyncio.run` means for the code that it runs and for that which calls it, so that it must not be written.

It cannot be called where a loop runs. What it runs has a context of its own, so that nobody sees what is set there, and
Ctrl-C cancels its task instead of raising KeyboardInterrupt. When it is done, the thread has no current event loop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.model import code, tree
from advisor.model.program import FunctionInfo, Target
from advisor.model.refactor import Order
from advisor.model.state import Access, Ambient, AmbientUse, Piece, Scope
from advisor.stages.generate.refused import Refused

_INTERRUPT = "KeyboardInterrupt"
_SAME_THREAD = ("", "here", "loop")


def check_outside(order: Order, function: str) -> None:
    """Refused where the function is called, or may be by what a table or a variable holds, while an event loop runs."""
    if function in _on_a_loop(order):
        name = order.program.functions[function].name
        because = f"`{name}` is called from an event loop, in which no other can be run"
        raise Refused("event-loop", because, order.program.functions[function].line)


def _on_a_loop(order: Order) -> frozenset[str]:
    """The functions that run in the thread of a running event loop: for coroutines, and as callbacks of the loop."""
    program = order.program
    waiting = [info.id for info in program.functions.values() if info.is_async]
    for name in sorted(order.catalog.called_back):
        for caller, call in program.objects.calls_named(name):
            waiting += [t.name for t in program.targets(caller, call) if t.callback == "loop" and t.kind == "function"]
    found = set(waiting)
    while waiting:
        info = program.functions[waiting.pop()]
        called = {t.name for call in info.calls for t in program.targets(info.id, call) if _in_same_thread(t)}
        waiting += sorted(called - found)
        found |= called
    return frozenset(found)


def _in_same_thread(target: Target) -> bool:
    return target.kind == "function" and not target.guessed and target.callback in _SAME_THREAD


def interrupted(order: Order, info: FunctionInfo, done: Iterable[str] = ()) -> str | None:
    """How a function (but for the site, and what it calls of `done`) deals with signals, which a loop handles its own way."""
    apart = _apart(order, info, done)
    uses = order.summaries.state(Piece(info.id, statements=info.body, without=apart)).ambient
    for use in uses:
        if use.what is Ambient.SIGNALS or use.api == _INTERRUPT:
            return (
                f"line {use.where.line} deals with signals by `{use.api}`, and an event loop handles these its own way"
            )
    calls = tuple(call for call in info.calls if id(call) not in apart)
    for each in (info.id, *sorted(order.summaries.reached(info.id, calls) - {*done})):
        line = _catches_interrupt(order.program.functions[each])
        if line is not None:
            return f"line {line} waits for {_INTERRUPT}, which an event loop does not raise in what it runs"
    return None


def _catches_interrupt(info: FunctionInfo) -> int | None:
    for statement in info.statements:
        for handler in statement.handlers if isinstance(statement, code.Try) else ():
            caught = tree.every(handler.caught) if handler.caught is not None else ()
            if any(isinstance(each, code.Name) and each.id == _INTERRUPT for each in caught):
                return statement.line
    return None


def check_left(order: Order, inside: frozenset[str], outside: Iterable[str]) -> None:
    """Refused where those `outside` that run the loop, or call who does, need what the functions `inside` it leave behind."""
    program = order.program
    above = _callers(order, frozenset(outside)) - inside
    later = [use for each in sorted(above) for use in _uses(order, program.functions[each], inside)]
    asks = (u for u in later if u.what is Ambient.EVENT_LOOP and u.access is Access.READ)
    for use in asks:
        if not program.functions[use.where.function].is_async:
            because = f"line {use.where.line} asks for the current event loop, of which `asyncio.run` leaves none"
            raise Refused("event-loop", because, use.where.line)
    for each in sorted(inside):
        for use in _set_for_good(order, program.functions[each], inside):
            seen = next((other for other in later if other.what is use.what), None)
            if seen is not None or not above:
                because = f"line {use.where.line} sets the {use.what.value.replace('-', ' ')}, which a caller of the loop would not see"
                raise Refused("thread-state", because, use.where.line)


def _callers(order: Order, functions: frozenset[str]) -> frozenset[str]:
    """These functions, and all that call them."""
    found, waiting = set(functions), sorted(functions)
    while waiting:
        new = {caller for caller, _ in order.program.callers(waiting.pop())} - found
        found |= new
        waiting += sorted(new)
    return frozenset(found)


def _uses(order: Order, info: FunctionInfo, inside: Iterable[str]) -> tuple[AmbientUse, ...]:
    """The state that no expression names, as a function uses it outside the loop."""
    piece = Piece(info.id, statements=info.body, without=_apart(order, info, inside))
    return order.summaries.state(piece).ambient


def _set_for_good(order: Order, info: FunctionInfo, inside: Iterable[str]) -> Iterator[AmbientUse]:
    """What a function sets in its context, and does not set back at the end of a `with` block."""
    for use in _uses(order, info, inside):
        if use.what.scope is Scope.CONTEXT and use.access is not Access.READ:
            there = order.program.functions[use.where.function]
            if not any(isinstance(s, code.With) and s.line == use.where.line for s in there.statements):
                yield use


def _apart(order: Order, info: FunctionInfo, functions: Iterable[str]) -> frozenset[int]:
    """The nodes of a function that count for themselves: the site, and calls of these functions."""
    program, site = order.program, order.site
    calls = {id(call) for each in functions for caller, call in program.callers(each) if caller == info.id}
    nodes = (site.node, *site.body) if site.function == info.id else ()
    return frozenset({*calls, *(id(node) for node in nodes)})
