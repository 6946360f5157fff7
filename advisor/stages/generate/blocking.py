"""Blocking calls in coroutines: the awaitable counterpart, a thread, or a process for what computes.

What the coroutine does keeps its order, for each call is awaited where it stood; so nothing of it is held against the rest,
only against where it runs now.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from advisor.model.catalog import ThreadSafety
from advisor.model.concurrency import Executor, Model
from advisor.model.program import FunctionInfo
from advisor.model.refactor import Edit, Needed, Order, Rewrite
from advisor.model.state import Place, RootKind
from advisor.questions.alone import is_alone
from advisor.stages.generate.comprehensions import head_of
from advisor.stages.generate.conversion import Conversion
from advisor.stages.generate.counterparts import counterpart
from advisor.stages.generate.draft import Draft, new_draft
from advisor.stages.generate.flavors import Flavor, flavor, through_threads
from advisor.stages.generate.following import followed
from advisor.stages.generate.independence import check_moved
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import calm, dotted, free, here
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scope import captured, importable, made_in_a_function
from advisor.stages.generate.source import Source
from advisor.stages.generate.tothread import awaited_in_a_thread, handed, wrapped
from advisor.stages.generate.travel import check_caller, check_travel
from advisor.stages.generate.twins import with_twin
from advisor.stages.generate.work import Cut

_OF_THE_FUNCTION = (ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr, ast.Lambda)
_COMPUTING = frozenset({"cpu-python", "cpu-native", "cpu-native-nogil", "parallel-native"})


def rewrite_blocking(order: Order, source: Source, inquiry: Inquiry) -> Rewrite:
    """The blocking call, awaited in a way that lets the event loop go on."""
    call = _call(order, source)
    if (twin := _with_its_client(order, source, inquiry, call)) is not None:
        return twin
    _check_blocks(source, inquiry, call)
    path = order.site.path
    statement = source.statement(call)
    start, end = source.whole_lines([statement])
    if order.model is Model.ASYNCIO and order.executor is not Executor.TO_THREAD:
        found = counterpart(order, source, inquiry, call)
        if found is not None:
            return Rewrite(path, start, end, found.edits, found.needs, found.helpers, found.notes)
    if order.model is Model.MULTIPROCESSING or order.case.work_kind in _COMPUTING - {"cpu-native-nogil"}:
        return _in_a_process(order, source, inquiry, call, start, end)
    return _in_a_thread(order, source, inquiry, call)


def rewrite_in_a_thread(order: Order, source: Source, inquiry: Inquiry, call: ast.Call) -> Rewrite:
    """A call that is known to block, awaited in a thread; Refused where other tasks might meet it in what it changes."""
    _check_blocks(source, inquiry, call)
    for use in inquiry.state(call).uses:
        known = order.catalog.object(use.type)
        if known is not None and (known.conversation or known.threads is ThreadSafety.NO):
            raise Refused("stateful-capture", f"`{use.place.label}` is one {use.type}, no two threads may use it", call)
    return _in_a_thread(order, source, inquiry, call)


def _in_a_thread(order: Order, source: Source, inquiry: Inquiry, call: ast.Call) -> Rewrite:
    _check_thread(order, call)
    _check_changes(order, inquiry, call)
    draft, made = _moved(order, source, inquiry, call, through_threads(flavor(replace(order, model=Model.ASYNCIO))))
    check_moved(draft, made)
    check_caller(draft, made)
    start, end = source.whole_lines([source.statement(call)])
    edit = awaited_in_a_thread(source, call)
    return Rewrite(order.site.path, start, end, (edit,), frozenset({Needed("asyncio")}))


def _check_changes(order: Order, inquiry: Inquiry, call: ast.Call) -> None:
    """On the event loop the call runs in one go; in a thread, other tasks go on meanwhile, and may look at what it changes."""
    if is_alone(order.program, order.catalog, order.site.function):
        return
    state, reached = inquiry.state(call), frozenset(inquiry.reached([call]))
    others = [info for info in order.program.functions.values() if info.id not in reached and not info.is_module]
    for write in state.writes:
        if not write.memo and any(_may_see(info, write.place) for info in others):
            because = (
                f"it changes `{write.place.label}` (line {write.where.line}), which other tasks would see half done"
            )
            raise Refused("shared-write", because, call)
    for use in state.acted:
        if use.place.root.kind is not RootKind.LOCAL:
            because = f"nothing is known of `{use.place.label}`, which other tasks may tell the same meanwhile"
            raise Refused("stateful-capture", because, call)


def _may_see(info: FunctionInfo, place: Place) -> bool:
    """Does a function speak of the attribute, or of the variable of a module?"""
    if place.path and place.root.kind is not RootKind.LOCAL:
        return place.path[0] in info.attributes_read
    return place.root.kind in (RootKind.GLOBAL, RootKind.CLASS) and place.root.name in info.names_read


def _check_blocks(source: Source, inquiry: Inquiry, call: ast.Call) -> None:
    """`await` must be possible where the call stands, and the call itself what blocks."""
    _check_place(source, call)
    above = source.parents[call]
    awaited = isinstance(above, ast.Await | ast.AsyncFor) or (isinstance(above, ast.comprehension) and above.is_async)
    if awaited or "awaitable" in inquiry.kinds(call) or isinstance(above, ast.Starred):
        raise Refused("dynamic-call", "what the call gives is awaited itself: it may not block at all", call)
    if "generator" in inquiry.kinds(call):
        raise Refused("lazy-generator", "the call only makes a generator, whose steps block when it is walked", call)


def _with_its_client(order: Order, source: Source, inquiry: Inquiry, call: ast.Call) -> Rewrite | None:
    """The call of a client that the coroutine makes itself, converted with the client and all that is done with it."""
    scope = source.function(call)
    if order.model is not Model.ASYNCIO or order.executor is Executor.TO_THREAD:
        return None
    for found in (
        followed(order, source, inquiry, scope, reshape=True) if isinstance(scope, ast.AsyncFunctionDef) else ()
    ):
        if any(call is each for each in found.calls):
            return _whole(order, found.conversion)
    twin = with_twin(order, source, inquiry, call)
    return None if twin is None else replace(_whole(order, twin[0]), defines=(twin[1],))


def _whole(order: Order, made: Conversion) -> Rewrite:
    start, end = min(edit.start for edit in made.edits), max(edit.end for edit in made.edits)
    return Rewrite(order.site.path, start, end, made.edits, made.needs, made.helpers, made.notes)


def _call(order: Order, source: Source) -> ast.Call:
    site = order.site
    place = source.line_start(site.line) + site.column
    found = [
        n
        for n in ast.walk(source.tree)
        if isinstance(n, ast.Call) and n.lineno == site.line and source.span(n)[0] == place
    ]
    wanted = [
        node for node in found if (same := Inquiry(order, _lines(source)).call(node)) is not None and same is site.node
    ]
    for node in wanted or found:
        return node
    raise Refused("layout", "the call was not found in the source", site.line)


def _lines(source: Source) -> list[str]:
    return [source.line(number) for number in range(1, len(source.starts) + 1)]


def _check_place(source: Source, call: ast.Call) -> None:
    """`await` must be possible where the call stands."""
    around = source.function(call)
    if not isinstance(around, ast.AsyncFunctionDef):
        raise Refused(
            "layout", "the call stands in a function within the coroutine, where nothing can be awaited", call
        )
    if isinstance(source.enclosing(call, ast.Lambda, ast.AsyncFunctionDef), ast.Lambda):
        raise Refused("layout", "the call stands in a lambda, where nothing can be awaited", call)
    generator = source.enclosing(call, ast.GeneratorExp, ast.stmt)
    if isinstance(generator, ast.GeneratorExp) and not any(n is call for n in here([generator.generators[0].iter])):
        raise Refused("layout", "awaiting inside the generator would make it an asynchronous one", call)
    above = source.parents[call]
    if isinstance(above, ast.withitem):
        raise Refused("layout", "the call opens a `with` block whose inside would block as well", call)
    if isinstance(above, ast.For) and above.iter is call and not calm(call.func):
        raise Refused("streaming", "each step of the iteration may block, not only the call", call)


def _check_thread(order: Order, call: ast.Call) -> None:
    """What the call changes, other tasks would change at the same time."""
    for hazard in order.case.hazards:
        if hazard.kind.value in ("stateful-capture", "process-state"):
            raise Refused(hazard.kind.value, hazard.because, hazard.line)
    if isinstance(call.func, ast.Name) and call.func.id == "input":
        raise Refused("interactive", "the call asks the person at the terminal", call)


def _moved(order: Order, source: Source, inquiry: Inquiry, call: ast.Call, way: Flavor) -> tuple[Draft, Cut]:
    """The call alone, as work that runs in another way."""
    draft = new_draft(order, source, inquiry, source.statement(call), head_of(source, inquiry, call), way)
    return draft, Cut(expression=call, needed=free([call]))


def _in_a_process(order: Order, source: Source, inquiry: Inquiry, call: ast.Call, start: int, end: int) -> Rewrite:
    """Computing holds the GIL, and with it the event loop, in whatever thread it runs: it needs another process."""
    named = dotted(call.func) is not None
    if named and not importable(source, call.func, call):
        raise Refused("unpicklable-function", "the function cannot be sent to a process", call)
    for hazard in order.case.hazards:
        if hazard.kind.value.startswith("unpicklable"):
            raise Refused(hazard.kind.value, hazard.because, hazard.line)
    draft, made = _moved(order, source, inquiry, call, flavor(replace(order, model=Model.MULTIPROCESSING)))
    check_moved(draft, made)
    check_travel(draft, made)
    needs = {Needed("asyncio"), Needed("concurrent.futures", "ProcessPoolExecutor")}
    above: list[Edit] = []
    given = ", ".join(source.segment(part) for part in (call.func, *call.args))
    if not named or any(_is_work(each) for each in (*call.args, *(k.value for k in call.keywords))):
        given, definition = _as_function(draft, call)
        above.append(definition)
    elif call.keywords:
        given = f"partial({handed(source, call)})"
        needs.add(Needed("functools", "partial"))
    text = f"await asyncio.get_running_loop().run_in_executor(_processes(), {given})"
    edit = Edit(*source.span(call), wrapped(source, call, text))
    note = "the pool of processes lives as long as the program; what is sent to it must be picklable"
    return Rewrite(order.site.path, start, end, (*above, edit), frozenset(needs), frozenset({"_processes"}), (note,),
                   guard=True, invents=frozenset(draft.invented))  # fmt: skip


def _is_work(given: ast.expr) -> bool:
    """Does an argument take work of its own, or make a generator, which cannot be pickled? Both are done where it is used."""
    work = (ast.Call, ast.GeneratorExp, ast.ListComp, ast.SetComp, ast.DictComp)
    return any(isinstance(node, work) for node in ast.walk(given))


def _as_function(draft: Draft, call: ast.Call) -> tuple[str, Edit]:
    """`Page(text).drawn()` is more than one call, and `sum(n for n in numbers)` makes what cannot be sent: what to hand over
    instead, and the function of the module that makes it."""
    source = draft.source
    scoped = source.enclosing(call, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.stmt)
    if not isinstance(scoped, ast.stmt) or any(isinstance(node, _OF_THE_FUNCTION) for node in ast.walk(call)):
        raise Refused(
            "unpicklable-function", "the work is part of an expression that cannot be sent to a process", call
        )
    needed = sorted(captured(source, call, free([call])))
    for name in needed:
        if made_in_a_function(source, call, name):
            raise Refused("unpicklable-function", f"the work needs `{name}`, which cannot be sent to a process", call)
    around = getattr(source.function(call), "name", "").strip("_")
    function = draft.module_name(f"_{around}_{needed[0] if needed else 'work'}")
    unit = source.unit
    text = f"def {function}({', '.join(needed)}):\n{unit}return {source.moved(call, unit)}\n\n\n"
    place = source.line_start(source.first_line(source.top(call)))
    return ", ".join([function, *needed]), Edit(place, place, text)
