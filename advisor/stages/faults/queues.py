"""Queues: workers that can fail between taking an item and saying that it is done, for whom somebody then waits for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import CallEntry, Elements
from advisor.model.effect import Effect
from advisor.model.fault import Around, Fact
from advisor.model.program import FunctionInfo
from advisor.model.state import How
from advisor.questions.calls import argument, entries, is_variable, last_name, receiver
from advisor.questions.pools import starts_coroutines
from advisor.stages.faults.same import places_of
from advisor.stages.faults.sight import Clue, Detector, Sight, at, written
from advisor.stages.faults.spots import Spot
from advisor.stages.faults.ways import Question, ways_past

_FAILS = frozenset({Effect.NETWORK, Effect.DATABASE, Effect.SUBPROCESS, Effect.DISK})
_TEXTS = frozenset({"builtins.str", "builtins.bytes"})
_OF_TEXTS = frozenset(
    {"split", "rsplit", "partition", "rpartition", "strip", "lstrip", "rstrip", "decode", "splitlines"}
)
_DEEP = 3  # calls followed to what may fail
_DONE = "task_done"


def _task_done_skipped(sight: Sight, info: FunctionInfo) -> Iterator[Clue]:
    """Work between `get()` and `task_done()` that may fail, so that `join()` on the queue never returns."""
    said = [spot for spot in sight.spots(info) if spot.last == _DONE and spot.names and spot.loop is not None]
    for owner, done in {receiver(spot.call): spot for spot in reversed(said)}.items():
        waits = _joined(sight, done) if owner is not None else None
        if owner is None or waits is None or not is_worker(sight, info):
            continue
        question = Question(
            takes=lambda spot, owner=owner: receiver(spot.call) == owner and _takes(sight, spot),  # type: ignore[misc]
            gives=lambda spot, owner=owner: spot.last == _DONE and receiver(spot.call) == owner,  # type: ignore[misc]
            fails=lambda spot: may_fail_outside(sight, spot),
        )
        for spot, past in ways_past(sight, info, question)[:1]:
            assert spot is not None
            how = (
                f"an exception is caught in line {past.caught} without"
                if past.caught
                else "an exception ends the worker before"
            )
            because = f"{how} `{written(done.call)}` (line {done.call.line}), and `{written(waits)}` in line {waits.line} waits for ever"
            yield at(spot.call, written(spot.call), because, waits.line)


def _takes(sight: Sight, spot: Spot) -> bool:
    known = entries(sight.program, sight.catalog, spot.function.id, spot.call)
    return any(entry.changes.get("receiver") is How.TAKE for _, entry in known)


# ---- may it fail?


def may_fail_outside(sight: Sight, spot: Spot) -> bool:
    """May a call fail for what lies outside the program, or in a function that was handed in?"""
    return _may_fail(sight, spot, _DEEP)


def _may_fail(sight: Sight, spot: Spot, depth: int) -> bool:
    """May the call raise what nobody inside it catches: it works with the outside, or is any function that was handed in?"""
    program, function = sight.program, spot.function.id
    known = entries(program, sight.catalog, function, spot.call)
    if any(_works_outside(sight, spot, entry) or _may_not_understand(sight, spot, entry) for _, entry in known):
        return True
    called = [t for t in program.targets(function, spot.call) if t.kind == "function" and t.callback in ("", "here")]
    if not known and not called:
        if depth < _DEEP or not isinstance(spot.call.function, code.Name):
            return False  # what a helper calls is seldom the work: a logger, a callback
        return is_variable(program, function, spot.call.function.id)
    sure = [program.functions[t.name] for t in called if not (t.guessed or t.conditional)]
    here = [inner for inner in sure if inner.id != function and (not inner.is_async or _is_awaited(sight, spot))]
    return depth > 0 and any(_fails(sight, inner, depth - 1) for inner in here)


def _works_outside(sight: Sight, spot: Spot, entry: CallEntry) -> bool:
    """Does it work with something out there, which may be gone? What an event loop waits for may be a timer as well."""
    if entry.effect is Effect.ASYNC:
        return entry.access is not None and _is_awaited(sight, spot)
    return entry.effect in _FAILS and entry.returns != "builtins.bool"  # what answers yes or no says no


def _is_awaited(sight: Sight, spot: Spot) -> bool:
    """Is the coroutine that a call makes awaited there, so that this is where it fails: `await wait_for(call(), 3)`?"""
    match spot.statement:
        case code.With(items=items, is_async=True) if any(context is spot.call for context, _ in items):
            return True
        case code.For(iterable=iterable, is_async=True) if iterable is spot.call:
            return True
    for node in (each for head in tree.heads(spot.statement) for each in tree.every(head)):
        if isinstance(node, code.Await):
            value = node.value
            if value is spot.call:
                return True
            if isinstance(value, code.Call) and any(given is spot.call for given in value.arguments):
                known = entries(sight.program, sight.catalog, spot.function.id, value)
                return any(entry.elements is Elements.SAME for _, entry in known)
    return False


def _may_not_understand(sight: Sight, spot: Spot, entry: CallEntry) -> bool:
    """Is it to make a value of a text from elsewhere, which may be written in another way?"""
    text = argument(spot.call, 0)
    if entry.parses is None or text is None or isinstance(text, code.Literal | code.Text):
        return False
    return entry.parses == "text" or _is_text(sight, spot.function.id, text)


def _is_text(sight: Sight, function: str, expression: code.Expr, seen: frozenset[str] = frozenset()) -> bool:
    """Is it surely a text, or a piece of one?"""
    match expression:
        case code.Call() if receiver(expression) is not None and last_name(expression) in _OF_TEXTS:
            return True
        case code.Subscript(value=value):
            return _is_text(sight, function, value, seen)
        case code.Name(id=name) if name not in seen:
            origins = sight.program.objects.origins(function, name)
            made = [o.expression for o in origins if o.expression is not None and o.how in ("value", "element")]
            if made and len(made) == len(origins):
                return all(_is_text(sight, function, each, seen | {name}) for each in made)
    return not sight.kinds(function, expression).isdisjoint(_TEXTS)


def _fails(sight: Sight, info: FunctionInfo, depth: int) -> bool:
    return any(Around.TRY not in spot.around and _may_fail(sight, spot, depth) for spot in sight.spots(info))


# ---- who works, and who waits


def is_worker(sight: Sight, info: FunctionInfo) -> bool:
    """Does it run in a thread, a process, or as a task of its own?"""
    if sight.in_pool(info.id):
        return True
    return info.is_async and any(_is_started(sight, caller, call) for caller, call in sight.program.callers(info.id))


def _is_started(sight: Sight, caller: str, made: code.Call) -> bool:
    """Is the coroutine that a call makes handed to something that runs it as a task?"""
    return any(
        starts_coroutines(sight.program, sight.catalog, caller, call)
        for call in sight.program.functions[caller].calls
        if any(node is made for argument in call.arguments for node in tree.every(argument))
    )


def _joined(sight: Sight, done: Spot) -> code.Call | None:
    """The call that waits for all items of the queue to be done."""
    owner = receiver(done.call)
    classes = {name.rpartition(".")[0] for name in done.names}
    mine = frozenset() if owner is None else places_of(sight, done.function.id, owner)
    for function, call in sight.program.objects.calls_named("join"):
        other = receiver(call)
        if other is None or call.arguments:
            continue
        named = {name.rpartition(".")[0] for name, _ in entries(sight.program, sight.catalog, function, call)}
        if not named & _lineage(sight, classes):
            continue
        theirs = places_of(sight, function, other)
        if mine & theirs:
            return call
    return None


def _lineage(sight: Sight, classes: set[str]) -> set[str]:
    """The classes, and those of which they are kinds: the catalog lists a method where it is written."""
    found = set(classes)
    for cls in classes:
        known = sight.catalog.object(cls)
        found.update(known.bases if known is not None else ())
    return found


QUEUE_FACTS: Mapping[str, Detector] = {Fact.TASK_DONE_SKIPPED: _task_done_skipped}
