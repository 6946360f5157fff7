"""Functions handed over: passed where they were called, and coroutines run by the thread that gets them."""

from __future__ import annotations

import ast

from advisor.model.catalog import Passes
from advisor.model.refactor import Edit, Needed, Rewrite
from advisor.stages.generate.handed import function_handed
from advisor.stages.generate.mending.mend import Mend
from advisor.stages.generate.names import calm, dotted
from advisor.stages.generate.poolkinds import pool_kind
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import importable

_BESIDE = "the work now runs beside what follows, which so far came after it"
_NOT_WRITTEN = "which function is meant, or what it is to be called with, is not written out"


def passed(mend: Mend) -> Rewrite:
    """`Thread(target=work(x))` becomes `Thread(target=work, args=(x,))`, and `submit(work(x))` becomes `submit(work, x)`."""
    call, given = _called(mend)
    if any(keyword.arg is None for keyword in given.keywords) or not calm(given.func):
        raise Refused("dynamic-call", _NOT_WRITTEN, given)
    if mend.inquiry.is_coroutine(given) and not {"args", "kwargs"} & {keyword.arg for keyword in call.keywords}:
        return _run_there(mend, call, given, mend.source.segment(given))
    found = mend.handed(call)
    if found is not None and found.where == "process" and not importable(mend.source, given.func, call):
        raise Refused("unpicklable-function", "a process could not find the function by its name", call)
    edit = Edit(*mend.source.span(given), _as_arguments(mend, call, given))
    return mend.rewrite([edit], notes=[_BESIDE] if found is not None else [])


def _called(mend: Mend) -> tuple[ast.Call, ast.Call]:
    """The call that hands over, and the one among its arguments that should have been the function itself."""
    for call in mend.calls_here():
        for given in (*call.args, *(k.value for k in call.keywords)):
            if isinstance(given, ast.Call) and dotted(given.func) == mend.fault.name:
                return call, given
    raise Refused("layout", "the call that should hand over a function was not found in the source", mend.fault.line)


def _as_arguments(mend: Mend, call: ast.Call, given: ast.Call) -> str:
    """The function, and beside it what it was called with, in the way in which `call` takes both."""
    options = {keyword.arg for keyword in call.keywords}
    place = next((keyword.arg for keyword in call.keywords if keyword.value is given), None)
    last = place is not None or call.args[-1] is given
    found = mend.handed(call)
    handed = found is not None and found.function is mend.inquiry.call(given)
    sets_up = place == "initializer" or (place is None and last and pool_kind(mend.source, call) != "")
    if sets_up and not options & {"initargs", None} and not given.keywords:
        return _packed(mend, given, "initargs", "")
    if handed and found is not None and last and not options & {"args", "kwargs", "kwds", None}:
        if found.passes is Passes.PACKED:
            thread = found.place == "target" or not found.by_pool
            return _packed(mend, given, "args", "kwargs" if thread else "kwds")
        if found.passes is Passes.REST and not options and (found.by_pool or not given.keywords):
            return ", ".join(mend.source.segment(part) for part in (given.func, *given.args, *given.keywords))
    raise Refused("dynamic-call", "how the function would get its arguments there is for a person to say", given)


def _packed(mend: Mend, given: ast.Call, positional: str, named: str) -> str:
    source = mend.source
    parts = [source.segment(given.func)]
    if given.args:
        values = ", ".join(source.segment(each) for each in given.args)
        parts.append(f"{positional}=({values}{',' if len(given.args) == 1 else ''})")
    if given.keywords:
        pairs = ", ".join(f'"{k.arg}": {source.segment(k.value)}' for k in given.keywords)
        parts.append(f"{named}={{{pairs}}}")
    return ", ".join(parts)


# ---- coroutines


def run_in_its_thread(mend: Mend) -> Rewrite:
    """`Thread(target=work, args=(x,))` of an `async def` becomes `Thread(target=asyncio.run, args=(work(x),))`."""
    for call in mend.calls_here():
        function = function_handed(mend.inquiry, call)
        if function is not None and dotted(function) is not None:
            if _yields(mend, call):
                because = "it yields, and who is to walk what it gives is for a person to say"
                raise Refused("lazy-generator", because, call)
            return _run_there(mend, call, function, _made(mend, call, function))
    because = "what is to keep the coroutine and hear of its failure is for a person to say"
    raise Refused("event-loop", because, mend.fault.line)


def _yields(mend: Mend, call: ast.Call) -> bool:
    """Is what a call hands over a generator function?"""
    found, program = mend.inquiry.call(call), mend.order.program
    targets = () if found is None else program.targets(mend.order.site.function, found)
    return any(t.kind == "function" and program.functions[t.name].is_generator for t in targets)


def _made(mend: Mend, call: ast.Call, function: ast.expr) -> str:
    """The call that makes the coroutine of what is handed over beside its function."""
    source, found = mend.source, mend.handed(call)
    options = {keyword.arg: keyword.value for keyword in call.keywords}
    parts: list[str] = []
    if found is not None and found.passes is Passes.REST:
        behind = [*call.args[call.args.index(function) + 1 :], *call.keywords] if function in call.args else []
        parts = [source.segment(each) for each in behind]
    elif found is not None and found.passes is Passes.PACKED and "target" in options and None not in options:
        match options.get("args"):
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                parts = [source.segment(each) for each in elements]
            case ast.expr() as other:
                parts = [f"*{source.segment(other)}"]
        parts += [f"**{source.segment(options['kwargs'])}"] if "kwargs" in options else []
    else:
        raise Refused("dynamic-call", _NOT_WRITTEN, call)
    return f"{source.segment(function)}({', '.join(parts)})"


def _run_there(mend: Mend, call: ast.Call, function: ast.expr, made: str) -> Rewrite:
    """`asyncio.run` handed over with the coroutine, which nothing ties to another event loop."""
    source, found = mend.source, mend.handed(call)
    known = found is not None and (function in call.args or found.passes is Passes.PACKED)
    if found is None or not known or found.where != "thread" or found.maps or found.place == 1:
        raise Refused("event-loop", "a coroutine can only be run in a thread that begins at once", call)
    _check_no_other_loop(mend, call)
    rest = found.passes is Passes.REST
    gone = [] if rest else [k for k in call.keywords if k.arg in ("args", "kwargs")]
    kept = [part for part in (*call.args, *call.keywords) if part not in gone]
    texts = []
    for part in kept[: call.args.index(function) + 1] if rest else kept:
        mine = part is function or (isinstance(part, ast.keyword) and part.value is function)
        if mine:
            word = f"{part.arg}=" if isinstance(part, ast.keyword) else ""
            texts.append(f"{word}asyncio.run, {made}" if rest else f"{word}asyncio.run, args=({made},)")
        else:
            texts.append(source.segment(part))
    edit = Edit(source.span(call.func)[1], source.span(call)[1], f"({', '.join(texts)})")
    return mend.rewrite([edit], Needed("asyncio"), notes=["what silently did nothing before now runs"])


def _check_no_other_loop(mend: Mend, call: ast.Call) -> None:
    """Nothing that a coroutine uses may belong to another event loop: no other one may be there."""
    order = mend.order
    function = order.program.functions[order.site.function]
    if function.is_async:
        raise Refused("event-loop", "a coroutine hands it over, whose own loop could run it: await it there", call)
    mine = _reached(mend)
    others = [info for info in order.program.functions.values() if info.is_async and info.id not in mine]
    if others:
        because = f"`{others[0].name}` may run in another event loop, and what both use belongs to one of them"
        raise Refused("event-loop", because, call)


def _reached(mend: Mend) -> frozenset[str]:
    """The coroutines that are handed over, and all functions that they call."""
    program, summaries = mend.order.program, mend.order.summaries
    name = mend.fault.name.rpartition(".")[2]
    first = [info for info in program.functions.values() if info.is_async and info.name.rpartition(".")[2] == name]
    found = {info.id for info in first}
    for info in first:
        found |= set(summaries.reached(info.id, info.calls))
    return frozenset(found)
