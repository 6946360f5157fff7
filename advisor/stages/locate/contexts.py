"""Contexts: where a site stands: in a coroutine, a test, a request handler, a pool's worker, under a lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Context, Site, SiteKind
from advisor.model.words import is_named
from advisor.questions.alone import is_alone, is_first
from advisor.questions.calls import argument, awaited, calls_of, decorations, entries, inside
from advisor.questions.handlers import is_handler, maker
from advisor.questions.locks import held
from advisor.questions.tests import is_test_function
from advisor.questions.yielding import never_yields
from advisor.stages.locate.timed import timed

_TAKES = frozenset("get get_nowait pop popleft popitem receive recv lpop blpop rpop brpop next anext".split())


def in_context(program: Program, catalog: Catalog, site: Site) -> Site:
    """The site with the contexts it stands in, as far as they do not rest on what is shared."""
    info = program.functions[site.function]
    contexts: set[Context] = set()
    if info.is_async:
        contexts.add(Context.ASYNC)
        if site.kind is SiteKind.BLOCKING_IN_ASYNC and (
            is_alone(program, catalog, info.id) or is_first(program, catalog, info.id, site.line)
        ):
            contexts.add(Context.ALONE)
        if _plain_will_do(program, catalog, info):
            contexts.add(Context.PLAIN_WILL_DO)
    if site.kind is SiteKind.GATHER and _never_yields(program, site):
        contexts.add(Context.NEVER_YIELDS)
    if _awaits(site):
        contexts.add(Context.AWAITS)
    if timed(program, catalog, info, site):
        contexts.add(Context.TIMED)
    if is_test_function(program, info):
        contexts.add(Context.TEST)
    if info.is_module:
        guarded = _under_main_guard(info.body, site.line)
        contexts.add(Context.MAIN_GUARD if guarded else Context.MODULE_LEVEL)
    if not info.is_async and (_promises(catalog, info) or _acts_on_loop(program, catalog, info.id, calls_of(site))):
        contexts.add(Context.ON_THE_LOOP)
    if is_handler(program, catalog.words, info):
        contexts.add(Context.HANDLER)
    if _shares_a_pile(program, info) if info.is_async else _runs_in_pool(program, site.function):
        contexts.add(Context.POOL_WORKER)
    if any(True for _ in held(program, catalog, info, site.line, site.end_line)):
        contexts.add(Context.LOCKED)
    return replace(site, contexts=frozenset(contexts))


def _plain_will_do(program: Program, catalog: Catalog, info: FunctionInfo) -> bool:
    """Does the coroutine await nothing, and would a framework run it in a thread if it were an ordinary function?"""
    if info.is_generator or any(True for _ in awaited(info)) or program.callers(info.id):
        return False
    if _acts_on_loop(program, catalog, info.id, info.calls):
        return False
    names = catalog.deciding_by_kind
    return any(entry.plain_in_threads for entry in decorations(program, catalog, info, names)) or any(
        value.kind == "function" and value.name == info.id
        for name in sorted(names)
        for function, call in program.objects.calls_named(name)
        for _, entry in entries(program, catalog, function, call)
        if entry.plain_in_threads and entry.callback is not None
        if (given := argument(call, entry.callback)) is not None
        for value in program.values(function, given)
    )


def _never_yields(program: Program, site: Site) -> bool:
    """Do all coroutines that the site hands to an event loop run to their end without a wait that others could use?"""
    handed = site.node.arguments if isinstance(site.node, code.Call) else ()
    return bool(handed) and all(never_yields(program, site.function, each) for each in handed)


def _awaits(site: Site) -> bool:
    """Does a round await: an answer, what an asynchronous iterator gives, or entering an asynchronous context?"""
    within = any(
        isinstance(statement, code.For | code.With) and statement.is_async for statement in tree.statements(site.body)
    )
    return within or any(
        isinstance(node, code.Await)
        or (isinstance(node, code.Comprehension) and any(clause.is_async for clause in node.clauses))
        for node in inside(site)
    )


def _under_main_guard(body: tree.Block, line: int) -> bool:
    for statement in body:
        match statement:
            case code.If(test=code.Operation(operator="==", operands=(code.Name(id="__name__"), _)), body=inner):
                if any(s.line <= line for s in inner) and line >= statement.line:
                    return line <= max(getattr(s, "end_line", s.line) for s in tree.statements(inner))
    return False


def _promises(catalog: Catalog, info: FunctionInfo) -> bool:
    """Does the function make, return or yield Deferreds and their kin, which only the thread of their event loop may touch?"""
    promised = () if info.returns is None else tree.every(info.returns)
    named = [tree.dotted(n) or "" for n in promised if isinstance(n, code.Name | code.Attribute)]
    return any(is_named(name, catalog.words.deferreds) for name in (*named, *info.callees)) or any(
        is_named(maker(each), catalog.words.deferred_makers) for each in info.decorators
    )


def _acts_on_loop(
    program: Program, catalog: Catalog, function: str, calls: Iterable[code.Call], depth: int = 2
) -> bool:
    """Does a round start tasks or set futures of the event loop that runs, itself or in what it calls?"""
    for call in calls:
        for target in program.targets(function, call):
            if target.kind == "external" and catalog.is_on_loop(target.name):
                return True
            followed = depth and target.kind == "function" and target.callback in ("", "here") and not target.guessed
            inner = program.functions[target.name] if followed else None
            if inner and not inner.is_async and _acts_on_loop(program, catalog, inner.id, inner.calls, depth - 1):
                return True
    return False


def _runs_in_pool(program: Program, function: str, depth: int = 3) -> bool:
    """Do many run the function at once, as the workers of a pool or as threads, or is it called (only) on the way from those?

    A worker that is started once has the cores and connections to itself.
    """
    if program.workers().get(function, False):
        return True
    if depth == 0 or program.functions[function].is_module:
        return False
    callers = {caller for caller, _ in program.callers(function)[:6]} - {function}
    return bool(callers) and all(_runs_in_pool(program, caller, depth - 1) for caller in sorted(callers))


def _shares_a_pile(program: Program, info: FunctionInfo) -> bool:
    """A coroutine that is started several times over with the same receiver and arguments, and takes what is there to do
    from a queue: its fellows do the rest. Tasks that each have their own work may start tasks of their own."""
    return (
        info.is_async
        and _takes(info)
        and any(_same_each_time(program, *place) for place in program.callers(info.id)[:6])
    )


def _takes(info: FunctionInfo) -> bool:
    """Does it take what comes next from somewhere, as `queue.get()` does and `session.get(url)` does not, or walk what
    it was given?"""
    given = {parameter.name for parameter in info.parameters}
    return any(
        tree.callee(call).rpartition(".")[2] in _TAKES and not any(isinstance(a, code.Name) for a in call.arguments)
        for call in info.calls
    ) or any(
        isinstance(statement, code.For) and isinstance(statement.iterable, code.Name) and statement.iterable.id in given
        for statement in info.statements
    )


def _same_each_time(program: Program, caller: str, call: code.Call) -> bool:
    """Does a loop start the same again and again, without waiting for each?"""
    given = (call.function, *call.arguments, *(keyword.value for keyword in call.keywords))
    read = {n.id for part in given for n in tree.every(part) if isinstance(n, code.Name)}
    for names, inner in _loops(program.functions[caller].body):
        if any(node is call for node in inner) and not read & names:
            return not any(isinstance(node, code.Await) and node.value is call for node in inner)
    return False


def _loops(body: tree.Block) -> Iterator[tuple[set[str], list[code.Expr]]]:
    """The counting loops and comprehensions of a function: the names each binds, and the expressions inside."""
    for statement in tree.statements(body):
        if isinstance(statement, code.For):
            yield set(tree.bound_names(statement.target)), list(tree.expressions(statement.body))
        for head in tree.heads(statement):
            for node in tree.every(head):
                if isinstance(node, code.Comprehension):
                    names = {name for clause in node.clauses for name in tree.bound_names(clause.target)}
                    yield names, list(tree.every(node.element))
