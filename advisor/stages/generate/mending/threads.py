"""Threads: failures that nobody sees, waits without an end, updates without a lock, a thread where a call would do."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from advisor.model.refactor import Edit, Needed, Rewrite
from advisor.stages.generate.handed import function_handed
from advisor.stages.generate.mending.mend import Mend, uses
from advisor.stages.generate.mending.results import waited_and_asked
from advisor.stages.generate.names import binds, calm, dotted, fresh, taken
from advisor.stages.generate.refused import Refused

_SECONDS = 30  # without an answer for so long, a server is taken for dead
_EXCEPTION_ALONE = (3, 10)  # since when `print_exception` takes nothing but the exception


def failures_reported(mend: Mend) -> Rewrite:
    """A task whose result is dropped prints the traceback of its failure."""
    call = mend.call
    dropped = isinstance(mend.source.parents[call], ast.Expr)
    if not dropped and isinstance(call.func, ast.Attribute) and call.func.attr == "submit":
        return waited_and_asked(mend, call)
    if not isinstance(call.func, ast.Attribute) or not (dropped or call.func.attr == "apply_async"):
        raise Refused("layout", "where the results that are kept should be asked for is for a person to say", call)
    note = "a failure is printed, as a thread of its own would have done; `result()` of each future would raise it"
    if call.func.attr == "submit":
        return mend.rewrite(mend.insert(call, "", ".add_done_callback(_report)"), helpers=["_report"], notes=[note])
    if call.func.attr in ("map", "imap", "imap_unordered", "starmap"):
        waits = "the results are waited for, and the first failure is raised"
        return mend.rewrite(mend.insert(call, "list(", ")"), notes=[waits])
    if call.func.attr == "apply_async" and not any(k.arg == "error_callback" for k in call.keywords):
        end = mend.source.span([*call.args, *(k.value for k in call.keywords)][-1])[1]
        return mend.rewrite([Edit(end, end, f", error_callback={_printer(mend)}")], Needed("traceback"), notes=[note])
    raise Refused("layout", "the task is handed over in a way that has no place for a report", call)


def _printer(mend: Mend) -> str:
    """What prints the traceback of an exception that it is handed, on every Python on which the program runs."""
    order = mend.order
    if min(order.python, order.oldest or order.python) >= _EXCEPTION_ALONE:
        return "traceback.print_exception"
    return "lambda error: traceback.print_exception(type(error), error, error.__traceback__)"


def with_a_timeout(mend: Mend) -> Rewrite:
    """The call gets a timeout, or where it is handed to the pool as it is, a partial with one."""
    note = f"{_SECONDS} seconds are a guess, and a wait that takes longer now raises"
    place = mend.source.line_start(mend.fault.line) + mend.fault.column
    calls = (n for n in ast.walk(mend.source.tree) if isinstance(n, ast.Call) and n.lineno == mend.fault.line)
    here = [n for n in calls if mend.source.span(n)[0] == place]  # `get(url).json()` begins where `get(url)` does
    name = mend.fault.name.rpartition(".")[2]
    named = [n for n in here if name in (getattr(n.func, "attr", ""), getattr(n.func, "id", ""))]
    call = min(named or here, key=lambda node: mend.source.span(node)[1], default=None)
    handed = function_handed(mend.inquiry, call) if call is not None else None
    if call is None or not isinstance(handed, ast.Name | ast.Attribute | None):
        raise Refused("layout", "the call without a timeout was not found in the source", mend.fault.line)
    if handed is None:
        return mend.rewrite([_further_argument(mend, call, f"timeout={_SECONDS}")], notes=[note])
    edits = mend.insert(handed, "partial(", f", timeout={_SECONDS})")
    return mend.rewrite(edits, Needed("functools", "partial"), notes=[note])


def _further_argument(mend: Mend, call: ast.Call, text: str) -> Edit:
    given = [*call.args, *call.keywords]
    if not given:
        place = mend.source.span(call)[1] - len(")")
        return Edit(place, place, text)
    place = max(mend.source.span(each)[1] for each in given)
    return Edit(place, place, f", {text}")


def plain_call(mend: Mend) -> Rewrite:
    """`thread = Thread(target=f, args=…); thread.start(); thread.join()` becomes `f(…)`."""
    source, name = mend.source, mend.fault.name
    start = next((n for n in ast.walk(source.tree) if isinstance(n, ast.Expr) and n.lineno == mend.fault.line), None)
    if start is None:
        raise Refused("layout", "the start of the thread was not found in the source", mend.fault.line)
    block = source.block(start)
    at = block.index(start)
    made = next((s for s in reversed(block[:at]) if name in binds([s])), None)
    match made:
        case ast.Assign(targets=[ast.Name()], value=ast.Call(keywords=keywords, args=[]) as maker):
            given = {keyword.arg: keyword.value for keyword in keywords}
        case _:
            raise Refused("layout", "where the thread is made was not found beside its start", start)
    scope = source.function(start) or source.tree
    known = {id(n) for s in (made, *block[at : at + 2]) for n in ast.walk(s)}
    if not given.keys() <= {"target", "args", "kwargs", "daemon", "name"} or "target" not in given:
        raise Refused("layout", "the thread is made in a way that a call has no word for", maker)
    if any(id(use) not in known for use in uses(scope, name)) or made is not block[at - 1]:
        raise Refused("shared-write", f"`{name}` is used for more than one call", start)
    text = _called(mend, given)
    edits = [Edit(*source.whole_lines([made]), ""), Edit(*source.whole_lines([block[at + 1]]), ""),
             Edit(*source.span(start), text)]  # fmt: skip
    return mend.rewrite(edits, notes=["a failure of the call is now raised, where the thread only printed it"])


def _called(mend: Mend, given: dict[str | None, ast.expr]) -> str:
    source = mend.source
    parts: list[str] = []
    match given.get("args"):
        case None:
            pass
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            parts = [source.segment(element) for element in elements]
        case other:
            parts = [f"*{source.segment(other)}"]
    if "kwargs" in given:
        parts.append(f"**{source.segment(given['kwargs'])}")
    return f"{source.segment(given['target'])}({', '.join(parts)})"


# ---- what threads share


def under_a_lock(mend: Mend) -> Rewrite:
    """Every update of the shared name happens under one lock of the module."""
    source, name = mend.source, mend.fault.name
    updates = list(_updates(mend, name))
    if not updates:
        raise Refused("shared-write", f"`{name}` is updated in a way that a lock alone does not cure", mend.fault.proof)
    lock = fresh(f"_{name.rpartition('.')[2].strip('_')}_lock", taken(source.tree))
    edits = [mend.above_top(updates[0], f"{lock} = threading.Lock()\n")]
    for update in updates:
        if not calm(update.value):
            because = (
                f"line {update.lineno} works out what it adds in the same step, which would hold the lock meanwhile"
            )
            raise Refused("lock-held", because, update)
        around = next((n for n in ast.walk(source.tree) if isinstance(n, ast.With) and n.body == [update]), None)
        if around is not None:  # one block is enough
            last = around.items[-1]
            end = source.span(last.optional_vars or last.context_expr)[1]
            edits.append(Edit(end, end, f", {lock}"))
            continue
        indent = source.indent(update)
        text = f"{indent}with {lock}:\n{source.piece([update], indent + source.unit)}"
        edits.append(Edit(*source.whole_lines([update]), text))
    return mend.rewrite(edits, Needed("threading"))


def _updates(mend: Mend, name: str) -> Iterator[ast.AugAssign]:
    """`name += …` in functions; those at the level of the module run before there are threads."""
    for node in ast.walk(mend.source.tree):
        if isinstance(node, ast.AugAssign) and mend.source.function(node) is not None:
            target = node.target.value if isinstance(node.target, ast.Subscript) else node.target
            mine = isinstance(node.target, ast.Subscript) or "." in name or name in _not_local(mend, node)
            if dotted(target) == name and mine and mend.source.owns_its_lines([node]):
                yield node


def _not_local(mend: Mend, node: ast.AST) -> frozenset[str]:
    """The names that the function around `node` takes from outside by `global` or `nonlocal`."""
    function = mend.source.function(node) or mend.source.tree
    return frozenset(n for s in ast.walk(function) if isinstance(s, ast.Global | ast.Nonlocal) for n in s.names)


def client_of_its_own(mend: Mend) -> Rewrite:
    """A client of the module that threads share becomes a function that gives each thread its own."""
    source, name = mend.source, mend.fault.name
    made = [s for s in source.tree.body if name in binds([s])]
    match made:
        case [ast.Assign(targets=[ast.Name()], value=ast.Call() as maker)] if _steady(maker):
            pass
        case _:
            raise Refused(
                "thread-unsafe-capture", f"how `{name}` is made for each thread is not known by its file", mend.call
            )
    found = uses(source.tree, name)
    if any(source.function(use) is None for use in found) or mend.seen_elsewhere(name) or _declared_global(mend, name):
        raise Refused(
            "thread-unsafe-capture", f"`{name}` is used while the module is imported, or by other files", mend.call
        )
    used = taken(source.tree)
    own, getter = fresh("_own", used), fresh(f"_{name.lower().strip('_')}", used)
    kept = f"{own}.{name.lower().strip('_')}"
    unit = source.unit
    text = (
        f"{own} = threading.local()  # threads must not share a connection: each has its own\n\n\n"
        f'def {getter}():\n{unit}if not hasattr({own}, "{kept.partition(".")[2]}"):\n'
        f"{unit * 2}{kept} = {source.segment(maker)}\n{unit}return {kept}\n"
    )
    edits = [Edit(*source.whole_lines(made), text), *(Edit(*source.span(use), f"{getter}()") for use in found)]
    note = f"what one thread does to its `{name}` without storing it, the others do not see"
    return mend.rewrite(edits, Needed("threading"), notes=[note])


def _steady(maker: ast.Call) -> bool:
    """Does the call make the same again whenever it is made: from constants, and nothing that lives in it alone?"""
    arguments = [*maker.args, *(keyword.value for keyword in maker.keywords)]
    texts = [each.value for each in arguments if isinstance(each, ast.Constant)]
    return len(texts) == len(arguments) and ":memory:" not in texts and "" not in texts


def _declared_global(mend: Mend, name: str) -> bool:
    return any(isinstance(n, ast.Global) and name in n.names for n in ast.walk(mend.source.tree))
