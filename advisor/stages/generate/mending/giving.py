"""Giving back: what is released in any case, by a block; and tasks that are made before they are waited for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from advisor.model.refactor import Edit, Needed, Rewrite
from advisor.stages.generate.mending.mend import Mend
from advisor.stages.generate.names import dotted, jumps
from advisor.stages.generate.refused import Refused


def held_by_a_block(mend: Mend) -> Rewrite:
    """`lock.acquire()` … `lock.release()` in one block become `with lock:` around what stands between."""
    source, taken = mend.source, mend.source.statement(mend.call)
    block = source.block(taken)
    lock = _method_of(taken, "acquire")
    behind = block[block.index(taken) + 1 :]
    given = next((each for each in behind if lock is not None and _method_of(each, "release") == lock), None)
    if lock is None or given is None or given is behind[0]:
        raise Refused("layout", "`acquire()` and `release()` are no two statements of one block", mend.call)
    work = behind[: behind.index(given)]
    leaves = next(jumps(work), None)
    if leaves is not None:
        raise Refused("early-exit", f"`{lock}` may be meant to stay taken where the block is left before", leaves)
    if any(dotted(node) == lock for each in work for node in ast.walk(each)):
        raise Refused("lock-held", f"what stands between uses `{lock}` as well", work[0])
    if not all(source.owns_its_lines([each]) for each in (taken, *work, given)):
        raise Refused("layout", "what the lock guards shares its lines with others", taken)
    waits = isinstance(taken, ast.Expr) and isinstance(taken.value, ast.Await)
    indent = source.indent(taken)
    text = f"{indent}{'async ' if waits else ''}with {lock}:\n{source.piece(work, indent + source.unit, with_comments=True)}"
    start, end = source.whole_lines([taken])[0], source.whole_lines([given])[1]
    return mend.rewrite([Edit(start, end, text)], notes=[f"`{lock}` is now released whatever happens"])


def _method_of(statement: ast.stmt, method: str) -> str | None:
    """The object of which a statement only calls a method, without arguments."""
    value = statement.value if isinstance(statement, ast.Expr) else None
    value = value.value if isinstance(value, ast.Await) else value
    match value:
        case ast.Call(func=ast.Attribute(value=owner, attr=name), args=[], keywords=[]) if name == method:
            return dotted(owner)
    return None


def made_tasks(mend: Mend) -> Rewrite:
    """`asyncio.wait([work()])` becomes `asyncio.wait([asyncio.create_task(work())])`.

    Of what was collected before, each is made a task if it is none yet, as Python up to 3.10 did.
    """
    given = mend.call.args[0] if mend.call.args else None
    if isinstance(given, ast.Name | ast.Attribute):
        return mend.rewrite(mend.insert(given, "[asyncio.ensure_future(each) for each in ", "]"), Needed("asyncio"))
    made = list(_elements(given)) if given is not None else []
    if not made or not all(isinstance(each, ast.Call) for each in made):
        raise Refused(
            "layout", "where the coroutines are made that are waited for is not written in the call", mend.call
        )
    edits = [edit for each in made for edit in mend.insert(each, "asyncio.create_task(", ")")]
    return mend.rewrite(edits, Needed("asyncio"))


def _elements(given: ast.expr) -> Iterator[ast.expr]:
    match given:
        case ast.List(elts=elements) | ast.Set(elts=elements) | ast.Tuple(elts=elements):
            yield from elements
        case ast.ListComp(elt=element) | ast.SetComp(elt=element) | ast.GeneratorExp(elt=element):
            yield element
