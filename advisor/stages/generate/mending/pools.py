"""Pools and processes that cost more than they need: too many, too small tasks, a manager a round, a start at import."""

from __future__ import annotations

import ast

from advisor.model.refactor import Edit, Rewrite
from advisor.stages.generate.guard import GUARD_NOTE
from advisor.stages.generate.mending.mend import Mend, uses
from advisor.stages.generate.names import binds, calm, dotted, free, fresh, here, taken
from advisor.stages.generate.poolkinds import pool_kind
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import is_main_guard

_CHUNK = 500  # tiny tasks that travel together
_EATERS = frozenset("list tuple set frozenset dict sum min max sorted Counter deque join".split())
_DEFINES = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_SIZES = frozenset({"max_workers", "processes"})


def as_many_as_cores(mend: Mend) -> Rewrite:
    """The number of processes is left out: one for each core."""
    call, source = mend.call, mend.source
    sizes = [*call.args[:1], *(k for k in call.keywords if k.arg in _SIZES)]
    others = [*call.args[1:], *(k for k in call.keywords if k.arg not in _SIZES)]
    if not sizes or call.args[1:]:
        raise Refused("layout", "how many processes are asked for is not written in the call", call)
    text = f"{source.segment(call.func)}({', '.join(source.segment(each) for each in others)})"
    return mend.rewrite([Edit(*source.span(call), text)])


def none_of_its_own(mend: Mend) -> Rewrite:
    """The pool of threads that is made for one `run_in_executor` becomes None, which means the loop's own."""
    call, source = mend.call, mend.source
    if pool_kind(source, call) not in ("ThreadPoolExecutor", "ThreadPool"):
        raise Refused(
            "process-state", "the loop has threads of its own, and no processes: make one pool for all calls", call
        )
    if any(keyword.arg not in ("max_workers", "thread_name_prefix") for keyword in call.keywords) or len(call.args) > 2:
        raise Refused("thread-state", "the threads of the pool are set up in a way of their own", call)
    note = (
        "the loop's own threads are at most 32, and fewer on small machines: tasks that wait for each other need more"
    )
    above = source.parents[call]
    if isinstance(above, ast.Call) and isinstance(above.func, ast.Attribute) and above.func.attr == "run_in_executor":
        return mend.rewrite([Edit(*source.span(call), "None")], notes=[note])
    match above:
        case ast.Assign(targets=[ast.Name(id=name)]) if source.owns_its_lines([above]) and len(source.block(above)) > 1:
            found = uses(source.function(call) or source.tree, name)
            if len(found) == 1:
                edits = [Edit(*source.whole_lines([above]), ""), Edit(*source.span(found[0]), "None")]
                return mend.rewrite(edits, notes=[note])
    raise Refused("layout", "what else is done with the pool is not known", call)


def in_chunks(mend: Mend) -> Rewrite:
    """`map` sends some hundred items at a time. A failure takes its chunk along, so all results must be used at once."""
    call, source = mend.call, mend.source
    above = source.parents[call]
    eaten = (
        isinstance(above, ast.Call) and call in above.args and (dotted(above.func) or "").rpartition(".")[2] in _EATERS
    )
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in ("map", "imap"):
        raise Refused("layout", "the tasks are handed over one by one, not by a `map`", call)
    if not eaten and not isinstance(above, ast.Starred):
        because = "results are used while others still come, and a failure would take those of its whole chunk along"
        raise Refused("ordered-output", because, call)
    last = source.span([*call.args, *call.keywords][-1])[1]
    return mend.rewrite([Edit(last, last, f", chunksize={_CHUNK}")])


def under_main_guard(mend: Mend) -> Rewrite:
    """What starts processes, and all that follows, runs only when the file is the script."""
    source = mend.source
    body = source.tree.body
    first = next((i for i, s in enumerate(body) if s.lineno <= mend.fault.line <= (s.end_lineno or 0)), None)
    if first is None:
        raise Refused("layout", "the start of the processes was not found in the source", mend.fault.line)
    rest = body[first:]
    for statement in rest:
        if isinstance(statement, _DEFINES) or is_main_guard(statement) or not source.owns_its_lines([statement]):
            raise Refused("no-main-guard", "the file starts processes, and defines more after that", statement)
    for name in sorted(binds(rest)):
        if mend.seen_elsewhere(name):
            raise Refused("no-main-guard", f"other files may use `{name}`, which only the script would have", rest[0])
    line = source.first_line(rest[0])
    start = source.line_start(line)
    shifted = source.shift(line, len(source.starts), "", source.unit)
    return mend.rewrite([Edit(start, start, 'if __name__ == "__main__":\n'), *shifted], notes=[GUARD_NOTE])


def manager_made_once(mend: Mend) -> Rewrite:
    """The manager is made before the loop; a proxy of it that rounds write to needs a person's decision."""
    source = mend.source
    calls = [n for n in ast.walk(source.tree) if isinstance(n, ast.Call) and dotted(n.func) == mend.fault.name]
    call = next((c for c in calls if c.lineno == mend.fault.line), None)
    if call is None or not any(name.endswith("Manager") for name in mend.leads_to(call)):
        because = f"other processes may see `{mend.fault.name}` change in each iteration, and rely on it"
        raise Refused("shared-write", because, mend.fault.line)
    loop = source.enclosing(call, ast.For, ast.While, ast.FunctionDef, ast.AsyncFunctionDef)
    if not isinstance(loop, ast.For | ast.While) or not source.owns_its_lines([loop]):
        raise Refused("layout", "the loop that makes managers shares its line with others", call)
    if free([call]) & binds([loop]) or isinstance(source.parents[call], ast.withitem):
        raise Refused(
            "carried-dependence",
            "the manager of an iteration ends with it, or is made from what the iteration sets",
            call,
        )
    name = fresh("manager", taken(source.function(call) or source.tree))
    indent = source.indent(loop)
    place = source.line_start(loop.lineno)
    edits = [Edit(place, place, f"{indent}{name} = {source.segment(call)}\n"), Edit(*source.span(call), name)]
    match source.parents[call]:
        case ast.Assign(targets=[ast.Name(id=kept)]) as statement if source.statement(call) is statement:
            edits = [
                Edit(place, place, f"{indent}{kept} = {source.segment(call)}\n"),
                Edit(*source.whole_lines([statement]), ""),
            ]
            if len(loop.body) == 1 or kept in binds([s for s in loop.body if s is not statement]):
                raise Refused("layout", f"the iteration binds `{kept}` in other ways too", statement)
    return mend.rewrite(edits, notes=["one manager's process serves all iterations"])


def forked_first(mend: Mend) -> Rewrite:
    """The processes are made and started before the first thread, where nothing of theirs needs it. A program that only gets a
    session of its own needs no function for that."""
    source = mend.source
    for keyword in _set_ups(mend):
        if not _only_begins_a_session(mend, keyword.value):
            raise Refused(
                "process-state", "what runs between the fork and the program is for a person to move", keyword.value
            )
        return mend.rewrite([Edit(*source.span(keyword), "start_new_session=True")])
    started = _statement(mend, mend.fault.line)
    threads = _statement(mend, mend.fault.proof)
    block = source.block(started)
    if threads not in block or not source.owns_its_lines([started]):
        raise Refused("layout", "the thread and the process are not started in the same block", started)
    first = block.index(threads)
    made = next((s for s in reversed(block[:first]) if _names(threads) & binds([s])), None)
    if made is not None and first and block[first - 1] is made:
        first -= 1
    moved = _moved(block, block.index(started), first)
    jumped = [s for s in block[first : block.index(started)] if s not in moved]
    if frozenset().union(*(free([s]) for s in moved)) & binds(jumped) or not all(_thread_only(s) for s in jumped):
        raise Refused("carried-dependence", "what runs between the thread and the process must stay before it", started)
    place = source.line_start(source.first_line(block[first]))
    text = "".join(source.piece([s], source.indent(started)) for s in moved)
    return mend.rewrite([Edit(place, place, text), *(Edit(*source.whole_lines([s]), "") for s in moved)])


def _set_ups(mend: Mend) -> list[ast.keyword]:
    """The `preexec_fn` of the call on the line of the misuse, if it has one."""
    calls = (n for n in ast.walk(mend.source.tree) if isinstance(n, ast.Call) and n.lineno == mend.fault.line)
    return [keyword for call in calls for keyword in call.keywords if keyword.arg == "preexec_fn"]


def _only_begins_a_session(mend: Mend, function: ast.expr) -> bool:
    """`os.setsid`, or a function that calls it and nothing else."""
    name = dotted(function) or ""
    defined = mend.definition(name)
    match defined.body if defined is not None else ():
        case [ast.Expr(value=ast.Call(func=called, args=[], keywords=[]))]:
            name = dotted(called) or ""
    return name == "os.setsid"


def _moved(block: list[ast.stmt], at: int, first: int) -> list[ast.stmt]:
    """The start of the process, with the statements after `first` that make it."""
    moved = [block[at]]
    for statement in reversed(block[first:at]):
        if binds([statement]) & frozenset().union(*(free([s]) for s in moved)):
            moved.insert(0, statement)
    return moved


def _thread_only(statement: ast.stmt) -> bool:
    """Does the statement only make or start a thread?"""
    match statement:
        case ast.Assign(value=ast.Call(func=func)):
            return (dotted(func) or "").endswith(("Thread", "Timer"))
        case ast.Assign(targets=[ast.Attribute()], value=value):
            return calm(value)
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="start"), args=[])):
            return True
    return False


def _names(statement: ast.stmt) -> frozenset[str]:
    return free([n for n in here([statement]) if isinstance(n, ast.Name)])


def _statement(mend: Mend, line: int) -> ast.stmt:
    for node in ast.walk(mend.source.tree):
        if isinstance(node, ast.Expr) and node.lineno == line:
            return node
    raise Refused("layout", "the start of the thread or process is not a statement of its own", line)
