"""Moments: work that goes another way by when it runs or by who else is at work just then, or that is stopped half-way."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import FunctionInfo
from advisor.model.words import Group, is_named
from advisor.questions.calls import last_name, receiver
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.independence import LATER_EFFECTS
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.work import Cut

_COMPARED = ("<", ">", "<=", ">=")


def check_moments(draft: Draft, made: Cut) -> None:
    """Refused where the work holds the clock against a moment from outside, or asks whether a lock is free."""
    check_stopped(draft)
    program, site = draft.order.program, draft.order.site
    here = program.functions[site.function]
    blocks = [(here, site.body)] if site.body else []
    blocks += [(program.functions[each], program.functions[each].body) for each in draft.inquiry.reached(made.nodes)]
    for info, block in blocks:
        own = frozenset(tree.bound_in(block)) | (site.targets if info is here else frozenset())
        for expression in tree.expressions(block):
            because = _deadline(draft, info, expression, own) or _asks_for_a_lock(info, expression, own)
            if because:
                raise Refused("process-state", because, draft.loop)


def check_stopped(draft: Draft) -> None:
    """Refused where a coroutine may be stopped half-way, by a time limit or by who cancels its task, and what it has collected
    until then can be seen: side by side nothing is collected before all is done."""
    order = draft.order
    program, info = order.program, order.program.functions[order.site.function]
    if not info.is_async or LATER_EFFECTS in order.accepted:
        return
    words = order.catalog.words.stops
    stops = next((calls[0][1] for name in sorted(words) if (calls := program.objects.calls_named(name))), None)
    filled = frozenset(_filled(order.site.body))
    if stops is None or not filled:
        return
    given = {parameter.name for parameter in info.parameters}
    limited = [statement for statement in info.statements if _limits(words, statement, order.site.line)]
    if filled & given or limited:
        because = f"line {stops.line} may stop this half-way: what it has collected in `{min(filled)}` until then would not be there"
        raise Refused(LATER_EFFECTS, because, draft.loop)


def _filled(block: tree.Block) -> Iterator[str]:
    """The names of the collections that a block puts something into."""
    for statement in tree.statements(block):
        match statement:
            case code.Evaluate(value=code.Call(function=code.Attribute(value=code.Name(id=name)))):
                yield name
            case code.Assign(targets=(code.Subscript(value=code.Name(id=name)), *_)):
                yield name


def _limits(stops: Group, statement: code.Stmt, line: int) -> bool:
    """Does it stand around that line, and set a time limit or go on after one has been met?"""
    if not any(inner.line == line for block in tree.blocks(statement) for inner in tree.statements(block)):
        return False
    match statement:
        case code.Try(handlers=handlers):
            return bool(handlers)
        case code.With(items=items):
            return any(isinstance(each, code.Call) and is_named(tree.callee(each), stops) for each, _ in items)
    return False


def _deadline(draft: Draft, info: FunctionInfo, expression: code.Expr, own: frozenset[str]) -> str:
    """`time.monotonic() > self.end`, `time.monotonic() - self.born < 5`: items that would have come too late come in time."""
    if not isinstance(expression, code.Operation) or expression.operator not in _COMPARED:
        return ""
    apart = (each.operands for each in expression.operands if isinstance(each, code.Operation) and each.operator == "-")
    told = next((c for pair in (expression.operands, *apart) if (c := _against_a_moment(draft, info, pair, own))), None)
    if told is None:
        return ""
    where = f"line {told.line}" + ("" if info.id == draft.order.site.function else f" of {info.name}")
    return f"{where} holds the clock against a moment of which all items know: side by side they would come sooner"


def _against_a_moment(
    draft: Draft, info: FunctionInfo, pair: tuple[code.Expr, ...], own: frozenset[str]
) -> code.Call | None:
    """The call that asks the clock, where beside it stands a moment from outside."""
    clocks, number = draft.order.catalog.words.clocks, draft.order.program.number
    asks = (each for each in pair if isinstance(each, code.Call) and is_named(tree.callee(each), clocks))
    moment = any(_is_from_outside(each, own) and number(info.id, each) is None for each in pair)
    return next(asks, None) if moment else None


def _is_from_outside(expression: code.Expr, own: frozenset[str]) -> bool:
    """Is it a name that the block does not set itself, or an attribute of one?"""
    root = tree.root_name(expression) if isinstance(expression, code.Name | code.Attribute) else None
    return root is not None and root not in own


def _asks_for_a_lock(info: FunctionInfo, expression: code.Expr, own: frozenset[str]) -> str:
    """`lock.acquire(blocking=False)`: whoever comes while another is at work goes another way."""
    if not isinstance(expression, code.Call) or last_name(expression) != "acquire":
        return ""
    owner = receiver(expression)
    if owner is None or not _is_from_outside(owner, own) or not _may_fail(expression):
        return ""
    return f"line {expression.line} of {info.name} asks whether `{tree.dotted(owner)}` is free, which depends on who else is at work"


def _may_fail(call: code.Call) -> bool:
    given = [*call.arguments[:1], *(keyword.value for keyword in call.keywords if keyword.name == "blocking")]
    refuses = any(isinstance(each, code.Literal) and each.value is False for each in given)
    return refuses or len(call.arguments) > 1 or any(keyword.name == "timeout" for keyword in call.keywords)
