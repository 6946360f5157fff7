"""Coroutines and tasks that nobody awaits, keeps or can stop."""

from __future__ import annotations

import ast
from dataclasses import replace

from advisor.model.refactor import Edit, Needed, Rewrite
from advisor.stages.generate.blocking import rewrite_in_a_thread
from advisor.stages.generate.mending.mend import Mend
from advisor.stages.generate.names import calm, dotted
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.tothread import awaited_in_a_thread, wrapped

_CANCELLED = frozenset({"CancelledError", "BaseException"})


def awaited(mend: Mend) -> Rewrite:
    """`work()` as a statement becomes `await work()`."""
    call = mend.call
    _can_await(mend, call)
    return mend.rewrite(mend.insert(call, "await "), notes=["what was silently left out before now runs"])


def awaited_instead(mend: Mend) -> Rewrite:
    """`asyncio.run(work())` becomes `await work()`; what starts a loop further below runs in a thread, where none does."""
    call = mend.call
    _can_await(mend, call)
    names = {name.rpartition(".")[2] for name in mend.leads_to(call)}
    if names & {"run", "run_until_complete"} and len(call.args) == 1 and not call.keywords:
        work = mend.source.segment(call.args[0])
        return mend.rewrite([Edit(*mend.source.span(call), wrapped(mend.source, call, f"await {work}"))])
    if not calm(call.func) or any(name.startswith("asyncio.") for name in mend.leads_to(call)):
        raise Refused("event-loop", "the loop is started with options that the running one does not have", call)
    return mend.rewrite([awaited_in_a_thread(mend.source, call)], Needed("asyncio"))


def _can_await(mend: Mend, call: ast.Call) -> None:
    around = mend.source.enclosing(call, ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef, ast.GeneratorExp)
    if not isinstance(around, ast.AsyncFunctionDef):
        raise Refused("event-loop", "nothing can be awaited where the call stands", call)


def moved_to_a_thread(mend: Mend) -> Rewrite:
    """`model.predict(rows)` becomes `await asyncio.to_thread(model.predict, rows)`: other tasks go on meanwhile."""
    made = rewrite_in_a_thread(mend.order, mend.source, mend.inquiry, mend.call)
    return replace(made, notes=(*made.notes, f"`{mend.fault.name}` may now run for several tasks at once"))


def reference_kept(mend: Mend) -> Rewrite:
    """`create_task(work())` as a statement becomes `_kept(create_task(work()))`, which holds it until it is done."""
    return mend.rewrite(mend.insert(mend.call, "_kept(", ")"), helpers=["_kept"])


def cancellation_passed_on(mend: Mend) -> Rewrite:
    """The handler catches `Exception`, which does not include being cancelled."""
    handler = next(
        (n for n in ast.walk(mend.source.tree) if isinstance(n, ast.ExceptHandler) and n.lineno == mend.fault.line),
        None,
    )
    if handler is None:
        raise Refused("layout", "the handler was not found in the source", mend.fault.line)
    start = mend.source.span(handler)[0] + len("except")
    if handler.type is None:
        return mend.rewrite([Edit(start, start, " Exception")])
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    names = [(dotted(kind) or "").rpartition(".")[2] for kind in kinds]
    kept = [mend.source.segment(k) for k, name in zip(kinds, names, strict=True) if name not in _CANCELLED]
    if "BaseException" in names:
        kept = ["Exception"]
    if not kept:
        raise Refused("early-exit", "whether the loop is to end when it is cancelled is for a person to say", handler)
    text = kept[0] if len(kept) == 1 else f"({', '.join(kept)})"
    return mend.rewrite([Edit(*mend.source.span(handler.type), text)])
