"""Results of tasks: taken in the order of the tasks, asked for how they ended, and waited for before their pool ends."""

from __future__ import annotations

import ast

from advisor.model.refactor import Edit, Rewrite
from advisor.stages.generate.mending.mend import Mend, uses
from advisor.stages.generate.names import binds, dotted, fresh, jumps, taken
from advisor.stages.generate.refused import Refused

_WAIT = "concurrent.futures.wait"
_AS_COMPLETED = "concurrent.futures.as_completed"
_ADDS = ("append", "add")
_LOOKS = frozenset({"len", "enumerate", "zip", "list", "print"})


def in_order(mend: Mend) -> Rewrite:
    """`imap_unordered` becomes `imap`, and `as_completed(tasks)` the tasks themselves."""
    call, source = mend.call, mend.source
    note = "a result now waits for those of the items before it"
    if isinstance(call.func, ast.Attribute) and call.func.attr == "imap_unordered":
        end = source.span(call.func)[1]
        return mend.rewrite([Edit(end - len("imap_unordered"), end, "imap")], notes=[note])
    if not any(name.endswith(_AS_COMPLETED) for name in mend.leads_to(call)):
        raise Refused(
            "layout", "where the results lose their order is another function, which may have other callers", call
        )
    if len(call.args) != 1 or call.keywords:
        raise Refused("layout", "what is to happen when the time is up is for a person to say", call)
    tasks = call.args[0]
    if isinstance(tasks, ast.GeneratorExp):
        text = f"[{source.segment(tasks)[1:-1]}]"  # its own brackets, or those of the call
    elif isinstance(tasks, ast.ListComp | ast.List | ast.Tuple) or _is_in_order(mend, tasks):
        text = source.segment(tasks)
    else:
        raise Refused("ordered-output", "whether the tasks are kept in the order of the items is not known", tasks)
    return mend.rewrite([Edit(*source.span(call), text)], notes=[note])


def _is_in_order(mend: Mend, tasks: ast.expr) -> bool:
    """Is it a list or dict that this function makes once, and fills only from its end?"""
    source = mend.source
    scope = source.function(tasks) or source.tree
    if not isinstance(tasks, ast.Name):
        return False
    made = [n for n in ast.walk(scope) if isinstance(n, ast.stmt) and not hasattr(n, "body") and tasks.id in binds([n])]
    match made:
        case [ast.Assign(targets=[ast.Name()], value=ast.List() | ast.ListComp() | ast.Tuple() | ast.DictComp())]:
            pass
        case _:
            return False
    return all(node is tasks or _keeps_order(source.parents[node]) for node in uses(scope, tasks.id))


def _keeps_order(above: ast.AST) -> bool:
    """Is a list, of which this stands around the name, only looked at there, or filled from its end?"""
    match above:
        case ast.Attribute(attr=name):
            return name == "append"
        case ast.Call(func=ast.Name(id=name)):
            return name in _LOOKS
        case ast.Subscript(ctx=ast.Load()) | ast.For() | ast.AsyncFor() | ast.comprehension():
            return True
    return False


# ---- how they ended


def tasks_gathered(mend: Mend) -> Rewrite:
    """`await asyncio.wait(tasks)` as a statement becomes `await asyncio.gather(*tasks)`."""
    call, source = mend.call, mend.source
    wait = _only_wait(mend, call, "asyncio.wait")
    if not isinstance(source.parents[wait], ast.Await) or not isinstance(
        source.parents[source.parents[wait]], ast.Expr
    ):
        raise Refused("layout", "what is done and what is not goes on to be used", wait)
    names = dotted(wait.func) or ""
    gather = f"{names.rpartition('.')[0]}.gather" if "." in names else ""
    if not gather:
        raise Refused("layout", "`wait` is imported by itself", wait)
    edits = [Edit(*source.span(wait), f"{gather}(*{source.segment(wait.args[0])})")]
    return mend.rewrite(edits, notes=["the first failure is now raised, while other tasks may still run"])


def waited_and_asked(mend: Mend, call: ast.Call) -> Rewrite:
    """After `wait(tasks)` each task is asked for its result, which raises the first failure."""
    source = mend.source
    wait = _only_wait(mend, call, _WAIT)
    statement, tasks = source.statement(wait), wait.args[0]
    direct = isinstance(statement, ast.Expr | ast.Assign) and statement.value is wait
    if not direct or not source.owns_its_lines([statement]):
        raise Refused("layout", "what is done and what is not is used in the same step", wait)
    indent, unit = source.indent(statement), source.unit
    used = taken(source.function(wait) or source.tree)
    future = fresh("future", used)
    if isinstance(tasks, ast.Name):
        _check_bound_once(mend, tasks)
        start = source.whole_lines([statement])[1]
        lead = "" if source.text[:start].endswith("\n") else "\n"
        text = f"{lead}{indent}for {future} in {tasks.id}:\n{indent}{unit}{future}.result()\n"
        edits = [Edit(start, start, text)]
    elif isinstance(statement, ast.Expr) and isinstance(tasks, ast.ListComp | ast.List):
        futures, lines = source.segment(tasks), ""
        if not _in_its_block(mend, wait, call):  # which would wait for the others when one has failed
            futures = fresh("futures", used)
            lines = f"{futures} = {source.segment(tasks)}\n{indent}{source.segment(wait.func)}({futures})\n{indent}"
        text = f"{lines}for {future} in {futures}:\n{indent}{unit}{future}.result()"
        edits = [Edit(*source.span(statement), text)]
    else:
        raise Refused("layout", "the tasks that are waited for have no name", wait)
    return mend.rewrite(edits, notes=["once all are over the first failure is raised"])


def _in_its_block(mend: Mend, wait: ast.Call, call: ast.Call) -> bool:
    """Does the wait stand in the `with` block of the pool?"""
    pool = dotted(call.func.value) if isinstance(call.func, ast.Attribute) else None
    withs = (each for each in mend.source.above(wait) if isinstance(each, ast.With))
    return pool is not None and any(pool in binds(each.items) for each in withs)


def _only_wait(mend: Mend, call: ast.Call, name: str) -> ast.Call:
    """The one call in the function that waits for what `call` starts, without options."""
    source = mend.source
    scope = source.function(call) or source.tree
    waits = [
        n
        for n in ast.walk(scope)
        if isinstance(n, ast.Call) and source.function(n) is source.function(call) and name in mend.leads_to(n)
    ]
    if len(waits) != 1 or len(waits[0].args) != 1 or not _holds(mend, scope, waits[0].args[0], call):
        raise Refused("layout", "where the results that are kept should be asked for is for a person to say", call)
    if waits[0].keywords:
        raise Refused(
            "early-exit", "those that are not done when the wait ends are for a person to decide about", waits[0]
        )
    return waits[0]


def _holds(mend: Mend, scope: ast.AST, tasks: ast.expr, call: ast.Call) -> bool:
    """Is what the call starts among the tasks: written there, kept under their name, or put into them?"""
    statement = mend.source.statement(call)
    kept = binds([statement]) if isinstance(statement, ast.Assign) else frozenset[str]()
    if any(node is call or (isinstance(node, ast.Name) and node.id in kept) for node in ast.walk(tasks)):
        return True
    name = tasks.id if isinstance(tasks, ast.Name) else ""
    for node in ast.walk(scope):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=method), args=[given]):
                same = given is call or (isinstance(given, ast.Name) and given.id in kept)
                if owner == name and method in _ADDS and same:
                    return True
    return False


def _check_bound_once(mend: Mend, tasks: ast.Name) -> None:
    scope = mend.source.function(tasks) or mend.source.tree
    stores = [
        n for n in ast.walk(scope) if isinstance(n, ast.Name) and n.id == tasks.id and isinstance(n.ctx, ast.Store)
    ]
    if len(stores) != 1 or mend.inquiry.lazy(tasks):
        raise Refused("layout", f"which tasks `{tasks.id}` stands for is not known", tasks)


# ---- the end of their pool


def waited_for_in_the_block(mend: Mend) -> Rewrite:
    """The block of the pool closes and joins it at its end; what it returns to be walked later is a list by then."""
    call, source = mend.call, mend.source
    if isinstance(source.parents[call], ast.Return):
        if isinstance(call.func, ast.Attribute) and call.func.attr in ("imap", "imap_unordered"):
            return mend.rewrite(
                mend.insert(call, "list(", ")"), notes=["all results are there when the function returns"]
            )
        raise Refused("early-exit", "the result is handed on before it is there: wait for it, or keep the pool", call)
    block = next((n for n in ast.walk(source.tree) if isinstance(n, ast.With) and n.lineno == mend.fault.proof), None)
    pool = dotted(call.func.value) if isinstance(call.func, ast.Attribute) else None
    if block is None or pool is None or not source.owns_its_lines(block.body):
        raise Refused("layout", "the block of the pool was not found in the source", mend.fault.line)
    leaves = next(jumps(block.body), None)
    if leaves is not None:
        raise Refused("early-exit", "the block may be left before its end", leaves)
    indent = source.indent(block.body[0])
    end = source.whole_lines(block.body)[1]
    lead = "" if source.text[:end].endswith("\n") else "\n"
    text = f"{lead}{indent}{pool}.close()\n{indent}{pool}.join()\n"
    return mend.rewrite(
        [Edit(end, end, text)], notes=["the program now waits for the tasks, which so far were dropped"]
    )
