"""Checks: what a thread finds out about an object that all threads share, and then acts on as if it were still so.

Between the test and the act another thread may come to the same end: two make what only one should have made, or one takes
what is no longer there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.effect import Effect
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import How, Piece, RootKind, Write
from advisor.questions.calls import last_name, receiver
from advisor.stages.faults.deciding import Test, conditions, deciding
from advisor.stages.faults.shared import crews, guarded, is_handed, is_shared
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.workers import Handover, catches, on_the_way, touched

_SHOWS = frozenset({Effect.NETWORK, Effect.DATABASE, Effect.SUBPROCESS})
_LONG = 0.05  # seconds, so that doing it twice matters by itself
_NOTHING_THERE = frozenset(["IndexError", "KeyError", "LookupError", "ValueError", "Exception", "BaseException"])


def _checked_then_changed(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """What several threads share is tested and then changed, and another thread may come in between."""
    for handover in crews(sight, info):
        state = touched(sight, handover)
        for write in state.writes if state is not None else ():
            function = sight.program.functions[write.where.function]
            if write.possible or function.name.endswith("__init__") or not _is_common(sight, handover, write):
                continue
            because = _act(sight, handover, function, write)
            if because is not None and not guarded(sight, handover, write.where):
                yield at(handover.spot.call, write.place.label, because, write.where.line)
                break


def _is_common(sight: Sight, handover: Handover, write: Write) -> bool:
    return is_shared(sight, handover, write.place, write.where.function) or is_handed(sight, handover, write.place)


def _act(sight: Sight, handover: Handover, info: FunctionInfo, write: Write) -> str | None:
    """What goes wrong with a change, in words, if a test stands before it that another thread can make untrue."""
    for statement in info.statements:
        if statement.line != write.where.line or isinstance(statement, code.If | code.While | code.For):
            continue
        for test in deciding(info, statement):
            if write.how is How.TAKE:
                owner = _taken_from(statement, write)
                if owner is not None and _is_some(test, owner) and not _is_caught(sight, handover, write):
                    return (
                        f"`{info.name}` takes from `{write.place.label}` in line {write.where.line} because line"
                        f" {test.line} finds something in it: another thread may take the last one in between"
                    )
            elif isinstance(statement, code.Assign) and statement.operator is None and not write.constant:
                made = _is_made_twice(sight, handover, info, write, statement, test)
                if made is not None:
                    return (
                        f"`{info.name}` sets `{write.place.label}` in line {write.where.line} if line {test.line} finds it"
                        f" missing: meanwhile others find the same, and {made}"
                    )
    return None


# ---- made by two threads


def _is_made_twice(
    sight: Sight, handover: Handover, info: FunctionInfo, write: Write, statement: code.Assign, test: Test
) -> str | None:
    """What two threads both do where a value is made because it is missing; None where that is nothing worth a word."""
    missing = any(
        _finds_missing(info, c, t, h)
        for t in statement.targets
        for c, h in conditions(test.expression, holds=test.holds)
    )
    if not missing or _is_made_before(sight, handover, info):
        return None
    target = next((t for t in statement.targets if isinstance(t, code.Subscript)), None)
    if target is not None and not _may_meet(info, write, target.index):
        return None
    summary = sight.summaries.piece(Piece(info.id, test.between))
    shown = [p for p in summary.ever if p.effect in _SHOWS and not p.guessed]
    if shown:
        return f"each does `{shown[0].api}` (line {shown[0].line})"
    return "each takes its time to make one" if summary.cost.total.low >= _LONG else None


def _finds_missing(info: FunctionInfo, test: code.Expr, target: code.Expr, holds: bool) -> bool:
    """Does the condition say that what the target names is not there yet?"""
    match test, target:
        case code.Operation(operator="is" | "==", operands=(value, code.Literal(kind="none"))), _ if holds:
            return _looks_at(info, value, target)
        case code.Operation(operator="is not" | "!=", operands=(value, code.Literal(kind="none"))), _ if not holds:
            return _looks_at(info, value, target)
        case code.Operation(operator="not in" | "in" as operator, operands=(key, whole)), code.Subscript(value, index):
            return holds is (operator == "not in") and key == index and tree.dotted(whole) == tree.dotted(value)
        case ((code.Name() | code.Attribute() | code.Call()), _):
            return not holds and _looks_at(info, test, target)
    return False


def _looks_at(info: FunctionInfo, value: code.Expr, target: code.Expr) -> bool:
    """Is the value that of the target: the same name, `d.get(key)`, or a variable that was set to one of these?"""
    if isinstance(value, code.Name | code.Attribute) and value == target:
        return True
    if isinstance(value, code.Call) and isinstance(target, code.Subscript):
        owner = receiver(value)
        same = owner is not None and tree.dotted(owner) == tree.dotted(target.value) is not None
        return same and last_name(value) == "get" and value.arguments[:1] == (target.index,)
    if not isinstance(value, code.Name):
        return False
    given = [
        s.value for s in info.statements if isinstance(s, code.Assign) and s.targets == (value,) and s.value is not None
    ]
    return any(each != value and not isinstance(each, code.Name) and _looks_at(info, each, target) for each in given)


def _is_made_before(sight: Sight, handover: Handover, info: FunctionInfo) -> bool:
    """Has who starts the threads called the same function before, so that all of them find something?"""
    spot = handover.spot
    earlier = tuple(call for call in spot.function.calls if call.line < spot.call.line and call is not spot.call)
    return info.id in sight.summaries.reached(spot.function.id, earlier)


def _may_meet(info: FunctionInfo, write: Write, key: code.Expr) -> bool:
    """May two threads have the same key: one that is the same for all, one of several that each goes through, or any at all
    in a collection that lasts no longer than the work, where a test for it makes sense only if keys come again?"""
    if write.place.root.kind in (RootKind.LOCAL, RootKind.PARAM):
        return True
    names = {node.id for node in tree.every(key) if isinstance(node, code.Name)}
    loops = [s for s in info.statements if isinstance(s, code.For)]
    if any(not names.isdisjoint(tree.bound_each_round(loop)) for loop in loops):
        return True
    own = {parameter.name for parameter in info.parameters} | set(tree.bound_in(info.body))
    return names.isdisjoint(own - {"self", "cls"})


# ---- taken by another one


def _taken_from(statement: code.Stmt, write: Write) -> code.Expr | None:
    """What a statement takes from: `tasks.pop()`, without a default."""
    for head in tree.heads(statement):
        for call in (node for node in tree.every(head) if isinstance(node, code.Call)):
            owner = receiver(call)
            if owner is None or not (last_name(call) == "popleft" or (last_name(call) == "pop" and _takes_any(call))):
                continue
            if (tree.dotted(owner) or "").rpartition(".")[2] == (write.place.path or (write.place.root.name,))[-1]:
                return owner
    return None


def _takes_any(call: code.Call) -> bool:
    """`pop()` or `pop(0)`: no key, and no default."""
    at_an_end = not call.arguments or (len(call.arguments) == 1 and _number(call.arguments[0]) in (0, -1))
    return at_an_end and not call.keywords


def _number(value: code.Expr) -> object:
    match value:
        case code.Literal(kind="int", value=number):
            return number
        case code.Operation(operator="-", operands=(code.Literal(kind="int", value=int() as number),)):
            return -number
    return None


def _is_some(test: Test, owner: code.Expr) -> bool:
    """Does the test hold because something is in `owner`?"""
    for condition, holds in conditions(test.expression, holds=test.holds):
        match condition:
            case code.Name() | code.Attribute() if condition == owner and holds:
                return True
            case code.Call(function=code.Name(id="len"), arguments=(counted,)) if counted == owner and holds:
                return True
            case code.Operation(operator=">" | "!=", operands=(counted, code.Literal(value=0))) if holds:
                if _counts(counted, owner):
                    return True
            case code.Operation(operator="==" | "<=", operands=(counted, code.Literal(value=0))) if not holds:
                if _counts(counted, owner):
                    return True
            case code.Operation(operator=">=", operands=(counted, code.Literal(value=1))) if holds:
                if _counts(counted, owner):
                    return True
    return False


def _counts(value: code.Expr, owner: code.Expr) -> bool:
    return isinstance(value, code.Call) and last_name(value) == "len" and value.arguments == (owner,)


def _is_caught(sight: Sight, handover: Handover, write: Write) -> bool:
    """Is it taken care of that nothing is there?"""
    return any(catches(info, line, _NOTHING_THERE) for info, line in on_the_way(sight, handover, write.where))


CHECK_FACTS: Mapping[str, Detector] = {Fact.CHECKED_THEN_CHANGED: _checked_then_changed}
