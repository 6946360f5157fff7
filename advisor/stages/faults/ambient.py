"""Ambient state: what the whole process has one of, and threads change as if each had its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from advisor.model import code, tree
from advisor.model.fault import Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import Access, Ambient, AmbientUse, State
from advisor.questions.calls import last_name, receiver
from advisor.questions.interference import words
from advisor.stages.faults.deciding import conditions, deciding
from advisor.stages.faults.sight import Clue, Detector, Sight, at
from advisor.stages.faults.workers import (
    Handover,
    alone,
    catches,
    handovers,
    is_bound_anew,
    is_same_argument,
    on_the_way,
    several,
    touched,
)

_OF_ALL = frozenset({Ambient.CWD, Ambient.ENVIRONMENT, Ambient.UMASK, Ambient.LOCALE, Ambient.SOCKETS})
_PUT_BACK = frozenset(
    {Ambient.WARNING_FILTERS}
)  # by the block that changes them, over what another thread has set meanwhile
_OF_EACH_THREAD_SINCE = (3, 14)  # in builds without a GIL, which give each context filters of its own
_STREAMS = ("sys.stdout", "sys.stderr", "sys.stdin")
_MAIN_ONLY = "signal.signal"
_REFUSED = frozenset(["ValueError", "Exception", "BaseException"])
_TELLS_MAIN = frozenset(["main_thread", "current_thread", "_MainThread", "MainThread", "currentThread"])


def _changed_in_threads(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """State of the process that several threads set to something of their own at the same time."""
    for handover in handovers(sight, info, "thread"):
        state = touched(sight, handover)
        if state is None or alone(sight, handover) or not (several(sight, handover) or handover.starts_a_class):
            continue
        use = next((use for use in state.ambient if _is_changed(sight, handover, use)), None)
        if use is not None:
            where = sight.program.functions[use.where.function].name
            what = "standard output" if use.what in (Ambient.OUTPUT, Ambient.INTERPRETER) else words(use.what)
            because = f"`{where}` calls `{use.api}` in line {use.where.line}, and the process has one {what}"
            rarely = any(_is_under_a_test(inner, line) for inner, line in on_the_way(sight, handover, use.where))
            yield replace(at(handover.spot.call, use.api, because, use.where.line), aside=rarely)


def _is_changed(sight: Sight, handover: Handover, use: AmbientUse) -> bool:
    stream = use.api in _STREAMS or (use.what is Ambient.OUTPUT and use.access is Access.WRITE)
    put_back = use.what in _PUT_BACK and use.access is Access.EXCLUSIVE and not _has_own_filters(sight)
    if not (use.what in _OF_ALL or stream or put_back) or use.access.looks:
        return False
    if any(sight.locked(info.id, line) for info, line in on_the_way(sight, handover, use.where)):
        return False
    if put_back:
        return True
    function = sight.program.functions[use.where.function]
    given = tuple(_set_to(sight, function, use))
    if use.api.endswith(".setdefault") or _is_asked_for_first(function, use.where.line):
        given = tuple(
            _rests_on(function, given)
        )  # the first thread sets it for all, so it matters whether theirs differ
    return any(_varies(sight, handover, function, each) for each in given)


def _is_asked_for_first(info: FunctionInfo, line: int) -> bool:
    """Is an entry only set where it is missing: `if key not in os.environ: os.environ[key] = …`?"""
    for statement in info.statements:
        match statement:
            case code.Assign(targets=(code.Subscript(value=owner),), line=there) if there == line:
                tests = (
                    each for test in deciding(info, statement) for each in conditions(test.expression, holds=test.holds)
                )
                if any(_tells_missing(condition, owner, holds=holds) for condition, holds in tests):
                    return True
    return False


def _tells_missing(condition: code.Expr, owner: code.Expr, *, holds: bool) -> bool:
    match condition:
        case code.Operation(operator="in" | "not in" as operator, operands=(_, where)):
            return where == owner and holds == (operator == "not in")
        case code.Operation(operator="is" | "is not" as operator, operands=(asked, code.Literal(kind="none"))):
            return _gets(asked, owner) and holds == (operator == "is")
        case code.Call():
            return _gets(condition, owner) and not holds
    return False


def _gets(asked: code.Expr, owner: code.Expr) -> bool:
    return isinstance(asked, code.Call) and (
        (last_name(asked) == "get" and receiver(asked) == owner) or last_name(asked) == "getenv"
    )


def _rests_on(info: FunctionInfo, given: Iterable[code.Expr]) -> Iterator[code.Name]:
    """The parameters of a function on which values hang, through whatever variables."""
    names = {node.id for each in given for node in tree.every(each) if isinstance(node, code.Name)}
    while True:
        made = [(s.targets, s.value) for s in info.statements if isinstance(s, code.Assign) and s.value is not None]
        made += [((s.target,), s.iterable) for s in info.statements if isinstance(s, code.For)]
        made += [((n,), c) for s in info.statements if isinstance(s, code.With) for c, n in s.items if n is not None]
        sources = [value for targets, value in made if any(not names.isdisjoint(tree.bound_names(t)) for t in targets)]
        more = {node.id for each in sources for node in tree.every(each) if isinstance(node, code.Name)} - names
        if not more:
            break
        names |= more
    yield from (code.Name(parameter.name) for parameter in info.parameters if parameter.name in names)


def _has_own_filters(sight: Sight) -> bool:
    return sight.target.python >= _OF_EACH_THREAD_SINCE and not sight.target.gil


def _set_to(sight: Sight, info: FunctionInfo, use: AmbientUse) -> Iterator[code.Expr]:
    """What the function sets it to, each time."""
    for statement in info.statements:
        if isinstance(statement, code.Assign) and statement.line == use.where.line and statement.value is not None:
            yield statement.value
    for call in info.calls:
        if any(_is_listed(sight, target.name, use.api) for target in sight.program.targets(info.id, call)):
            yield from (*call.arguments, *(keyword.value for keyword in call.keywords))


def _is_listed(sight: Sight, name: str, api: str) -> bool:
    known = sight.catalog.call(name)
    return sight.catalog.canonical(name) == api or (known is not None and known[0] == api)


def _varies(sight: Sight, handover: Handover, info: FunctionInfo, given: code.Expr) -> bool:
    """Does it hang on what a run of the function has of its own, so that two threads set different things?"""
    own = {parameter.name for parameter in info.parameters} | set(tree.bound_in(info.body))
    if handover.worker is not None and not handover.starts_a_class:
        handed = info.id == handover.worker.id
        if info in handover.wrappers and not _is_handed_others(handover):
            return False
        own -= {
            parameter.name
            for position, parameter in enumerate(info.parameters)
            if (handed and is_same_argument(sight, handover, position, parameter))
            or (not handed and info not in handover.wrappers and _is_constant(sight, info, position))
        }
    if not handover.starts_a_class and info.owner is not None:
        own -= {"self", "cls"}
    return any(isinstance(node, code.Name) and node.id in own for node in tree.every(given))


def _is_handed_others(handover: Handover) -> bool:
    """Is the worker handed something else each time?"""
    given = (*handover.spot.call.arguments, *(keyword.value for keyword in handover.spot.call.keywords))
    return handover.is_map or any(is_bound_anew(handover.spot, each) for each in given)


def _is_constant(sight: Sight, info: FunctionInfo, position: int) -> bool:
    """Does each call of a function give a literal for a parameter, or leave it at its default?"""
    given = (sight.program.argument(info.id, call, position) for _, call in sight.program.callers(info.id))
    return all(each is None or isinstance(each, code.Literal) for each in given)


def _signals(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A handler for signals that is set in a thread, where Python refuses it."""
    for handover in handovers(sight, info, "thread"):
        state = touched(sight, handover)
        use = next((use for use in _sets_handlers(state) if not _is_sorted_out(sight, handover, use)), None)
        if use is not None:
            where = sight.program.functions[use.where.function].name
            yield at(handover.spot.call, use.api, f"`{where}` calls it in line {use.where.line}", use.where.line)


def _sets_handlers(state: State | None) -> Iterator[AmbientUse]:
    yield from (use for use in (state.ambient if state is not None else ()) if use.api == _MAIN_ONLY)


def _is_sorted_out(sight: Sight, handover: Handover, use: AmbientUse) -> bool:
    """May it not come to the call in a thread, or is the refusal caught?"""
    for info, line in on_the_way(sight, handover, use.where):
        if catches(info, line, _REFUSED) or _is_under_a_test(info, line):
            return True
        if not (info.names_read | info.called_names).isdisjoint(_TELLS_MAIN):
            return True
    return False


def _is_under_a_test(info: FunctionInfo, line: int) -> bool:
    """Is the line in a branch, or behind one that may leave the function first?"""
    for statement in info.statements:
        if not isinstance(statement, code.If) or statement.line > line:
            continue
        inside = {s.line for s in tree.statements((*statement.body, *statement.orelse))}
        leaves = any(isinstance(s, code.Return | code.Raise) for s in tree.statements(statement.body))
        if leaves or (inside and min(inside) <= line <= max(inside)):
            return True
    return False


AMBIENT_FACTS: Mapping[str, Detector] = {
    Fact.PROCESS_STATE_IN_THREADS: _changed_in_threads,
    Fact.SIGNAL_IN_A_THREAD: _signals,
}
