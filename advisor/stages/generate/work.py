"""What a round of a loop is cut into: the work, with what it needs and gives, as against what the caller keeps."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from advisor.stages.generate.names import (
    calm,
    dotted,
    jumps,
)

Block = ast.With | ast.AsyncWith
_MAKES_TASK = frozenset({"create_task", "ensure_future"})


@dataclass(slots=True)
class Cut:
    """The worker runs `prepare` (copies of statements the caller may need as well), `statements`, and gives `expression`
    or else the names `live`. The caller's body loses `statements` and `dropped`. `block` is a `with` that the worker enters
    for the statements and the expression, and has left again when the caller goes on with what stands in it.

    `guards` are the tests under which a round has work at all, each with the answer wanted; `guarded` is the block under
    the innermost `if` among them. `skips`: tests that the worker makes itself, after which the round is over. `branch` is
    an `if` whose test and first statements the worker runs. `protected`: the result is taken inside a `try`; `early`: the
    loop may end before all rounds are done; `asked_later`: a generator, whose values are asked for one by one, maybe not all;
    `before`: the caller does something before it takes the result. `private`
    are collections filled in pieces.
    """

    statements: list[ast.stmt] = field(default_factory=list)
    expression: ast.expr | None = None
    prepare: list[ast.stmt] = field(default_factory=list)
    dropped: list[ast.stmt] = field(default_factory=list)
    guards: list[tuple[ast.expr, bool]] = field(default_factory=list)
    guarded: list[ast.stmt] = field(default_factory=list)
    skips: list[ast.If] = field(default_factory=list)
    branch: ast.If | None = None
    block: Block | None = None
    live: tuple[str, ...] = ()
    private: dict[str, str] = field(default_factory=dict)
    protected: bool = False
    tries: list[ast.stmt] = field(default_factory=list)
    early: bool = False
    asked_later: bool = False
    before: bool = False
    needed: frozenset[str] = frozenset()
    rest_reads: frozenset[str] = frozenset()

    @property
    def nodes(self) -> list[ast.expr | ast.stmt]:
        """All that the worker runs."""
        return [*self.prepare, *(self.moved if self.block is not None else self.inner)]

    @property
    def inner(self) -> list[ast.expr | ast.stmt]:
        """What the worker runs once it has prepared, within the block that it may enter."""
        tests = [self.branch.test] if self.branch is not None else []
        return [*self.statements, *tests, *([self.expression] if self.expression is not None else [])]

    @property
    def moved(self) -> list[ast.stmt]:
        """The statements, or the block with no more in it than the worker runs."""
        if self.block is None:
            return self.statements
        inside = [
            each if isinstance(each, ast.stmt) else ast.copy_location(ast.Expr(each), each) for each in self.inner
        ]
        made = type(self.block)(items=self.block.items, body=inside)
        made.end_lineno = max((each.end_lineno or 0 for each in inside), default=self.block.lineno)
        made.end_col_offset = 0
        made.lineno, made.col_offset = self.block.lineno, self.block.col_offset
        return [made]

    @property
    def may_skip(self) -> bool:
        """May the worker find that there is nothing to do (it then gives None)?"""
        return bool(self.skips) or self.branch is not None or any(True for _ in jumps(self.statements))

    @property
    def direct(self) -> ast.Call | None:
        """The one call that is all the work, where its arguments may be worked out ahead by the caller: not where a `try`
        around it would take what they raise."""
        if self.statements or self.skips or self.branch or self.private or self.block:
            return None
        if self.prepare:
            return self._ahead(self._task_of_its_own)
        call = self.expression.value if isinstance(self.expression, ast.Await) else self.expression
        if not isinstance(call, ast.Call) or not calm(call.func):
            return None
        if isinstance(self.expression, ast.Await) and (dotted(call.func) or "").rpartition(".")[2] in _MAKES_TASK:
            call = call.args[0] if call.args else call
            if not isinstance(call, ast.Call) or not calm(call.func):
                return None
        return self._ahead(_when_calm(call))

    def _ahead(self, call: ast.Call | None) -> ast.Call | None:
        values = [] if call is None else [call.func, *call.args, *(keyword.value for keyword in call.keywords)]
        return None if any(map(self.catches, values)) else call

    def catches(self, value: ast.expr) -> bool:
        """May a `try` around the work take what evaluating `value` raises, so that it must not be done outside of it?"""
        caught = frozenset(_caught(self.tries))
        return any(not caught.isdisjoint(_raised(node)) for node in ast.walk(value))

    @property
    def _task_of_its_own(self) -> ast.Call | None:
        """`f(x)` of `task = create_task(f(x))` where nothing is done with the task but await it."""
        match self.prepare, self.expression:
            case [
                ast.Assign(targets=[ast.Name(id=made)], value=ast.Call(func=func, args=[ast.Call() as call]))
            ], ast.Await(value=ast.Name(id=awaited)) if (
                made == awaited and self.prepare == self.dropped and made not in self.rest_reads
            ):
                makes = (dotted(func) or "").rpartition(".")[2] in _MAKES_TASK
                return _when_calm(call) if makes and calm(call.func) else None
        return None


def _when_calm(call: ast.Call) -> ast.Call | None:
    values = [*call.args, *(keyword.value for keyword in call.keywords)]
    late = any(isinstance(node, ast.GeneratorExp | ast.Lambda) for value in values for node in ast.walk(value))
    return (
        call if all(calm(value) for value in values) and not late else None
    )  # what looks at names later may see others


_ANY = frozenset({"Exception", "BaseException"})
_BY_EXPRESSIONS = _ANY | {
    name for name, each in vars(builtins).items()
    if isinstance(each, type) and issubclass(each, Exception) and not issubclass(each, OSError)
}  # fmt: skip
_NEVER_FAIL = (
    ast.Name, ast.Constant, ast.Starred, ast.JoinedStr, ast.FormattedValue, ast.Tuple, ast.List, ast.BoolOp,
    ast.expr_context, ast.boolop, ast.cmpop, ast.unaryop,
)  # fmt: skip


def _caught(tries: Iterable[ast.stmt]) -> Iterator[str]:
    """The last names of what the statements around the work may catch; what a `with` does with errors is not known."""
    for around in tries:
        for handler in around.handlers if isinstance(around, ast.Try) else ():
            kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
            yield from (
                "Exception" if kind is None else (dotted(kind) or "Exception").rpartition(".")[2] for kind in kinds
            )
        if not isinstance(around, ast.Try):
            yield from _BY_EXPRESSIONS


def _raised(node: ast.AST) -> frozenset[str]:
    """The names by which one may catch what evaluating a node may raise, not counting what its parts raise."""
    match node:
        case ast.Compare(ops=[ast.Is() | ast.IsNot()]) | ast.UnaryOp(op=ast.Not()):
            return frozenset()
    if isinstance(node, _NEVER_FAIL):
        return frozenset()
    return _ANY | {"AttributeError"} if isinstance(node, ast.Attribute) else _BY_EXPRESSIONS
