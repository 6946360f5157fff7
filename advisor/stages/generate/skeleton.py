"""Skeleton: where the safe refactor is refused, a module of its own with the work and the pool, and marks where to decide."""

from __future__ import annotations

import ast
import builtins
import textwrap

from advisor.model.concurrency import Model
from advisor.model.refactor import Outcome
from advisor.stages.generate.flavors import thread_count
from advisor.stages.generate.names import binds, free
from advisor.stages.generate.source import Source

_OPENING = '''\
"""A start for {where} as {model}.

It could not be rewritten safely: {because}.
"""

from __future__ import annotations

{imports}

'''
_THREADS = '''\
def work({parameters}):
    """One round: what may run beside the others."""
{body}


def main(items{captured}):
    """All rounds; results come in the order of the items, and the first failure is raised."""
    results = []
    with {pool} as pool:
        futures = [pool.submit(work, item{captured}) for item in items]
        for item, future in zip(items, futures):
            # TODO: what each round did with its result, in order
            results.append((item, future.result()))
    return results
'''
_TASKS = '''\
async def work({parameters}):
    """One round: what may run beside the others."""
{body}


async def main(items{captured}):
    """All rounds, at most 16 at a time; results come in the order of the items."""
    gate = asyncio.Semaphore(16)

    async def bounded(item):
        async with gate:
            return await work(item{captured})

    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(bounded(item)) for item in items]
    # TODO: what each round did with its result, in order
    return [(item, task.result()) for item, task in zip(items, tasks)]
'''


def write_skeleton(outcome: Outcome, source: Source) -> str:
    """The text of a module that stands alone; what the site did is in it as a comment, next to what has to be decided."""
    order, refusal = outcome.order, outcome.refusal
    site = order.site
    node = next((n for n in ast.walk(source.tree) if isinstance(n, ast.stmt) and n.lineno == site.line), None)
    lines = range(site.line, (node.end_lineno if node is not None and node.end_lineno else site.end_line) + 1)
    was = textwrap.dedent("\n".join(source.line(number) for number in lines))
    head = node.target if isinstance(node, ast.For | ast.AsyncFor) else None
    names = sorted(binds([head])) if head is not None else []
    first = names[0] if len(names) == 1 else "item"
    known = binds(source.tree.body) | frozenset(dir(builtins))
    captured = sorted(free([node]) - binds([node]) - known) if node is not None else []
    given = "".join(f", {name}" for name in captured)
    body = [f"# TODO: {refusal.because} (line {refusal.line})" if refusal else "# TODO"]
    body += [f"{ast.unparse(head)} = {first}"] if head is not None and len(names) > 1 else []
    body += ["# It was:", *(f"#     {line}" if line else "#" for line in was.split("\n"))]
    body += ['raise NotImplementedError("finish work()")']
    pool = _pool(order.model, outcome)
    opening = _OPENING.format(
        where=f"{site.path}:{site.line}",
        model=order.model,
        because=refusal.because if refusal else "",
        imports=_imports(order.model, pool),
    )
    text = _TASKS if order.model is Model.ASYNCIO else _THREADS
    return opening + text.format(
        parameters=f"{first}{given}",
        body=textwrap.indent("\n".join(body), "    "),
        captured=given,
        pool=pool,
    )


def _imports(model: Model, pool: str) -> str:
    if model is Model.ASYNCIO:
        return "import asyncio\n"
    needs_os = "import os\n" if "os." in pool else ""
    return f"{needs_os}from concurrent.futures import {pool.partition('(')[0]}\n"


def _pool(model: Model, outcome: Outcome) -> str:
    if model is Model.MULTIPROCESSING:
        return "ProcessPoolExecutor()"
    number = thread_count(outcome.order)
    bound = number if not number or "os." in number else f"min({number}, 4 * (os.cpu_count() or 1))"
    return f"ThreadPoolExecutor(max_workers={bound})" if bound else "ThreadPoolExecutor()"
