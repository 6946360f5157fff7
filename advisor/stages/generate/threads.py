"""Threads or processes made by hand, one for each item: the same work on a pool of a bounded number of them."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from advisor.model.concurrency import Model
from advisor.model.effect import Effect
from advisor.model.refactor import Edit, Order, Rewrite
from advisor.stages.generate.comprehensions import head_of
from advisor.stages.generate.draft import new_draft
from advisor.stages.generate.flavors import Flavor, flavor
from advisor.stages.generate.headers import read
from advisor.stages.generate.independence import check_independent
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.moved import check_leaves_nothing, check_memory, work_of
from advisor.stages.generate.names import dotted, free, fresh, taken
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.separate import check_separate
from advisor.stages.generate.source import Source
from advisor.stages.generate.travel import check_handed
from advisor.stages.generate.work import Cut

_OPTIONS = frozenset({"target", "args", "kwargs", "daemon", "name"})


def rewrite_threads(order: Order, source: Source, inquiry: Inquiry) -> Rewrite:
    """The loop that makes threads hands its work to a pool; the pool's block waits for all, as the joins did."""
    if order.model is Model.ASYNCIO:
        raise Refused("event-loop", "what a thread runs awaits nothing", order.site.line)
    maker = _maker(order, source)
    if order.model is Model.MULTIPROCESSING:
        check_separate(source, inquiry, maker)
        if not _is_process(maker):
            check_memory(order, inquiry, maker)
            check_handed_to_process(order, source, inquiry, maker)
    elif _is_process(maker):
        raise Refused("shared-write", "processes share no memory, and threads would", maker)
    check_leaves_nothing(work_of(order, inquiry, maker), maker, isolated=order.model is Model.MULTIPROCESSING)
    if any(effect.effect is Effect.LOCK for effect in order.case.effects):
        raise Refused("lock-held", "the threads wait for each other: a bounded pool could run out of them", maker)
    statement = source.statement(maker)
    if isinstance(source.parents[maker], ast.ListComp):
        return _from_comprehension(order, source, maker, statement)
    loop = source.enclosing(statement, ast.For)
    if not isinstance(loop, ast.For) or statement not in loop.body:
        raise Refused("layout", "the thread is not made at the head of a loop's body", maker)
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)]):
            return _from_loop(order, source, inquiry, maker, statement, loop, name)
    raise Refused("layout", "the thread is not kept under a name", maker)


def check_handed_to_process(order: Order, source: Source, inquiry: Inquiry, call: ast.Call) -> None:
    """A thread reads what the program has set by then; a process has only imported the module, or is a copy of an earlier
    state, and is given copies."""
    draft = new_draft(order, source, inquiry, source.statement(call), head_of(source, inquiry, call))
    check_handed(draft, Cut(expression=call, needed=free([*call.args, *call.keywords])))


def _maker(order: Order, source: Source) -> ast.Call:
    site = order.site
    for node in ast.walk(source.tree):
        named = isinstance(node, ast.Call) and (dotted(node.func) or "").rpartition(".")[2] in ("Thread", "Process")
        if named and isinstance(node, ast.Call) and site.line <= node.lineno <= max(site.end_line, site.line):
            return node
    for node in ast.walk(source.tree):  # the loop walks a list of threads, made above it
        match node:
            case ast.For(lineno=site.line, iter=ast.Name(id=listed)):
                return _listed_maker(source, node, listed)
    raise Refused("layout", "the thread was not found in the source", site.line)


def _listed_maker(source: Source, loop: ast.For, listed: str) -> ast.Call:
    for statement in source.block(loop):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.ListComp(elt=ast.Call() as maker)) if name == listed:
                if (dotted(maker.func) or "").endswith(("Thread", "Process")):
                    return maker
    raise Refused(
        "layout", f"no `Thread(…)` is written beside the loop over `{listed}` that says what each one runs", loop
    )


def _is_process(maker: ast.Call) -> bool:
    return (dotted(maker.func) or "").rpartition(".")[2] == "Process"


def _submitted(source: Source, maker: ast.Call, pool: str) -> str:
    """`pool.submit(f, a, b)` for `Thread(target=f, args=(a, b))`, with failures reported as a thread reports them."""
    given = {keyword.arg: keyword.value for keyword in maker.keywords}
    if maker.args or not given.keys() <= _OPTIONS or "target" not in given:
        raise Refused("layout", "the thread is made in a way that a pool has no word for", maker)
    parts = [source.segment(given["target"])]
    match given.get("args"):
        case None:
            pass
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            parts += [source.segment(element) for element in elements]
        case other:
            parts.append(f"*{source.segment(other)}")
    if "kwargs" in given:
        parts.append(f"**{source.segment(given['kwargs'])}")
    return f"{pool}.submit({', '.join(parts)}).add_done_callback(_report)"


def _from_loop(
    order: Order, source: Source, inquiry: Inquiry, maker: ast.Call, made: ast.Assign, loop: ast.For, name: str
) -> Rewrite:
    block = source.block(loop)
    index = loop.body.index(made)
    kept_in: str | None = None
    joined = False
    spent: list[ast.stmt] = []
    for statement in loop.body[index + 1 :]:
        match statement:
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="start" | "setDaemon"))) if (
                owner == name
            ):
                pass
            case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=owner), attr="daemon")]) if owner == name:
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="join"), args=[])) if (
                owner == name
            ):
                joined = True
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(id=listed), attr="append"), args=[ast.Name(id=owner)])
            ) if owner == name:
                kept_in = listed
            case _:
                raise Refused(
                    "ordered-output", f"line {statement.lineno} runs after the thread has been started", statement
                )
        spent.append(statement)
    if loop.orelse:
        raise Refused("layout", "the loop has an `else`", loop)
    last: ast.stmt = loop
    removed: list[ast.stmt] = []
    if not joined:
        if kept_in is None:
            raise Refused("early-exit", "nothing waits for the threads", loop)
        last, removed = _joined(source, block, loop, kept_in)
    if joined:  # they ran one after the other; those that are joined later ran side by side before
        draft = new_draft(order, source, inquiry, loop, read(source, inquiry, loop))
        check_independent(draft, Cut(expression=maker, needed=free([maker])), all_run=True)
    whole = block[block.index(loop) : block.index(last) + 1]
    edits = [Edit(*source.span(made), _submitted(source, maker, _pool(source, maker)))]
    edits += [Edit(*source.whole_lines([s]), "") for s in [*spent, *removed]]
    return _wrapped(order, source, whole, edits, _list_made(source, block, kept_in, whole))


def _from_comprehension(order: Order, source: Source, maker: ast.Call, statement: ast.stmt) -> Rewrite:
    """`threads = [Thread(…) for …]`, with the loops that start and join them."""
    comprehension = source.parents[maker]
    match statement:
        case ast.Assign(targets=[ast.Name(id=listed)], value=value) if value is comprehension and isinstance(
            value, ast.ListComp
        ):
            pass
        case _:
            raise Refused("layout", "the threads are not kept in a list under a name", maker)
    block = source.block(statement)
    last, removed = _joined(source, block, statement, listed)
    whole = block[block.index(statement) : block.index(last) + 1]
    assert isinstance(value, ast.ListComp)
    indent, unit = source.indent(statement), source.unit
    lines = ""
    depth = indent
    for clause in value.generators:
        tests = "".join(f" if {source.segment(test)}" for test in clause.ifs)
        if tests:
            raise Refused("layout", "the threads are made under a condition", maker)
        lines += f"{depth}for {source.segment(clause.target)} in {source.segment(clause.iter)}:\n"
        depth += unit
    text = f"{lines}{depth}{_submitted(source, maker, _pool(source, maker))}\n"
    rest = whole[1:]
    inner = indent + unit
    opened = _opened(order, indent, _pool(source, maker))
    moved = "".join(f"{unit}{line}\n" for line in text.splitlines())
    kept = [s for s in rest if s not in removed]
    moved += "".join(source.piece([s], inner) for s in kept)
    start, end = source.whole_lines(whole)
    return _done(order, start, end, opened + moved)


def _pool(source: Source, at: ast.AST) -> str:
    functions = [n for n in source.above(at) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return fresh("pool", taken(functions[-1] if functions else source.tree))


def _joined(source: Source, block: Sequence[ast.stmt], first: ast.stmt, listed: str) -> tuple[ast.stmt, list[ast.stmt]]:
    """The loop after `first` that joins the threads of a list, and all loops that only handle them."""
    removed: list[ast.stmt] = []
    for statement in block[block.index(first) + 1 :]:
        match statement:
            case ast.For(iter=ast.Name(id=walked), target=ast.Name(id=each), body=body, orelse=[]) if (
                walked == listed and all(_handles(s, each) for s in body)
            ):
                removed.append(statement)
                if any("join" in ast.dump(s) for s in body):
                    _check_not_used(source, block, listed, [first, *removed])
                    return statement, removed
            case _:
                pass  # runs while the threads do
    raise Refused("early-exit", "nothing waits for the threads in the block that starts them", first)


def _handles(statement: ast.stmt, name: str) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="start" | "join"), args=[])):
            return owner == name
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(id=owner), attr="daemon")]):
            return owner == name
    return False


def _check_not_used(source: Source, block: Sequence[ast.stmt], listed: str, known: Sequence[ast.stmt]) -> None:
    scope = source.function(block[0]) or source.tree
    inside = {id(node) for statement in known for node in ast.walk(statement)}
    for node in ast.walk(scope):
        if (
            isinstance(node, ast.Name)
            and node.id == listed
            and id(node) not in inside
            and isinstance(node.ctx, ast.Load)
        ):
            raise Refused("shared-write", f"line {node.lineno} uses the list of threads", node)


def _list_made(
    source: Source, block: Sequence[ast.stmt], listed: str | None, whole: Sequence[ast.stmt]
) -> list[ast.stmt]:
    """`threads = []`, which nobody needs any more."""
    return [
        s for s in block
        if isinstance(s, ast.Assign) and listed is not None and s not in whole and dotted(s.targets[0]) == listed
        and ast.unparse(s.value) in ("[]", "list()") and source.owns_its_lines([s])
    ]  # fmt: skip


def _wrapped(
    order: Order, source: Source, whole: Sequence[ast.stmt], edits: list[Edit], spare: Sequence[ast.stmt]
) -> Rewrite:
    indent = source.indent(whole[0])
    opened = _opened(order, indent, _pool(source, whole[0]))
    start, end = source.whole_lines(whole)
    text = opened + source.piece(whole, indent + source.unit, edits)
    rewrite = _done(order, start, end, text.rstrip("\n") + "\n")
    extra = tuple(Edit(*source.whole_lines([s]), "") for s in spare)
    return replace(rewrite, edits=(*rewrite.edits, *extra))


def _opened(order: Order, indent: str, pool: str) -> str:
    return f"{indent}{_way(order).opens.format(pool=pool)}\n"


def _way(order: Order) -> Flavor:
    """The pool; where the site is the loop that starts and joins, what the threads do in between is not known of it."""
    if order.site.rule == "thread-started-and-joined-at-once":
        order = replace(order, case=replace(order.case, work_kind="unknown"))
    return flavor(order)


def _done(order: Order, start: int, end: int, text: str) -> Rewrite:
    way = _way(order)
    kind = "processes" if way.isolated else "threads"
    note = f"{kind} that wait for one another would wait for ever in a bounded pool"
    return Rewrite(order.site.path, start, end, (Edit(start, end, text),), way.needs, frozenset({"_report"}), (note,),
                   guard=way.isolated)  # fmt: skip
