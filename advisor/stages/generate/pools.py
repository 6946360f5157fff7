"""Pools that exist already and are of no use: results waited for one by one, a pool made anew each round, the wrong kind."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from advisor.model.concurrency import Model
from advisor.model.refactor import Edit, Needed, Order, Rewrite
from advisor.stages.generate.cut import cut
from advisor.stages.generate.draft import new_draft, rewritten
from advisor.stages.generate.flavors import Flavor
from advisor.stages.generate.gathers import rewrite_coroutines
from advisor.stages.generate.handed import handed_to_pool, starts_one_task
from advisor.stages.generate.headers import read
from advisor.stages.generate.independence import check_independent
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.liveness import reads_after
from advisor.stages.generate.looprun import rewrite_runs
from advisor.stages.generate.loops import rewrite_loop
from advisor.stages.generate.moved import check_memory, check_other_workers, check_used_again
from advisor.stages.generate.names import binds, dotted, free, here
from advisor.stages.generate.poolkinds import makers, pool_kind, workers
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.rounds import Rounds
from advisor.stages.generate.scope import importable
from advisor.stages.generate.source import Source
from advisor.stages.generate.threads import check_handed_to_process, rewrite_threads

_BACKENDS = frozenset({"prefer", "backend"})
_THREADED = frozenset({"threads", "threading"})
_ASKS_FOR_THREADS = 'prefer="threads"'
_AT_ONCE = frozenset({"map", "starmap"})
_WAITS = frozenset({"result", "as_completed", "wait", "get"})
_CLOSES = frozenset({"close", "join", "terminate", "shutdown"})
_TO_THREADS = {
    "ProcessPoolExecutor": Needed("concurrent.futures", "ThreadPoolExecutor"),
    "InterpreterPoolExecutor": Needed("concurrent.futures", "ThreadPoolExecutor"),
    "Pool": Needed("multiprocessing.pool", "ThreadPool"),
}
_TO_PROCESSES = {
    "ThreadPoolExecutor": Needed("concurrent.futures", "ProcessPoolExecutor"),
    "ThreadPool": Needed("multiprocessing", "Pool"),
}


def rewrite_pool(order: Order, source: Source, inquiry: Inquiry) -> Rewrite:
    """The misuse that the site's rule names, mended; a pool of the wrong kind replaced by one of the right."""
    match order.site.rule:
        case "submit-result-in-one-step":
            return _started_ahead(order, source, inquiry)
        case "pool-created-in-a-loop":
            return _made_once(order, source, inquiry)
        case "thread-per-item" | "thread-started-and-joined-at-once" | "thread-started-in-a-loop" | "process-per-item":
            return rewrite_threads(order, source, inquiry)
        case "asyncio-run-in-loop":
            return rewrite_runs(order, source, inquiry)
        case "gather-call" | "create-task-in-loop":
            return rewrite_coroutines(order, source, inquiry)
        case "task-awaited-at-once":
            for node in ast.walk(source.tree):
                if isinstance(node, ast.For | ast.AsyncFor | ast.While) and node.lineno == order.site.line:
                    return rewrite_loop(order, source, inquiry, node)
            raise Refused("layout", "the loop around the task was not found", order.site.line)
        case "executor-map" | "pool-map" | "submit-loop":
            return _other_kind(order, source, inquiry)
        case "deferred-calls":
            return _other_backend(order, source, inquiry)
    raise Refused("layout", f"there is no refactor of {order.site.rule} for {order.model}", order.site.line)


# ---- results waited for one by one


def _started_ahead(order: Order, source: Source, inquiry: Inquiry) -> Rewrite:
    """All tasks are handed in before the first result is taken."""
    loop = next(
        (n for n in ast.walk(source.tree) if isinstance(n, ast.For | ast.While) and n.lineno == order.site.line), None
    )
    if loop is None:
        raise Refused("layout", "the pool is not used in a loop of statements", order.site.line)
    calls = [n for n in here(loop.body) if isinstance(n, ast.Call) and starts_one_task(inquiry, n)]
    if len(calls) != 1 or not source.owns_its_lines([loop]) or not source.owns_its_lines(loop.body):
        raise Refused("layout", "more than one task is handed in an iteration", loop)
    call = calls[0]
    assert isinstance(call.func, ast.Attribute)
    if free([call.func]) & binds(loop.body):
        raise Refused("layout", "the pool itself is made in the loop", loop)
    ahead = str(4 * workers(source, call.func.value)) if workers(source, call.func.value) else "32"
    way = Flavor("", "", "{pool}", "future", "future", frozenset(), "_ahead", ahead=ahead)
    head = read(source, inquiry, loop)
    draft = new_draft(order, source, inquiry, loop, head, way)
    scope = source.function(loop) or source.tree
    after = reads_after(source, scope, loop)
    made = cut(source, inquiry, head.body, head.names, scope, [call], after)
    if made.direct is not call:
        raise Refused("carried-dependence", "what is handed to the pool is worked out in the iteration itself", call)
    check_independent(draft, made)
    statement = source.statement(call)
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if value is call and statement in head.body:
            draft.handle = name
    draft.above += [head.above] if head.above else []
    text = Rounds(draft, made, scope, after).written(verbatim=True)
    return rewritten(draft, *source.whole_lines([loop]), text)


# ---- a pool for each round: how far rounds overlap stays as it is, for each still waits for its own results


def _made_once(order: Order, source: Source, inquiry: Inquiry) -> Rewrite:
    """`for …: with Pool() as pool: …` becomes `with Pool() as pool: for …: …`; so does a pool that a round makes and closes."""
    for node in ast.walk(source.tree):
        if not (isinstance(node, ast.For | ast.While) and node.lineno <= order.site.line <= (node.end_lineno or 0)):
            continue
        block = next(
            (s for s in node.body if isinstance(s, ast.With) and any(_makes_pool(source, i) for i in s.items)), None
        )
        if block is not None:
            return _hoisted(order, source, inquiry, node, block)
        made = next((s for s in node.body if isinstance(s, ast.Assign) and pool_kind(source, s.value)), None)
        if made is not None:
            return _opened_around(order, source, inquiry, node, made)
    raise Refused(
        "layout", "the pool of each iteration is not opened by a `with` at the head of its body", order.site.line
    )


def _makes_pool(source: Source, item: ast.withitem) -> bool:
    return bool(pool_kind(source, item.context_expr))


def _opened_around(
    order: Order, source: Source, inquiry: Inquiry, loop: ast.For | ast.While, made: ast.Assign
) -> Rewrite:
    """`for …: pool = Pool(); …; pool.close()` becomes `with Pool() as pool: for …: …`."""
    name = dotted(made.targets[0])
    closing = [s for s in loop.body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Call) and isinstance(s.value.func, ast.Attribute)
               and s.value.func.attr in _CLOSES and dotted(s.value.func.value) == name]  # fmt: skip
    rest = [s for s in loop.body if s is not made and s not in closing]
    own = binds(loop.body) | (binds([loop.target]) if isinstance(loop, ast.For) else frozenset())
    if not isinstance(made.targets[0], ast.Name) or not closing or not rest or free([made.value]) & own:
        raise Refused(
            "carried-dependence", "the pool of an iteration is made from what the iteration sets, or never closed", made
        )
    scope = source.function(loop) or source.tree
    inside = {id(n) for n in ast.walk(loop)}
    if any(isinstance(n, ast.Name) and n.id == name and id(n) not in inside for n in ast.walk(scope)):
        raise Refused("shared-write", f"`{name}` is used after the loop", made)
    _check_waited(source, inquiry, rest, made)
    _check_again(order, source, inquiry, loop, made.value)
    if not source.owns_its_lines([loop]) or not all(source.owns_its_lines([s]) for s in (made, *closing)):
        raise Refused("layout", "the pool is made in a line with other things", made)
    indent = source.indent(loop)
    edits = [Edit(*source.whole_lines([s]), "") for s in (made, *closing)]
    text = f"{indent}with {source.segment(made.value)} as {name}:\n" + source.piece([loop], indent + source.unit, edits)
    start, end = source.whole_lines([loop])
    return Rewrite(order.site.path, start, end, (Edit(start, end, text),))


def _check_waited(source: Source, inquiry: Inquiry, body: list[ast.stmt], at: ast.stmt) -> None:
    """Each round must take its results by itself: it no longer waits for its pool to end."""
    calls = [n for n in here(body) if handed_to_pool(inquiry, n) is not None]
    hands = [n.func.attr for n in calls if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    dropped = [n for n in calls if isinstance(source.parents[n], ast.Expr)]
    waits = any((isinstance(n, ast.Call) and _kind(n.func) in _WAITS) or _result(n) for n in here(body))
    if dropped or (any(hand not in _AT_ONCE for hand in hands) and not waits):
        raise Refused("early-exit", "each iteration waits for its work only by closing its pool", at)


def _check_again(order: Order, source: Source, inquiry: Inquiry, loop: ast.For | ast.While, maker: ast.expr) -> None:
    """The workers of one pool serve all rounds: what one left in them the next would find."""
    assert isinstance(maker, ast.Call)
    calls = [n for n in here(loop.body) if isinstance(n, ast.Call) and handed_to_pool(inquiry, n) is not None]
    isolated = pool_kind(source, maker) not in _TO_PROCESSES
    check_used_again(order, inquiry, maker, calls, loop.body, isolated=isolated)


def _kind(function: ast.expr) -> str:
    return (dotted(function) or "").rpartition(".")[2]


def _hoisted(order: Order, source: Source, inquiry: Inquiry, loop: ast.For | ast.While, block: ast.With) -> Rewrite:
    item = block.items[0]
    own = binds(loop.body) | (binds([loop.target]) if isinstance(loop, ast.For) else frozenset())
    if len(block.items) != 1 or item.optional_vars is None or free([item.context_expr]) & (own - binds([item])):
        raise Refused("carried-dependence", "the pool of an iteration is made from what the iteration sets", block)
    _check_waited(source, inquiry, block.body, block)
    _check_again(order, source, inquiry, loop, item.context_expr)
    one_line = block.items[0].context_expr.end_lineno == block.lineno < block.body[0].lineno
    if not source.owns_its_lines([loop]) or not source.owns_its_lines(block.body) or not one_line:
        raise Refused("layout", "the `with` goes over several lines or shares them", block)
    indent = source.indent(loop)
    inner = indent + source.unit
    start, end = source.whole_lines([loop])
    head = source.text[source.span(block)[0] : source.line_start(block.lineno) + len(source.line(block.lineno))]
    first, last = loop.lineno, loop.end_lineno or loop.lineno
    edits: list[Edit] = [Edit(*source.whole_lines([block])[:1], source.line_start(block.lineno + 1), "")]
    inside = range(block.body[0].lineno, (block.end_lineno or 0) + 1)
    edits += [e for e in source.shift(first, last, indent, inner)
              if _line_at(source, e.start) not in inside and _line_at(source, e.start) != block.lineno]  # fmt: skip
    body = source.indent(block.body[0])
    edits += source.shift(inside[0], inside[-1], body, inner + source.unit)
    text = f"{indent}{head}\n" + source.edited(start, end, edits)
    return Rewrite(order.site.path, start, end, (Edit(start, end, text),))


def _result(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("result", "get")


def _line_at(source: Source, offset: int) -> int:
    return (
        source.text.count("\n", 0, offset) + 1
        if source.newline == "\n"
        else len([start for start in source.starts if start <= offset])
    )


# ---- the wrong kind of pool: what runs side by side stays as it is, but memory is shared then, or no longer


def _other_kind(order: Order, source: Source, inquiry: Inquiry) -> Rewrite:
    """Threads instead of processes, or processes instead of threads."""
    site = order.site
    calls = [n for n in ast.walk(source.tree) if isinstance(n, ast.Call) and n.lineno <= site.line <= (n.end_lineno or 0)
             and handed_to_pool(inquiry, n) is not None]  # fmt: skip
    if not calls:
        raise Refused("layout", "the call of the pool was not found", site.line)
    call = calls[-1]
    assert isinstance(call.func, ast.Attribute)
    name = dotted(call.func.value)
    function = source.function(call)
    made = [maker for maker, bound in makers(source) if bound == name and source.function(maker) is function]
    if len(made) != 1:
        raise Refused("dynamic-call", "where the pool is made is not known by its name", call)
    maker = made[0]
    change = (_TO_THREADS if order.model is Model.THREADING else _TO_PROCESSES).get(pool_kind(source, maker))
    if order.model is Model.ASYNCIO or change is None:
        raise Refused("nothing-to-change", f"the pool is one of {order.model} already", call)
    _check_options(maker)
    handed = [n for n in ast.walk(function or source.tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)
              and dotted(n.func.value) == name and handed_to_pool(inquiry, n) is not None]  # fmt: skip
    isolated = order.model is Model.MULTIPROCESSING
    for each in handed:
        _check_handed(order, source, inquiry, each)
    check_other_workers(order, source, inquiry, maker, handed, isolated=isolated)
    edits = [Edit(*source.span(maker.func), change.name)]
    if isolated:
        edits += list(_cores(source, maker))
    lines = source.whole_lines([source.statement(maker)])
    return Rewrite(site.path, *lines, tuple(edits), frozenset({change}), guard=isolated)


def _other_backend(order: Order, source: Source, inquiry: Inquiry) -> Rewrite:
    """joblib's own processes instead of threads, or threads instead of them."""
    line = order.site.line
    around = [n for n in ast.walk(source.tree) if isinstance(n, ast.Call) and n.lineno <= line <= (n.end_lineno or 0)]
    call = next((n for n in around if isinstance(n.func, ast.Call) and any(map(_is_deferred, ast.walk(n)))), None)
    if call is None or not isinstance(call.func, ast.Call):
        raise Refused("layout", "where joblib's `Parallel` is made is not known beside its call", line)
    maker, isolated = call.func, order.model is Model.MULTIPROCESSING
    asked = [k for k in maker.keywords if k.arg in _BACKENDS]
    threads = [k for k in asked if isinstance(k.value, ast.Constant) and k.value.value in _THREADED]
    if order.model is Model.ASYNCIO or bool(threads) is not isolated:
        raise Refused(
            "nothing-to-change", f"joblib runs {order.model} here already, or was asked for something else", call
        )
    if len(asked) > len(threads) or any(k.arg in (None, "require") for k in maker.keywords):
        raise Refused("layout", "joblib is asked for a backend in a way that only a person can change", maker)
    deferred = [each for each in ast.walk(call) if isinstance(each, ast.Call) and _is_deferred(each)]
    check_other_workers(order, source, inquiry, None, deferred, isolated=isolated)
    for each in deferred:
        check_memory(order, inquiry, each)
        if isolated:
            check_handed_to_process(order, source, inquiry, each)
    given = [source.segment(each) for each in (*maker.args, *(k for k in maker.keywords if k not in threads))]
    text = f"{source.segment(maker.func)}({', '.join([*given, *([] if isolated else [_ASKS_FOR_THREADS])])})"
    return Rewrite(order.site.path, *source.whole_lines([source.statement(call)]), (Edit(*source.span(maker), text),))


def _is_deferred(node: ast.AST) -> bool:
    """`delayed(work)(item)`"""
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Call) and _kind(node.func.func) == "delayed"


def _check_options(maker: ast.Call) -> None:
    if len(maker.args) > 1 and (dotted(maker.func) or "").endswith("Executor"):
        raise Refused("layout", "only the first argument means the same to the other kind of pool", maker)
    for keyword in maker.keywords:
        if keyword.arg not in ("max_workers", "processes", "initializer", "initargs"):
            raise Refused("layout", f"the other kind of pool knows no `{keyword.arg}`", maker)


def _cores(source: Source, maker: ast.Call) -> Iterator[Edit]:
    """More processes than cores gain nothing: a number written for waiting threads is left to the default."""
    values = [*maker.args[:1], *(k.value for k in maker.keywords if k.arg in ("max_workers", "processes"))]
    for value in values:
        if isinstance(value, ast.Constant) and isinstance(value.value, int) and value.value > 8:
            yield Edit(*source.span(value), "None")


def _check_handed(order: Order, source: Source, inquiry: Inquiry, call: ast.Call) -> None:
    if not call.args:
        raise Refused("dynamic-call", "the function handed to the pool is not known", call)
    function = call.args[0]
    if order.model is Model.MULTIPROCESSING:
        target = (
            function.args[0]
            if isinstance(function, ast.Call) and _kind(function.func) == "partial" and function.args
            else function
        )
        if not importable(source, target, call):
            raise Refused("unpicklable-function", f"`{source.segment(function)}` cannot be sent to a process", call)
        for hazard in order.case.hazards:
            if hazard.kind.value.startswith("unpicklable"):
                raise Refused(hazard.kind.value, hazard.because, hazard.line)
        check_handed_to_process(order, source, inquiry, call)
    elif isinstance(function, ast.Lambda):
        return
    check_memory(order, inquiry, call)
