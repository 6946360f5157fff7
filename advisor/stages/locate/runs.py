"""Runs: statements in a row that each wait for something and do not need each other.

In a coroutine these are awaits, elsewhere calls that fetch. Whether two may overlap is read from names and state;
whether their order means something to the other side can only be guessed from what the calls are named.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.effect import Effect
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Site, SiteKind
from advisor.model.summary import Place, Summaries, Summary

_LONG_ENOUGH = 0.002  # seconds that a statement must take to be worth overlapping
_BETWEEN = 2  # light statements that may stand between two of a run
_WAITS = frozenset({Effect.NETWORK, Effect.DATABASE})
_CHANGES = frozenset(
    (
        "create update delete insert write send post put save commit rollback close connect open login logout "
        "start stop lock unlock acquire release set add remove clear reset init initialize initialise setup push "
        "publish execute drop register subscribe move rename mkdir accept sleep wait drain flush click goto fill "
        "type press begin apply append enter exit join kill terminate ping ack edit reply upload install patch "
        "aclose cancel shutdown dispose enqueue emit notify"
    ).split()
)


_SAYS = frozenset({"send", "reply", "say", "respond", "answer", "publish", "emit", "set"})


@dataclass(frozen=True, slots=True)
class _Step:
    """One statement of a run, what it does, the names it reads and binds, and whether its result is kept."""

    statement: code.Stmt
    call: code.Call
    summary: Summary
    read: frozenset[str]
    bound: frozenset[str]
    kept: bool


def runs(program: Program, summaries: Summaries, catalog: Catalog, info: FunctionInfo) -> Iterator[Site]:
    """The runs of at least two statements in a function, at any depth."""
    walk = _Runs(program, summaries, catalog, info)
    yield from walk.block(info.body)


class _Runs:
    def __init__(self, program: Program, summaries: Summaries, catalog: Catalog, info: FunctionInfo) -> None:
        self.program = program
        self.summaries = summaries
        self.catalog = catalog
        self.info = info

    def block(self, block: tree.Block) -> Iterator[Site]:
        run: list[_Step] = []
        between = 0
        for statement in block:
            step = self._step(statement)
            if step is not None and all(self._overlap(before, step) for before in run):
                run.append(step)
                between = 0
                continue
            if step is None and run and between < _BETWEEN and self._is_light(statement, run):
                between += 1
                continue
            if len(run) > 1:
                yield self._site(run)
            run, between = ([] if step is None else [step]), 0
            if step is None:
                for inner in tree.blocks(statement) if not isinstance(statement, code.Class) else ():
                    yield from self.block(inner)
        if len(run) > 1:
            yield self._site(run)

    def _step(self, statement: code.Stmt) -> _Step | None:
        """`statement` as a step: one waiting call whose result is kept or dropped, perhaps under a condition."""
        if isinstance(statement, code.If):
            return self._conditional(statement)
        match statement:
            case code.Assign(value=value, operator=None) if value is not None:
                pass
            case code.Evaluate(value=value):
                pass
            case _:
                return None
        awaited = isinstance(value, code.Await)
        call = value.value if isinstance(value, code.Await) else value
        if not isinstance(call, code.Call) or awaited != self.info.is_async:
            return None
        kept = isinstance(statement, code.Assign)
        if not kept and not awaited:
            return None
        summary = self.summaries.block(self.info.id, (statement,), frozenset(), False)
        if not self._waits(summary, awaited):
            return None
        return _Step(statement, call, summary, _read(value), _bound(statement), kept)

    def _conditional(self, statement: code.If) -> _Step | None:
        """`if known: x = await a()`, with `else: x = await b()` or without."""
        arms = [arm for arm in (statement.body, statement.orelse) if arm]
        steps = [self._step(arm[0]) for arm in arms if len(arm) == 1 and not isinstance(arm[0], code.If)]
        first = steps[0] if steps and len(steps) == len(arms) else None
        if first is None or any(step is None for step in steps):
            return None
        read = _read(statement.test).union(*(step.read for step in steps if step is not None))
        summary = self.summaries.block(self.info.id, (statement,), frozenset(), False)
        return _Step(statement, first.call, summary, read, first.bound, first.kept)

    def _waits(self, summary: Summary, awaited: bool) -> bool:
        if awaited:
            return summary.cost.waiting.expected + summary.cost.child.expected >= _LONG_ENOUGH
        sure = [p for p in summary.proofs if p.effect in _WAITS and not p.guessed and not p.conditional]
        return sum(p.seconds.expected for p in sure) >= _LONG_ENOUGH

    def _overlap(self, first: _Step, second: _Step) -> bool:
        """May `second` start before `first` has ended?"""
        if second.read & first.bound or second.bound & first.bound:
            return False
        here = self.info.id
        if _touched(first.summary) & (second.summary.reads | second.summary.keyed):
            return False
        if _touched(first.summary, here) & _touched(second.summary, here):
            return False
        if self._one_conversation(first.summary, second.summary):
            return False
        if _twins(first.call, second.call):
            return True
        return first.kept and second.kept and not _changes(first.call) and not _changes(second.call)

    def _one_conversation(self, first: Summary, second: Summary) -> bool:
        places = {
            use.place for use in first.uses if (known := self.catalog.object(use.type)) is not None and known.conversation
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
        summary = self.summaries.block(self.info.id, (statement,), frozenset(), False)
        return summary.cost.total.expected < _LONG_ENOUGH / 2 and not any(w.place.path for w in summary.writes)

    def _site(self, run: list[_Step]) -> Site:
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
            self.info.path, self.info.id, kind, rule, statements[0].line, column, end, statements[0], body=statements
        )


def _read(expression: code.Expr) -> frozenset[str]:
    return frozenset(node.id for node in tree.every(expression) if isinstance(node, code.Name))


def _bound(statement: code.Stmt) -> frozenset[str]:
    if not isinstance(statement, code.Assign):
        return frozenset()
    return frozenset(name for target in statement.targets for name in tree.bound_names(target))


def _touched(summary: Summary, function: str | None = None) -> frozenset[Place]:
    """The places that are surely given another value, by statements of `function` where one is named."""
    return frozenset(
        w.place
        for w in summary.writes
        if not w.guarded and not w.possible and w.how not in ("append", "augment") and function in (None, w.function)
    )


def _twins(first: code.Call, second: code.Call) -> bool:
    """The same call for another thing (`send(a)`, `send(b)`), or two of a family (`load_users()`, `load_groups()`)."""
    one, other = tree.callee(first), tree.callee(second)
    owner, _, last = one.rpartition(".")
    other_owner, _, other_last = other.rpartition(".")
    if last == other_last and owner == other_owner and last.strip("_") in _SAYS:
        return False  # who listens expects the first before the second
    if last == other_last:
        return first.arguments != second.arguments or first.keywords != second.keywords or owner != other_owner
    words, other_words = last.strip("_").split("_"), other_last.strip("_").split("_")
    return (
        owner == other_owner
        and len(words) > 1
        and len(other_words) > 1
        and words[0] == other_words[0]
        and not _changes(first)
    )


def _changes(call: code.Call) -> bool:
    """Does the call's name say that it changes something, so that what follows may rely on it?"""
    last = tree.callee(call).rpartition(".")[2].lower().strip("_")
    return any(word in _CHANGES for word in last.split("_"))
