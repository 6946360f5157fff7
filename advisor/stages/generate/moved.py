"""Moved: work of a pool that exists, given to workers of another kind, or to workers that are used again.

Processes have a memory and a state of the interpreter of their own, and are given copies; threads share all of that. So
what the work or the initializer of the pool changes for its process alone, threads would change for everybody; what came
as a copy, made anew by pickle, would be the object itself; and the other way round.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from advisor.model import code
from advisor.model.refactor import Order
from advisor.model.state import LINES, Access, Ambient, Piece, RootKind, Scope, State
from advisor.questions.calls import argument
from advisor.questions.interference import View, ambient_clashes, clashes, words
from advisor.questions.randomness import drawn_in_turn
from advisor.stages.generate.back import check_given_back
from advisor.stages.generate.comprehensions import head_of
from advisor.stages.generate.draft import Draft, new_draft
from advisor.stages.generate.failures import check_failures
from advisor.stages.generate.handed import as_called
from advisor.stages.generate.independence import check_tables
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import free
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.sent import unsendable
from advisor.stages.generate.source import Source
from advisor.stages.generate.travel import check_caches, context_read
from advisor.stages.generate.work import Cut

_OF_THE_PROCESS = (RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT)
_TELLS_WHO = frozenset({Ambient.PROCESS_ID, Ambient.CHILDREN})


def check_other_workers(
    order: Order, source: Source, inquiry: Inquiry, maker: ast.Call | None, calls: Sequence[ast.Call], *, isolated: bool
) -> None:
    """Refused where the work would not do the same in workers of the other kind, `isolated` ones or threads."""
    states = [work_of(order, inquiry, call) for call in calls]
    begun = [] if maker is None else list(_begun(order, inquiry, maker))
    for state in (*states, *begun):
        _check_ambient(state, calls[0])
    for state in begun:
        write = next((w for w in state.writes if w.place.root.kind in _OF_THE_PROCESS), None)
        if write is not None:
            because = (
                f"each worker begins by setting `{write.place.label}` (line {write.where.line}), which threads share"
            )
            raise Refused("shared-write", because, calls[0])
    for call, state in zip(calls, states, strict=True):
        draft = new_draft(order, source, inquiry, source.statement(call), head_of(source, inquiry, call))
        made = Cut(expression=call, needed=free([*call.args, *call.keywords]))
        for use in context_read(order, state):
            because = f"the work reads the context of its thread (line {use.where.line}), of which only a process may have a copy"
            raise Refused("thread-state", because, call)
        check_given_back(draft, made)
        check_failures(draft, made)
        check_tables(draft, state)
        check_caches(draft, made)
        if not isolated:
            _check_given(order, inquiry, call)
            if maker is not None:
                _check_set_later(order, source, inquiry, maker, state)
        _check_draws(draft, state, call)


def check_used_again(
    order: Order,
    inquiry: Inquiry,
    maker: ast.Call,
    calls: Sequence[ast.Call],
    body: Sequence[ast.stmt],
    *,
    isolated: bool,
) -> None:
    """Refused where a worker that has served one round would not serve the next as a new one does."""
    view = View(order.program.objects, order.site.function)
    statements = tuple(s for each in body for s in inquiry.statements_at(each.lineno))
    around = order.summaries.state(Piece(order.site.function, statements))
    for state in (*(work_of(order, inquiry, call) for call in calls), *_begun(order, inquiry, maker)):
        check_leaves_nothing(state, maker, isolated=isolated)
        if not isolated:
            continue
        for clash in clashes(view, around, state, apart=False):
            if clash.read is not None and clash.read.place.root.kind in _OF_THE_PROCESS:
                because = f"the work reads `{clash.read.place.label}`, which line {clash.write.where.line} changes between the iterations"
                raise Refused("carried-dependence", because, maker)


def check_leaves_nothing(state: State, maker: ast.Call, *, isolated: bool) -> None:
    """Refused where the work changes its own process, or the thread that runs it, for the work that comes after it there."""
    for use in state.ambient:
        mine = Scope.PROCESS if isolated else Scope.THREAD
        changes = use.access is not Access.READ and use.what not in LINES and use.what.scope in (mine, Scope.CONTEXT)
        if changes or use.what is Ambient.CURRENT_THREAD:
            verb = "changes" if changes else "asks for"
            because = (
                f"`{use.api}` (line {use.where.line}) {verb} the {words(use.what)}, which other work has had before"
            )
            raise Refused("process-state" if isolated else "thread-state", because, maker)
    for write in state.writes if isolated else ():
        if write.place.root.kind in _OF_THE_PROCESS and not write.memo:
            because = f"the work changes `{write.place.label}` (line {write.where.line}), which the next work of its process would find"
            raise Refused("shared-write", because, maker)


def _check_given(order: Order, inquiry: Inquiry, call: ast.Call) -> None:
    """What a process was sent was made anew there; a thread is given the thing itself."""
    found = inquiry.call(call)
    for given in () if found is None else (*found.arguments, *(keyword.value for keyword in found.keywords)):
        for value in sorted(order.program.values(order.site.function, given)):
            if why := unsendable(order, value):
                because = f"the work is given {why}: a process makes it anew, and a thread gets it as it is"
                raise Refused("unpicklable-capture", because, call)


def check_memory(order: Order, inquiry: Inquiry, call: ast.Call) -> None:
    """Refused where the work changes an object: threads share it, and a process would change a copy of its own."""
    write = next((write for write in work_of(order, inquiry, call).writes if not write.memo), None)
    if write is not None:
        because = f"the work changes `{write.place.label}` (line {write.where.line}), which threads would share and a process would lose"
        raise Refused("shared-write", because, call)


def work_of(order: Order, inquiry: Inquiry, call: ast.Call) -> State:
    """What the work that a call hands over touches, in the terms of the function that hands it over."""
    found = inquiry.call(call)
    if found is None:
        return State()
    piece = Piece(order.site.function, expressions=(as_called(inquiry, found),), handed_over=True)
    return order.summaries.state(piece)


def _begun(order: Order, inquiry: Inquiry, maker: ast.Call) -> Iterator[State]:
    """What each worker does when it begins: the initializer of the pool."""
    found = inquiry.call(maker)
    given = None if found is None else argument(found, "initializer")
    if given is None and found is not None:
        position = 1 if (ast.unparse(maker.func).rpartition(".")[2]) in ("Pool", "ThreadPool") else 2
        given = found.arguments[position] if len(found.arguments) > position else None
    if given is None or (isinstance(given, code.Literal) and given.value is None):
        return
    values = order.program.values(order.site.function, given)
    if not values or any(value.kind not in ("function", "external") for value in values):
        raise Refused("dynamic-call", "what each worker of the pool begins with is not known", maker)
    for value in sorted(values):
        if value.kind == "function":
            yield order.summaries.function_state(value.name)
            continue
        known = order.catalog.call(value.name)
        if known is None or any(access is not Access.READ for access in known[1].state.values()):
            because = f"each worker begins with `{value.name}`, which may change what belongs to the process"
            raise Refused("process-state", because, maker)


def _check_ambient(state: State, at: ast.Call) -> None:
    """What belongs to a process or a thread is another one in workers of the other kind."""
    for use, because in ambient_clashes(state, State()):
        hazard = "process-state" if use.what.scope is Scope.PROCESS else "thread-state"
        raise Refused(hazard, f"{because} (line {use.where.line})", at)
    changed = (use for use in state.ambient if use.what in _TELLS_WHO or use.access is Access.WRITE)
    for use in changed:
        because = f"`{use.api}` (line {use.where.line}) has to do with the {words(use.what)} of the worker's process"
        raise Refused("process-state", because, at)


def _check_draws(draft: Draft, state: State, at: ast.Call) -> None:
    """Processes have copies of the generators, threads share them: the numbers would be others."""
    for name, where in drawn_in_turn(draft.order.program, draft.order.catalog, state, copied=True):
        because = f"the work draws from `{name}` (line {where.line}), of which each process has a copy"
        raise Refused("random-draw", because, at)


def _check_set_later(order: Order, source: Source, inquiry: Inquiry, maker: ast.Call, state: State) -> None:
    """Threads see what is set while they run; processes keep what was there when they began."""
    scope = source.function(maker) or source.tree
    body = scope.body if isinstance(scope.body, list) else []
    later = tuple(s for each in body for s in _from(inquiry, each, maker.lineno))
    view = View(order.program.objects, order.site.function)
    for clash in clashes(view, order.summaries.state(Piece(order.site.function, later)), state, apart=False):
        if clash.read is not None and clash.read.place.root.kind in _OF_THE_PROCESS:
            because = f"the work reads `{clash.read.place.label}`, which line {clash.write.where.line} changes after the pool was made"
            raise Refused("shared-write", because, maker)


def _from(inquiry: Inquiry, statement: ast.stmt, line: int) -> Iterator[code.Stmt]:
    """The statements that run from a line on: that one as a whole where the line stands in it."""
    if (statement.end_lineno or statement.lineno) >= line:
        yield from inquiry.statements_at(statement.lineno)
