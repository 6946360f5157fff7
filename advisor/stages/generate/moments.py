"""Moments: work that goes another way by when it runs or by who else is at work just then, or that is stopped half-way."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.program import FunctionInfo
from advisor.model.state import RootKind
from advisor.model.words import Group, is_named
from advisor.questions.calls import last_name, receiver
from advisor.stages.generate.apart import parts_of
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.halfway import LATER_EFFECTS
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.work import Cut

_COMPARED = ("<", ">", "<=", ">=")
_LIMITS = frozenset({"timeout", "deadline"})  # keywords that say how long something may take
_SETS_LIMIT = "settimeout"


def check_moments(draft: Draft, made: Cut) -> None:
    """Refused where the work holds the clock against a moment from outside, or asks whether a lock is free."""
    check_stopped(draft, made)
    program, site = draft.order.program, draft.order.site
    here = program.functions[site.function]
    blocks = [(here, site.body)] if site.body else []
    blocks += [(program.functions[each], program.functions[each].body) for each in draft.inquiry.reached(made.nodes)]
    for info, block in blocks:
        own = frozenset(tree.bound_in(block)) | (site.targets if info is here else frozenset())
        for expression in tree.expressions(block):
            because = (
                _deadline(draft, info, expression, own)
                or _what_is_left(draft, info, expression, own)
                or _asks_for_a_lock(info, expression, own)
            )
            if because:
                raise Refused("process-state", because, draft.loop)


def check_stopped(draft: Draft, made: Cut) -> None:
    """Refused where a coroutine may be stopped half-way, by a time limit or by who cancels its task, and what it has collected
    until then can be seen: side by side nothing is collected before all is done."""
    order = draft.order
    program, info = order.program, order.program.functions[order.site.function]
    if not info.is_async or LATER_EFFECTS in order.accepted:
        return
    words = order.catalog.words.stops
    stops = next((calls[0][1] for name in sorted(words) if (calls := program.objects.calls_named(name))), None)
    filled = frozenset(_filled(order.site.body))
    if stops is None:
        return
    given = {parameter.name for parameter in info.parameters}
    limited = [statement for statement in info.statements if _limits(words, statement, order.site.line)]
    if filled and (filled & given or limited):
        because = f"line {stops.line} may stop this half-way: what it has collected in `{min(filled)}` until then would not be there"
        raise Refused(LATER_EFFECTS, because, draft.loop)
    _check_left_behind(draft, made)


def _check_left_behind(draft: Draft, made: Cut) -> None:
    """What rounds leave in objects that outlive the time limit tells how far they came: side by side all would have begun."""
    site, words = draft.order.site, draft.order.catalog.words.stops
    info = draft.order.program.functions[site.function]
    around = next((s.line for s in info.statements if isinstance(s, code.With) and _limits(words, s, site.line)), None)
    line = around or next(_limited_from_outside(draft), None)
    if line is None:
        return
    parts = parts_of(draft, made)
    for write in (*parts.work.writes, *parts.rest.writes):
        own = write.place.root.kind is RootKind.LOCAL and write.place.root.owner == site.function
        if not write.memo and not (own and around is None):
            because = f"line {line} may stop this half-way, and `{write.place.label}` (line {write.where.line})"
            because += " would show that later iterations had begun"
            raise Refused(LATER_EFFECTS, because, draft.loop)


def _limited_from_outside(draft: Draft) -> Iterator[int]:
    """The lines that may stop what the site stands in, as far as that can be seen: a block with a time limit that leads to
    it, a call that is handed what leads to it, or the end of a task that does."""
    program, here = draft.order.program, draft.order.site.function

    def leads_here(function: str, calls: tuple[code.Call, ...]) -> bool:
        return here in draft.order.summaries.reached(function, calls)

    for name in sorted(draft.order.catalog.words.stops):
        for function, call in program.objects.calls_named(name):
            inner = [c for given in call.arguments for c in tree.every(given) if isinstance(c, code.Call)]
            owner = receiver(call)
            if isinstance(owner, code.Name):
                for value in program.objects.values_of(function, owner.id) or ():
                    inner += [c for c in tree.every(value) if isinstance(c, code.Call)]
            for block in program.functions[function].statements:
                if isinstance(block, code.With) and any(call is each for each, _ in block.items):
                    inner += tree.calls(block.body)
            if leads_here(function, tuple(inner)):
                yield call.line


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
    return "" if told is None else _told(draft, info, told.line)


def _told(draft: Draft, info: FunctionInfo, line: int) -> str:
    where = f"line {line}" + ("" if info.id == draft.order.site.function else f" of {info.name}")
    return f"{where} holds the clock against a moment of which all items know: side by side they would come sooner"


def _what_is_left(draft: Draft, info: FunctionInfo, expression: code.Expr, own: frozenset[str]) -> str:
    """`wait_for(asked, self.end - time.monotonic())`, `timeout_at(end)`: how long each may take hangs on those before it."""
    if not isinstance(expression, code.Call):
        return ""
    words, program = draft.order.catalog.words, draft.order.program
    limits = [each.value for each in expression.keywords if each.name in _LIMITS]
    name = last_name(expression)
    if name in words.stops or name == _SETS_LIMIT or is_named(name, words.pauses):
        limits += expression.arguments
        at = name.endswith("_at")
        if any(at and _is_from_outside(each, own) and program.number(info.id, each) is None for each in limits):
            return _told(draft, info, expression.line)
    left = any(_counts_down(draft, info, each, own) for each in limits)
    return _told(draft, info, expression.line) if left else ""


def _counts_down(draft: Draft, info: FunctionInfo, expression: code.Expr, own: frozenset[str], depth: int = 3) -> bool:
    """Is it worked out from the clock and a moment from outside, here or in a function that gives it?"""
    program = draft.order.program
    for each in tree.every(expression):
        match each:
            case code.Operation(operator="-", operands=pair) if _against_a_moment(draft, info, pair, own):
                return True
            case code.Name(id=name) if depth:
                held = program.objects.values_of(info.id, name) or ()
                if any(_counts_down(draft, info, value, own, depth - 1) for value in held):
                    return True
            case code.Call() if depth:
                for target in program.targets(info.id, each):
                    if target.kind == "function" and _gives_what_is_left(
                        draft, program.functions[target.name], depth - 1
                    ):
                        return True
    return False


def _gives_what_is_left(draft: Draft, info: FunctionInfo, depth: int) -> bool:
    own = frozenset(tree.bound_in(info.body))
    given = (s.value for s in info.statements if isinstance(s, code.Return) and s.value is not None)
    return any(_counts_down(draft, info, value, own, depth) for value in given)


def _against_a_moment(
    draft: Draft, info: FunctionInfo, pair: tuple[code.Expr, ...], own: frozenset[str]
) -> code.Call | None:
    """The call that asks the clock, where beside it stands a moment from outside."""
    clocks, number = draft.order.catalog.words.clocks, draft.order.program.number
    held = (
        h for e in pair if isinstance(e, code.Name) for h in draft.order.program.objects.values_of(info.id, e.id) or ()
    )
    asks = (each for each in (*pair, *held) if isinstance(each, code.Call) and is_named(tree.callee(each), clocks))
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
