"""What threads test and change in a second step: both under one lock, or the change alone, which says if it came too late."""

from __future__ import annotations

import ast

from advisor.model.effect import Effect
from advisor.model.program import FunctionInfo
from advisor.model.refactor import Edit, Needed, Rewrite
from advisor.model.state import Piece
from advisor.stages.generate.mending.mend import Mend
from advisor.stages.generate.mending.queues import taken_or_ended
from advisor.stages.generate.names import dotted, fresh, here, jumps, taken, yields
from advisor.stages.generate.refused import Refused

_TAKES = ("pop", "popleft")


def in_one_step(mend: Mend) -> Rewrite:
    """`if self.token is None: self.token = login()` goes under a lock; `while jobs: job = jobs.pop()` ends where nothing is."""
    statements = [n for n in ast.walk(mend.source.tree) if isinstance(n, ast.stmt) and n.lineno == mend.fault.proof]
    match statements:
        case [ast.Assign(value=ast.Call(func=ast.Attribute(value=owner, attr=method), args=args)) as change] if (
            method in _TAKES and dotted(owner) == mend.fault.name
        ):
            fails = "IndexError" if args or method == "popleft" else "LookupError"
            return _taken(mend, change, fails)
        case [ast.Assign(targets=[target]) as change] if _last(target) == mend.fault.name.rpartition(".")[2].rstrip(
            "[]"
        ):
            return _locked(mend, change)
    raise Refused("layout", "what changes the shared object was not found in this file", mend.fault.line)


def _last(target: ast.expr) -> str:
    """The name that is set, or whose entry is."""
    named = target.value if isinstance(target, ast.Subscript) else target
    return (dotted(named) or "").rpartition(".")[2]


def _taken(mend: Mend, change: ast.Assign, fails: str) -> Rewrite:
    source, loop = mend.source, mend.source.parents[change]
    if not isinstance(loop, ast.While) or loop.body[0] is not change or not _asks_only(loop.test, mend.fault.name):
        raise Refused(
            "layout", "it is not taken by the first statement of the loop that asks whether it is empty", change
        )
    return mend.rewrite(taken_or_ended(source, loop, source.segment(change), fails))


def _asks_only(test: ast.expr, name: str) -> bool:
    match test:
        case ast.Call(func=ast.Name(id="len"), args=[counted]):
            return dotted(counted) == name
        case ast.Compare(left=ast.Call() as left, ops=[ast.Gt() | ast.NotEq()], comparators=[ast.Constant(value=0)]):
            return _asks_only(left, name)
    return dotted(test) == name


def _locked(mend: Mend, change: ast.stmt) -> Rewrite:
    source = mend.source
    test = source.parents[change]
    if not isinstance(test, ast.If) or change not in test.body or test.orelse or not source.owns_its_lines([test]):
        raise Refused("layout", "the test and the change are not one statement", change)
    if not isinstance(source.function(test), ast.FunctionDef) or yields(test.body) or next(jumps(test.body), None):
        raise Refused(
            "lock-held", "the function may be left, or go on elsewhere, between the test and the change", test
        )
    _check_brief(mend, test)
    lock = fresh(f"_{mend.fault.name.rpartition('.')[2].strip('_[]')}_lock", taken(source.tree))
    indent = source.indent(test)
    text = f"{indent}with {lock}:\n{source.piece([test], indent + source.unit)}"
    edits = [mend.above_top(test, f"{lock} = threading.Lock()\n"), Edit(*source.whole_lines([test]), text)]
    note = "the first thread does it, and the others wait for that; one lock serves all objects"
    return mend.rewrite(edits, Needed("threading"), notes=[note])


def _check_brief(mend: Mend, test: ast.If) -> None:
    """What is done under the lock must not come back to it, nor wait for another thread."""
    info = _around(mend, test)
    places = {(n.lineno, n.col_offset) for n in here([test]) if isinstance(n, ast.Call)}
    calls = tuple(call for call in info.calls if (call.line, call.column) in places)
    summaries = mend.order.summaries
    waits = any(p.effect is Effect.LOCK for p in summaries.in_runs(Piece(info.id, expressions=calls)).ever)
    if waits or info.id in summaries.reached(info.id, calls):
        raise Refused("lock-held", "what is done there may wait for the lock itself", test)


def _around(mend: Mend, test: ast.stmt) -> FunctionInfo:
    infos = mend.order.program.files[mend.order.site.path]
    return max((i for i in infos if i.is_module or i.line <= test.lineno <= i.end_line), key=lambda i: i.line)
