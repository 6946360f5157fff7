"""Ways: those on which a failure leads past what must be done, from where something was taken to the end of its round.

One question of control flow for all that is to be given back: an item of a queue that `task_done()` reports, a lock that
`release()` opens, the word of a worker that it is at its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from advisor.model import code, tree
from advisor.model.program import FunctionInfo
from advisor.stages.faults.sight import Sight
from advisor.stages.faults.spots import Spot

Ask: TypeAlias = Callable[[Spot], bool]

_WIDE = frozenset({"Exception", "BaseException"})
_NOTHING_THERE = frozenset({"Empty", "QueueEmpty"})  # the queue had no item: nothing was taken
OF_VALUES = frozenset("KeyError IndexError ValueError TypeError AttributeError StopIteration ImportError".split())
"""Errors of what the program works on, and not of what lies outside."""
_SUPPRESS = "suppress"


@dataclass(frozen=True, slots=True, order=True)
class Past:
    """A way past what must be done: the call `uid` in `line` fails, and the handler in line `caught` goes on without; 0 where
    nobody catches it."""

    line: int
    uid: int
    caught: int = 0


_ON_PURPOSE = -2  # the `uid` of a statement that raises
_HELD = Past(0, -1)  # taken, and nothing has gone wrong yet
_States: TypeAlias = frozenset[Past | None]  # None: nothing is held
_NONE: _States = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a function: which of its calls take something, give it back, and may fail in between. What `begins` held
    is owed from the first statement on. `raises` when an exception that is raised on purpose counts as a failure as well."""

    takes: Ask
    gives: Ask
    fails: Ask
    begins: bool = False
    raises: bool = False


def ways_past(sight: Sight, info: FunctionInfo, question: Question) -> tuple[tuple[Spot | None, Past], ...]:
    """The calls whose failure leads to the end of the function, or to the next taking, with nothing given back; None for a
    statement that raises.

    A handler of certain errors alone is trusted to catch what goes wrong, and one branch of an `if` that gives back to know
    why the others do not.
    """
    walk = _Walk(sight.spots(info), question)
    ends = walk.block(info.body, frozenset({_HELD if question.begins else None}))
    left = frozenset().union(ends.on, ends.raised, ends.returned, walk.again)
    past = sorted({state for state in left if state is not None and state != _HELD})
    known = {spot.call.uid: spot for spot in sight.spots(info)}
    return tuple((known.get(each.uid), each) for each in past)


@dataclass(frozen=True, slots=True)
class _Ends:
    """How a block may end, with what is held then: by going `on`, or by leaving it."""

    on: _States = _NONE
    raised: _States = _NONE
    returned: _States = _NONE
    broken: _States = _NONE
    continued: _States = _NONE

    def beside(self, other: _Ends) -> _Ends:
        return _Ends(
            self.on | other.on,
            self.raised | other.raised,
            self.returned | other.returned,
            self.broken | other.broken,
            self.continued | other.continued,
        )


class _Walk:
    def __init__(self, spots: tuple[Spot, ...], question: Question) -> None:
        self.by_call = {id(spot.call): spot for spot in spots}
        self.question = question
        self.again: _States = _NONE  # what was still held when the next one was taken

    def block(self, block: tree.Block, held: _States) -> _Ends:
        ends = _Ends(on=held)
        for statement in block:
            if not ends.on:
                break
            ends = replace(ends, on=_NONE).beside(self.statement(statement, ends.on))
        return ends

    def statement(self, statement: code.Stmt, held: _States) -> _Ends:
        match statement:
            case code.Function() | code.Class():
                return _Ends(on=held)
            case code.Try():
                return self.attempt(statement, held)
            case code.For() | code.While():
                return self.loop(statement, held)
        held, raised = self.heads(statement, held)
        ends = _Ends(raised=raised)
        match statement:
            case code.Return():
                return replace(ends, returned=held)
            case code.Raise():
                if not self.question.raises:
                    return ends  # what is raised on purpose is somebody's decision, with what it leaves behind
                failed = Past(statement.line, _ON_PURPOSE)
                return replace(ends, raised=raised | {failed if s == _HELD else s for s in held})
            case code.Jump(kind="break"):
                return replace(ends, broken=held)
            case code.Jump(kind="continue"):
                return replace(ends, continued=held)
            case code.With(body=body):
                inside = self.block(body, held)
                swallows = any(_is_suppress(context) for context, _ in statement.items)
                return ends.beside(replace(inside, raised=_NONE) if swallows else inside)
            case code.If() | code.Match():
                branches = tree.blocks(statement)
                if any(map(self.gives_in, branches)):
                    held = frozenset(state if state == _HELD else None for state in held)
                for branch in branches:
                    ends = ends.beside(self.block(branch, held))
                return ends if isinstance(statement, code.If) else replace(ends, on=ends.on | held)
        return replace(ends, on=held)

    def loop(self, loop: code.For | code.While, held: _States) -> _Ends:
        if self.gives_in(loop.body) and not self.takes_in(loop.body):
            held = frozenset(state if state == _HELD else None for state in held)
        ends, entering = _Ends(), held
        while True:
            tested, raised = self.heads(loop, entering)
            inside = self.block(loop.body, tested)
            ends = ends.beside(replace(inside, raised=inside.raised | raised))
            again = entering | inside.on | inside.continued
            if again == entering:
                break
            entering = again
        endless = isinstance(loop, code.While) and isinstance(loop.test, code.Literal) and bool(loop.test.value)
        behind = self.block(loop.orelse, _NONE if endless else tested)
        out = _Ends(on=ends.broken, raised=ends.raised, returned=ends.returned)
        return out.beside(behind)

    def attempt(self, attempt: code.Try, held: _States) -> _Ends:
        tried = self.block(attempt.body, held)
        ends = replace(tried, on=_NONE, raised=_NONE).beside(self.block(attempt.orelse, tried.on))
        ends = ends.beside(self.handled(attempt, tried.raised))
        if not attempt.final:
            return ends
        final = self.block(attempt.final, ends.on)
        out = replace(ends, on=final.on, raised=final.raised).beside(self.through(attempt.final, ends.raised, "raised"))
        for kind in ("returned", "broken", "continued"):
            states: _States = getattr(ends, kind)
            out = replace(out, **{kind: _NONE}).beside(self.through(attempt.final, states, kind))
        return out

    def through(self, final: tree.Block, held: _States, kind: str) -> _Ends:
        """What leaves a block by way of its `finally`, and goes on leaving behind it."""
        if not held:
            return _Ends()
        if self.gives_in(final):
            return _Ends(**{kind: frozenset({None})})
        inside = self.block(final, held)
        return replace(inside, on=_NONE).beside(_Ends(**{kind: inside.on}))

    def handled(self, attempt: code.Try, raised: _States) -> _Ends:
        """What becomes of the failures that reach the handlers."""
        handlers = [each for each in attempt.handlers if not _caught(each) & _NOTHING_THERE]
        if not handlers or not raised:
            return _Ends(raised=raised)
        wide = next((each for each in handlers if each.caught is None or _caught(each) & _WIDE), None)
        if any(self.gives_in(each.body) for each in handlers):
            return _Ends()
        ends = _Ends()
        for handler in [wide] if wide is not None else [each for each in handlers if not _caught(each) <= OF_VALUES]:
            caught = frozenset(replace(state, caught=handler.line) for state in raised if state is not None)
            passed_on = any(isinstance(each, code.Raise) for each in handler.body)
            ends = ends.beside(self.block(handler.body, caught)).beside(_Ends(raised=raised if passed_on else _NONE))
        return ends

    def heads(self, statement: code.Stmt, held: _States) -> tuple[_States, _States]:
        """What is held once the expressions of a statement are evaluated, and with what one of them may fail."""
        raised: set[Past | None] = set()
        for call in (each for head in tree.heads(statement) for each in _in_order(head)):
            spot = self.by_call.get(id(call))
            if spot is None:
                continue
            if self.question.takes(spot):
                self.again |= frozenset(state for state in held if state is not None and state != _HELD)
                held = frozenset({_HELD})
            elif self.question.gives(spot):
                held = frozenset({None})
            elif any(state is not None for state in held) and self.question.fails(spot):
                failed = Past(call.line, call.uid)
                raised |= {
                    failed if state == _HELD else replace(state, caught=0) for state in held if state is not None
                }
        return held, frozenset(raised)

    def gives_in(self, block: tree.Block) -> bool:
        return any(self.question.gives(spot) for call in tree.calls(block) if (spot := self.by_call.get(id(call))))

    def takes_in(self, block: tree.Block) -> bool:
        return any(self.question.takes(spot) for call in tree.calls(block) if (spot := self.by_call.get(id(call))))


def _in_order(expression: code.Expr) -> Iterator[code.Call]:
    """The calls of an expression in the order in which they are made: arguments before what they are given to."""
    for part in tree.parts(expression):
        yield from _in_order(part)
    if isinstance(expression, code.Call):
        yield expression


def _caught(handler: code.Handler) -> frozenset[str]:
    caught = handler.caught
    named = () if caught is None else caught.items if isinstance(caught, code.Display) else (caught,)
    return frozenset((tree.dotted(name) or "").rpartition(".")[2] for name in named)


def _is_suppress(context: code.Expr) -> bool:
    return isinstance(context, code.Call) and tree.callee(context).rpartition(".")[2] == _SUPPRESS
