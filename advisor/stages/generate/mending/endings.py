"""Work that ends too early: a worker by the first failure, a daemon by the end of the program."""

from __future__ import annotations

import ast

from advisor.model import code, tree
from advisor.model.effect import Effect
from advisor.model.refactor import Edit, Needed, Rewrite
from advisor.stages.generate.mending.mend import Mend
from advisor.stages.generate.names import binds, dotted, jumps
from advisor.stages.generate.refused import Refused

_FOR_EVER = frozenset({Effect.LOCK, Effect.ASYNC, Effect.TERMINAL})
_WHY = "one bad item must not end the worker"
_WALKS_ON = frozenset({"iter", "count", "cycle", "repeat"})


def done_in_any_case(mend: Mend) -> Rewrite:
    """What works on an item stands in `try`, its failure is printed, and `task_done()` is called in `finally`."""
    source = mend.source
    risky = source.statement(mend.call)
    while not _takes_an_item(source.block(risky), risky):
        above = source.enclosing(risky, ast.stmt)
        if not isinstance(above, ast.stmt) or isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            raise Refused("layout", "`get()` and `task_done()` do not stand in one block", mend.call)
        risky = above
    block = source.block(risky)
    done = next((s for s in block[block.index(risky) + 1 :] if _owner(s, "task_done")), None)
    taken = next(s for s in reversed(block[: block.index(risky)]) if _owner(s, "get"))
    if done is None or _owner(done, "task_done") != _owner(taken, "get"):
        raise Refused("layout", "`get()` and `task_done()` do not stand in one block", mend.call)
    work = block[block.index(taken) + 1 : block.index(done)]
    while work[0] is not risky and any(jumps(work[:1])):
        work = work[1:]  # the end of the worker, before it has an item
    _check_apart(mend, work, done)
    indent, unit = source.indent(done), source.unit
    text = (
        f"{indent}try:\n{source.piece(work, indent + unit)}"
        f"{indent}except Exception:  # noqa: BLE001 - {_WHY}\n{indent}{unit}traceback.print_exc()\n"
        f"{indent}finally:\n{source.piece([done], indent + unit)}"
    )
    edit = Edit(source.whole_lines(work)[0], source.whole_lines([done])[1], text)
    note = "a failure is printed, and the worker goes on with the next item"
    return mend.rewrite([edit], Needed("traceback"), notes=[note])


def _takes_an_item(block: list[ast.stmt], risky: ast.stmt) -> bool:
    return any(_owner(statement, "get") for statement in block[: block.index(risky)])


def _owner(statement: ast.stmt, method: str) -> str:
    """The queue of which a statement of its own calls the method; empty for any other statement."""
    if not isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr):
        return ""
    value = statement.value.value if isinstance(statement.value, ast.Await) else statement.value
    match value:
        case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name == method:
            return dotted(owner) or ""
    return ""


def _check_apart(mend: Mend, work: list[ast.stmt], done: ast.stmt) -> None:
    """Nothing behind the work may need what it had no time to set, and nothing in it may leave the round."""
    source = mend.source
    leaves = next(jumps(work), None)
    if leaves is not None:
        raise Refused(
            "early-exit", "the iteration may be left before the item is done: whether it is then is not known", leaves
        )
    if not source.owns_its_lines(work) or not source.owns_its_lines([done]):
        raise Refused("layout", "what works on the item shares its line with others", work[0])
    inside = {id(node) for statement in work for node in ast.walk(statement)}
    scope = source.function(work[0]) or source.tree
    bound = binds(work)
    for node in ast.walk(scope):
        if (
            isinstance(node, ast.Name)
            and node.id in bound
            and id(node) not in inside
            and not isinstance(node.ctx, ast.Store)
        ):
            raise Refused(
                "carried-dependence", f"`{node.id}` is used behind the work, which may fail before it sets it", node
            )
    if bound & _declared(scope):
        raise Refused("shared-write", "the work sets variables of others, which may rely on all of them", work[0])


def _declared(scope: ast.AST) -> frozenset[str]:
    return frozenset(n for s in ast.walk(scope) if isinstance(s, ast.Global | ast.Nonlocal) for n in s.names)


# ---- daemons


def waited_for_at_the_end(mend: Mend) -> Rewrite:
    """The thread is no daemon any more, so that the program waits for it, where it surely ends."""
    source = mend.source
    call = next((each for each in mend.calls_here() if mend.handed(each) is not None), mend.call)
    _check_ends(mend, call)
    note = "the program now waits for the thread before it ends"
    flag = next((k for k in call.keywords if k.arg == "daemon"), None)
    if flag is not None:
        kept = ", ".join(source.segment(each) for each in (*call.args, *call.keywords) if each is not flag)
        return mend.rewrite([Edit(source.span(call.func)[1], source.span(call)[1], f"({kept})")], notes=[note])
    names = binds([source.statement(call)])
    for node in ast.walk(source.function(call) or source.tree):
        if not isinstance(node, ast.Assign | ast.Expr) or _makes_daemon(node) not in names:
            continue
        if source.owns_its_lines([node]) and len(source.block(node)) > 1:
            return mend.rewrite([Edit(*source.whole_lines([node]), "")], notes=[note])
    raise Refused("layout", "where the thread is made a daemon was not found", call)


def _makes_daemon(statement: ast.stmt) -> str:
    match statement:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=name), attr="daemon")]):
            return name
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="setDaemon"))):
            return name
    return ""


def _check_ends(mend: Mend, call: ast.Call) -> None:
    """All that the thread does must come to an end by itself."""
    program, summaries, found = mend.order.program, mend.order.summaries, mend.inquiry.call(call)
    targets = program.targets(mend.order.site.function, found) if found is not None else ()
    run = [program.functions[t.name] for t in targets if t.callback == "thread" and t.kind == "function"]
    if len(run) != 1:
        raise Refused("early-exit", "whether the thread ends by itself is not known", call)
    for name in (run[0].id, *sorted(summaries.reached(run[0].id, run[0].calls))):
        for statement in program.functions[name].statements:
            walks = statement.iterable if isinstance(statement, code.For) else None
            endless = isinstance(walks, code.Call) and tree.callee(walks).rpartition(".")[2] in _WALKS_ON
            if isinstance(statement, code.While) or endless:
                because = f"line {statement.line} may go round for ever: give the thread an end, and join it"
                raise Refused("early-exit", because, call)
    summary = summaries.function(run[0].id)
    waits = next((proof for proof in summary.ever if proof.effect in _FOR_EVER), None)
    if waits is not None or summary.unresolved:
        what = f"`{waits.api}`" if waits is not None else "what the thread calls"
        raise Refused("early-exit", f"{what} may never come back: give the thread an end, and join it", call)
