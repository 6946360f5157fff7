"""Coroutines that are all started at once: the same, with a bound on how many are under way at a time."""

from __future__ import annotations

import ast
from dataclasses import replace

from advisor.model.effect import Effect
from advisor.model.refactor import Edit, Needed, Order, Rewrite
from advisor.stages.generate.flavors import task_count
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import calm, dotted, fresh, taken
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source

Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp
_MAKES_TASK = frozenset({"create_task", "ensure_future"})
_NOTE = "coroutines that wait for one another would wait for ever behind the semaphore"


def rewrite_gather(order: Order, source: Source, inquiry: Inquiry, gather: ast.Call) -> Rewrite:
    """`gather(*(f(x) for x in xs))` with each call made behind a semaphore; results and failures come as they did."""
    made = gathered(source, gather)
    if made is None:
        raise Refused("layout", "the gathered coroutines are not made by one comprehension", gather)
    work = made.elt
    if isinstance(work, ast.Call) and (dotted(work.func) or "").rpartition(".")[2] in _MAKES_TASK and work.args:
        work = work.args[0]
    return _behind_a_semaphore(order, source, inquiry, work, source.statement(made))


def rewrite_limited(order: Order, source: Source, inquiry: Inquiry, gather: ast.Call) -> Rewrite:
    """`async with semaphore:` around a gather becomes the same around each call of what is gathered."""
    made, block = gathered(source, gather), source.parents[source.statement(gather)]
    alone = isinstance(block, ast.AsyncWith) and len(block.items) == len(block.body) == 1
    if made is None or not isinstance(block, ast.AsyncWith) or not alone or block.items[0].optional_vars is not None:
        raise Refused("layout", "the semaphore is not taken for one gather of one comprehension alone", gather)
    if not calm(block.items[0].context_expr) or source.statement(made) is not block.body[0]:
        raise Refused("layout", "what is gathered is made outside of the block, or the semaphore in its head", gather)
    limited = _behind_a_semaphore(order, source, inquiry, made.elt, block, source.segment(block.items[0].context_expr))
    first, last = block.body[0].lineno, block.end_lineno or 0
    head = Edit(source.line_start(block.lineno), source.line_start(first), "")
    moved = source.shift(first, last, source.indent(block.body[0]), source.indent(block))
    return replace(limited, edits=(*limited.edits, head, *moved))


def rewrite_tasks(order: Order, source: Source, inquiry: Inquiry, task: ast.Call) -> Rewrite:
    """`create_task(f(x))` in a loop with each call made behind a semaphore that all rounds share."""
    loop = source.enclosing(
        task, ast.For, ast.AsyncFor, ast.While, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp
    )
    if isinstance(loop, ast.While | ast.AsyncFor):
        raise Refused(
            "streaming", "the loop goes on for as long as something comes: its tasks may wait for one another", loop
        )
    if loop is None or not task.args:
        raise Refused("layout", "the tasks are not made in a loop", task)
    return _behind_a_semaphore(order, source, inquiry, task.args[0], source.statement(loop))


def gathered(source: Source, gather: ast.Call) -> Comprehension | None:
    """The comprehension that makes all that is gathered: in the call itself, or kept under a name that only it reads."""
    match gather.args:
        case [ast.Starred(value=ast.ListComp() | ast.SetComp() | ast.GeneratorExp() as made)]:
            return made
        case [ast.Starred(value=ast.Name(id=name))]:
            scope = source.function(gather) or source.tree
            places = [n for n in ast.walk(scope) if isinstance(n, ast.Name) and n.id == name]
            bound = [source.parents[n] for n in places if isinstance(n.ctx, ast.Store)]
            match bound:
                case [ast.Assign(targets=[ast.Name()], value=ast.ListComp() as made)] if len(places) == 2:
                    return made
    return None


def _behind_a_semaphore(
    order: Order, source: Source, inquiry: Inquiry, work: ast.expr, first: ast.stmt, limit: str = ""
) -> Rewrite:
    if not isinstance(work, ast.Call) or not calm(work.func):
        raise Refused("layout", "what is started is not a call of a coroutine that could be made later", work)
    if not isinstance(source.function(work), ast.AsyncFunctionDef) or not source.owns_its_lines([first]):
        raise Refused("event-loop", "the coroutines are started where no coroutine can be defined", work)
    if any(proof.effect is Effect.LOCK for proof in inquiry.started(work).proofs):
        raise Refused(
            "lock-held", "the coroutines wait for each other: behind a semaphore they could wait for ever", work
        )
    used = set(taken(source.function(work) or source.tree))
    name, gate = fresh("bounded", used), limit or fresh("semaphore", used)
    indent, unit = source.indent(first), source.unit
    asyncio = next((a.asname for a in imported(source, "asyncio") if a.asname), "asyncio")
    made = "" if limit else f"{indent}{gate} = {asyncio}.Semaphore({task_count(order)})\n\n"
    text = (
        f"{made}{indent}async def {name}(function, *args, **kwargs):\n"
        f"{indent}{unit}async with {gate}:\n{indent}{unit * 2}return await function(*args, **kwargs)\n\n"
    )
    handed = ", ".join(source.segment(part) for part in (work.func, *work.args, *work.keywords))
    place = source.line_start(source.first_line(first))
    edits = (Edit(place, place, text), Edit(*source.span(work), f"{name}({handed})"))
    start, end = source.whole_lines([first])
    needs = frozenset({Needed("asyncio")} if asyncio == "asyncio" else ())
    return Rewrite(order.site.path, start, max(end, edits[1].end), edits, needs, notes=(_NOTE,))


def imported(source: Source, module: str) -> list[ast.alias]:
    """The `import module` of the file, under whatever name."""
    plain = [s for s in source.tree.body if isinstance(s, ast.Import)]
    return [alias for statement in plain for alias in statement.names if alias.name == module]
