"""Runs: statements in a row that each wait for something and do not need each other.

In a coroutine these are awaits, elsewhere calls that fetch. Whether two may overlap is read from names and state;
whether their order means something to the other side can only be guessed from what the calls are named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.effect import Effect
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Site, SiteKind
from advisor.model.state import LINES, Piece, State
from advisor.model.summary import Summaries, Summary
from advisor.questions.calls import is_pause
from advisor.questions.interference import View, ambient_clashes, changes_outside, clashes, independent, settled

_LONG_ENOUGH = 0.002  # seconds that a statement must take to be worth overlapping
_BETWEEN = 2  # light statements that may stand between two of a run
_MOST = 32  # steps of a run: each is held against all others
_WAITS = frozenset({Effect.NETWORK, Effect.DATABASE})


@dataclass(frozen=True, slots=True)
class _Step:
    """One statement of a run, the names it reads and binds, and whether its result is kept."""

    statement: code.Stmt
    call: code.Call
    read: frozenset[str]
    bound: frozenset[str]
    kept: bool


def runs(program: Program, summaries: Summaries, catalog: Catalog, info: FunctionInfo) -> Iterator[Site]:
    """The runs of at least two statements in a function, at any depth."""
    walk = _Runs(program, summaries, catalog, info)
    proven = list(walk.block(info.body, walk.overlap))
    yield from proven
    if info.is_async:
        taken = {id(statement) for site in proven for statement in site.body}
        found = walk.block(info.body, walk.may_overlap)
        yield from (site for site in found if taken.isdisjoint(map(id, site.body)))


class _Runs:
    def __init__(self, program: Program, summaries: Summaries, catalog: Catalog, info: FunctionInfo) -> None:
        self.program = program
        self.summaries = summaries
        self.catalog = catalog
        self.info = info
        self.seen = View(program.objects, info.id)
        self.states: dict[int, State] = {}  # of the statements, by identity
        self.steps: dict[int, _Step | None] = {}  # likewise

    def block(self, block: tree.Block, overlap: Callable[[_Step, _Step], bool]) -> Iterator[Site]:
        run: list[_Step] = []
        between = 0
        for index, statement in enumerate(block):
            step = self._step(statement) if run or self._is_followed(block, index) else None
            if step is not None and len(run) < _MOST and all(overlap(before, step) for before in run):
                run.append(step)
                between = 0
                continue
            if step is None and run and between < _BETWEEN and self._is_light(statement, run):
                between += 1
                continue
            if len(run) > 1:
                yield self._site(run, overlap)
            run, between = ([] if step is None else [step]), 0
            if step is None:
                for inner in tree.blocks(statement) if not isinstance(statement, code.Class) else ():
                    yield from self.block(inner, overlap)
        if len(run) > 1:
            yield self._site(run, overlap)

    def _is_followed(self, block: tree.Block, index: int) -> bool:
        """Is there another statement near enough behind the one at `index` that looks like a step? To measure one alone is of
        no use."""
        for later in block[index + 1 : index + _BETWEEN + 2]:
            if self._looks_like_one(later):
                return True
            if not isinstance(later, code.Assign | code.Evaluate):
                return False
        return False

    def _looks_like_one(self, statement: code.Stmt) -> bool:
        if isinstance(statement, code.If):
            arms = [arm for arm in (statement.body, statement.orelse) if arm]
            return all(len(arm) == 1 and self._called(arm[0]) is not None for arm in arms)
        return self._called(statement) is not None

    def _called(self, statement: code.Stmt) -> tuple[code.Expr, code.Call] | None:
        """What a statement keeps of a call, or awaits of one, and the call; None for other statements."""
        match statement:
            case code.Assign(value=value, operator=None) if value is not None:
                kept = True
            case code.Evaluate(value=value):
                kept = False
            case _:
                return None
        awaited = isinstance(value, code.Await)
        call = value.value if isinstance(value, code.Await) else value
        if not isinstance(call, code.Call) or awaited != self.info.is_async or not (kept or awaited):
            return None
        return value, call

    def _step(self, statement: code.Stmt) -> _Step | None:
        """`statement` as a step: one waiting call whose result is kept or dropped, perhaps under a condition."""
        known = id(statement)
        if known not in self.steps:
            self.steps[known] = (
                self._conditional(statement) if isinstance(statement, code.If) else self._single(statement)
            )
        return self.steps[known]

    def _single(self, statement: code.Stmt) -> _Step | None:
        found = self._called(statement)
        if found is None:
            return None
        value, call = found
        if is_pause(self.catalog, call):
            return None  # what is slept away between two steps is meant to lie between them
        if not self._waits(self.summaries.in_runs(Piece(self.info.id, (statement,))), isinstance(value, code.Await)):
            return None
        kept = isinstance(statement, code.Assign)
        return _Step(statement, call, _read(value), frozenset(tree.bound_by(statement)), kept)

    def _state(self, statement: code.Stmt) -> State:
        known = id(statement)
        if known not in self.states:
            self.states[known] = settled(self.summaries.state(Piece(self.info.id, (statement,))), None)
        return self.states[known]

    def _conditional(self, statement: code.If) -> _Step | None:
        """`if known: x = await a()`, with `else: x = await b()` or without."""
        arms = [arm for arm in (statement.body, statement.orelse) if arm]
        steps = [self._step(arm[0]) for arm in arms if len(arm) == 1 and not isinstance(arm[0], code.If)]
        first = steps[0] if steps and len(steps) == len(arms) else None
        if first is None or any(step is None for step in steps):
            return None
        read = _read(statement.test).union(*(step.read for step in steps if step is not None))
        return _Step(statement, first.call, read, first.bound, first.kept)

    def _waits(self, summary: Summary, awaited: bool) -> bool:
        if awaited:
            return summary.cost.waiting.expected + summary.cost.child.expected >= _LONG_ENOUGH
        sure = [p for p in summary.proofs if p.effect in _WAITS and not p.guessed and not p.conditional]
        return sum(p.seconds.expected for p in sure) >= _LONG_ENOUGH

    def overlap(self, first: _Step, second: _Step) -> bool:
        """May `second` start before `first` has ended?"""
        if self._tied(first, second):
            return False
        before, after = self._state(first.statement), self._state(second.statement)
        alike = self._alike(first, second)
        if not alike and changes_outside(after) is not None:
            return False  # it would be done although the first failed
        if _lines(before) and _lines(after):
            return False
        return independent(before, after, alike=alike, awaits=self.info.is_async) is None

    def may_overlap(self, first: _Step, second: _Step) -> bool:
        """May it be so, for all that is known? Two functions of the project are asked for answers, nothing that was read of
        them ties the two or leaves a trace, and only how far they could be read keeps it from being proven."""
        if not (self._asks(first) and self._asks(second)) or self._tied(first, second):
            return False
        known = [replace(self._state(s.statement), opaque=0, opaque_awaits=0) for s in (first, second)]
        return not any(map(changes_outside, known)) and independent(*known, awaits=True) is None

    def _asks(self, step: _Step) -> bool:
        """Is it a function of the project whose answer is kept?"""
        targets = self.program.targets(self.info.id, step.call)
        return step.kept and bool(targets) and all(t.kind == "function" and not t.callback for t in targets)

    def _tied(self, first: _Step, second: _Step) -> bool:
        """Does one need what the other binds, changes in memory or in the process, or is there one conversation for both?"""
        if second.read & first.bound or second.bound & first.bound:
            return True
        before, after = self._state(first.statement), self._state(second.statement)
        for one, other in ((before, after), (after, before)):
            if any(True for _ in clashes(self.seen, one, other, apart=False)) or any(
                True for _ in ambient_clashes(one, other)
            ):
                return True
        return self._one_conversation(before, after)

    def _alike(self, first: _Step, second: _Step) -> bool:
        """One function of the project called for different things, or one method of different objects: as in a loop over them.

        What a dispatcher is handed (`to_thread(remove, a)`) is told by the handed function, so that is no such pair.
        """
        one, other = first.call, second.call
        if tree.callee(one).rpartition(".")[2] != tree.callee(other).rpartition(".")[2]:
            return False
        targets = [self.program.targets(self.info.id, call) for call in (one, other)]
        if any(t.callback for found in targets for t in found):
            return False
        owners = [tree.callee(call).rpartition(".")[0] for call in (one, other)]
        if owners[0] != owners[1]:
            return True
        own = bool(targets[0]) and targets[0] == targets[1] and all(t.kind == "function" for t in targets[0])
        return own and (one.arguments != other.arguments or one.keywords != other.keywords)

    def _one_conversation(self, first: State, second: State) -> bool:
        places = {
            use.place
            for use in first.uses
            if (known := self.catalog.object(use.type)) is not None and known.conversation
        }
        return any(use.place in places for use in second.uses)

    def _is_light(self, statement: code.Stmt, run: list[_Step]) -> bool:
        """A plain assignment or remark that needs nothing of the run and takes no time."""
        if not isinstance(statement, code.Assign | code.Evaluate):
            return False
        bound: frozenset[str] = frozenset().union(*(step.bound for step in run))
        read = frozenset().union(*(_read(head) for head in tree.heads(statement)))
        if read & bound:
            return False
        summary, state = self.summaries.in_runs(Piece(self.info.id, (statement,))), self._state(statement)
        return summary.cost.total.expected < _LONG_ENOUGH / 2 and not any(w.place.path for w in state.writes)

    def _site(self, run: list[_Step], overlap: Callable[[_Step, _Step], bool]) -> Site:
        unproven = "" if overlap == self.overlap else tree.callee(run[-1].call)
        statements = tuple(step.statement for step in run)
        kind, rule = (
            (SiteKind.AWAITS, "awaits-in-a-row")
            if self.info.is_async
            else (SiteKind.STATEMENTS, "independent-statements")
        )
        nodes = [node for s in tree.statements(statements) for head in tree.heads(s) for node in tree.every(head)]
        end = max([s.line for s in statements] + [node.end_line for node in nodes if isinstance(node, code.Call)])
        column = min((n.column for n in nodes if isinstance(n, code.Call) and n.line == statements[0].line), default=0)
        return Site(
            self.info.path,
            self.info.id,
            kind,
            rule,
            statements[0].line,
            column,
            end,
            statements[0],
            body=statements,
            unproven=unproven,
        )


def _read(expression: code.Expr) -> frozenset[str]:
    return frozenset(node.id for node in tree.every(expression) if isinstance(node, code.Name))


def _lines(state: State) -> bool:
    """Does it print or log? Who reads that expects the first before the second."""
    return any(use.what in LINES for use in state.ambient)
