"""Holding: locks and semaphores that stay taken, and ends that nobody hears of, when something fails in between."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from functools import partial

from advisor.model import code, tree
from advisor.model.effect import OUTSIDE
from advisor.model.fault import Around, Fact, Fate
from advisor.model.program import FunctionInfo
from advisor.model.state import How, Places, RootKind
from advisor.questions.calls import argument, entries, last_name, receiver
from advisor.questions.guesses import guessed
from advisor.questions.locks import lock_type
from advisor.questions.pools import hand_over
from advisor.questions.talk import talks
from advisor.stages.faults.failures import may_fail, worker_of
from advisor.stages.faults.queues import is_worker, may_fail_outside
from advisor.stages.faults.same import places_of
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.ways import Past, Question, ways_past

_STANDARD = sys.stdlib_module_names
_COORDINATES = frozenset("wait notify notify_all set clear put get put_nowait get_nowait qsize empty full".split())
_DEEP = 2  # calls followed to what may fail
_AWAITED = (Fate.AWAITED, Fate.AWAITED_AND_DROPPED)
_PUTS = ("put", "put_nowait")
_TAKES, _GIVES = "acquire", "release"
_OF_OTHERS = frozenset({RootKind.SELF, RootKind.GLOBAL, RootKind.PARAM, RootKind.CLASS})


def _not_given_back(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """`lock.acquire()`, work that may fail, `lock.release()`: the next one who wants it waits for ever."""
    if not {_TAKES, _GIVES} <= info.called_names:
        return
    told: list[code.Expr] = []
    for taken in sight.spots(info):
        lock = receiver(taken.call)
        if (
            taken.last != _TAKES
            or lock is None
            or lock in told
            or not _waits(taken)
            or not _is_limit(sight, info, lock)
        ):
            continue
        told.append(lock)
        if not _is_of_others(sight, info, lock):
            continue
        question = Question(
            takes=partial(_calls, lock, _TAKES),
            gives=partial(_calls, lock, _GIVES),
            fails=partial(_fails_inside, sight),
            raises=True,
        )
        for spot, past in ways_past(sight, info, question)[:1]:
            because = f"{_how(spot, past)}, and whoever takes it next waits for ever"
            yield at(taken.call, tree.dotted(lock) or "the lock", because, past.line)


def _calls(owner: code.Expr, method: str, spot: Spot) -> bool:
    return spot.last == method and receiver(spot.call) == owner


def _waits(spot: Spot) -> bool:
    """Does the call wait for the lock, however long?"""
    return not spot.call.arguments and not spot.call.keywords


def _is_limit(sight: Sight, info: FunctionInfo, lock: code.Expr) -> bool:
    """Is it surely a lock or a semaphore?"""
    values = [v for v in sight.program.values(info.id, lock) if v.kind != "none"]
    kinds = {sight.catalog.canonical(v.name) for v in values if v.kind == "object"}
    return bool(kinds) and len(kinds) == len(values) and all(lock_type(sight.catalog, k) is not None for k in kinds)


def _is_of_others(sight: Sight, info: FunctionInfo, lock: code.Expr) -> bool:
    """Is it seen by others than the one run of this function?"""
    return any(place.root.kind in _OF_OTHERS for place in sight.program.objects.places(info.id, lock))


def _fails(sight: Sight, spot: Spot) -> bool:
    """May a call fail for what lies outside, or with what it has run elsewhere and waits for?"""
    if may_fail_outside(sight, spot):
        return True
    found = hand_over(sight.program, sight.catalog, spot.function.id, spot.call)
    if found is None or not found.runs_elsewhere or found.by_pool or spot.fate not in _AWAITED:
        return False
    worker = worker_of(sight, spot)
    return may_fail(sight, worker) if worker is not None else isinstance(found.function, code.Name)


def _fails_inside(sight: Sight, spot: Spot, depth: int = _DEEP) -> bool:
    """May a call fail while a lock is held: also one of a library of which nothing is known, or that works with the outside by
    its name?"""
    if _fails(sight, spot):
        return True
    program, catalog, function = sight.program, sight.catalog, spot.function.id
    if talks(program, catalog, function, spot.call) or last_name(spot.call) in _COORDINATES:
        return False
    targets = [t for t in program.targets(function, spot.call) if not t.callback]
    inner = [program.functions[t.name] for t in targets if t.kind == "function" and not t.guessed]
    if inner:
        here = [each for each in inner if not (each.is_async or each.is_generator or each.id == function)]
        return depth > 0 and any(
            Around.TRY not in each.around and _fails_inside(sight, each, depth - 1)
            for called in here
            for each in sight.spots(called)
        )
    if entries(program, catalog, function, spot.call):
        return False
    if targets and not any(t.guessed for t in targets):
        return all(t.name.partition(".")[0] not in _STANDARD for t in targets)
    likely = guessed(program, catalog, function, spot.call)
    return likely is not None and likely.effect in OUTSIDE


def _how(spot: Spot | None, past: Past) -> str:
    if spot is None:
        return f"line {past.line} raises, and nothing releases it"
    called = written(spot.call)
    if past.caught:
        return f"when `{called}` fails in line {past.line}, line {past.caught} catches that without releasing it"
    return f"when `{called}` fails in line {past.line}, nothing releases it"


# ---- the last word of a worker


def _end_not_signalled(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """A worker that puts a last word into a queue when it is done, for which somebody waits who never hears of its failure."""
    if not is_worker(sight, info):
        return
    for last in sight.spots(info):
        word, queue = _last_word(sight, last), receiver(last.call)
        if word is None or queue is None or (Around.LOOP in last.around and not _leaves(info, last)):
            continue
        mine = places_of(sight, info.id, queue)
        reader = next(_readers(sight, info, mine, word), None)
        if reader is None or _said_by_others(sight, info, last, mine, word):
            continue
        question = Question(
            takes=lambda _: False,
            gives=lambda spot, queue=queue, word=word: _is_word(sight, spot, queue, word),  # type: ignore[misc]
            fails=partial(_fails, sight),
            begins=True,
        )
        for spot, past in ways_past(sight, info, question)[:1]:
            assert spot is not None
            caught = f", which line {past.caught} catches" if past.caught else ""
            because = (
                f"when `{written(spot.call)}` fails in line {past.line}{caught}, `{info.name}` ends without it, and"
                f" `{written(reader.call)}` in line {reader.call.line} waits for ever"
            )
            yield at(last.call, written(last.call), because, reader.call.line)
            return


def _last_word(sight: Sight, spot: Spot) -> code.Expr | None:
    """The constant that a call puts into a queue, `queue.put(None)`: what says that no more will come."""
    if spot.last not in _PUTS:
        return None
    known = entries(sight.program, sight.catalog, spot.function.id, spot.call)
    puts = any(entry.changes.get("receiver") is How.APPEND for _, entry in known)
    given = argument(spot.call, 0) or argument(spot.call, "item") or argument(spot.call, "obj")
    return given if puts and given is not None and _is_word_written(given) else None


def _is_word_written(given: code.Expr) -> bool:
    """Is it the same wherever it is written: a constant, or an object that its class alone tells from others?"""
    match given:
        case code.Literal(kind=kind):
            return kind != "ellipsis"
        case code.Name(id=name):
            return name.isupper()
        case code.Call(function=code.Name(), arguments=(), keywords=()):
            return True
    return False


def _leaves(info: FunctionInfo, last: Spot) -> bool:
    """Does the worker end behind the statement, though it stands in a loop?"""
    for statement in info.statements:
        for block in tree.blocks(statement):
            if any(each is last.statement for each in block):
                return any(isinstance(each, code.Return) or _is_break(each) for each in block)
    return False


def _is_break(statement: code.Stmt) -> bool:
    return isinstance(statement, code.Jump) and statement.kind == "break"


def _readers(sight: Sight, worker: FunctionInfo, queue: Places, word: code.Expr) -> Iterator[Spot]:
    """The calls of others that wait for the next item of the queue, however long, and compare it with the last word."""
    for function, call in sight.program.objects.calls_named("get"):
        owner = receiver(call)
        if function == worker.id or owner is None or not _waits_for_ever(call):
            continue
        info = sight.program.functions[function]
        if any(_compares(each, word) for each in info.expressions) and (queue & places_of(sight, function, owner)):
            yield from (spot for spot in sight.spots(info) if spot.call is call)


def _waits_for_ever(call: code.Call) -> bool:
    """`get()` or `get(block=True)`: is nothing said of how long?"""
    given = (*call.arguments, *(keyword.value for keyword in call.keywords))
    return all(isinstance(each, code.Literal) and each.value is True for each in given)


def _compares(expression: code.Expr, word: code.Expr) -> bool:
    """`item is None`, `item == STOP`, or `isinstance(item, Stop)` for an object of a class."""
    if isinstance(word, code.Call):
        return (
            isinstance(expression, code.Call)
            and last_name(expression) == "isinstance"
            and word.function in expression.arguments
        )
    return (
        isinstance(expression, code.Operation)
        and expression.operator in ("is", "is not", "==", "!=")
        and word in expression.operands
    )


def _is_word(sight: Sight, spot: Spot, queue: code.Expr, word: code.Expr) -> bool:
    return receiver(spot.call) == queue and _is_same_word(_last_word(sight, spot), word)


def _is_same_word(given: code.Expr | None, word: code.Expr) -> bool:
    if isinstance(given, code.Call) and isinstance(word, code.Call):
        return given.function == word.function
    return given == word


def _said_by_others(sight: Sight, worker: FunctionInfo, last: Spot, queue: Places, word: code.Expr) -> bool:
    """Does anyone else put the last word into the queue, as who started the worker may once that is over?"""
    for function, call in sight.program.objects.calls_named(last_name(last.call)):
        owner = receiver(call)
        others = function != worker.id and owner is not None and _is_same_word(argument(call, 0), word)
        if others and owner is not None and queue & places_of(sight, function, owner):
            return True
    return False


HOLDING_FACTS: Mapping[str, Detector] = {
    Fact.NOT_GIVEN_BACK: _not_given_back,
    Fact.END_NOT_SIGNALLED: _end_not_signalled,
}
