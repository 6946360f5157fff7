"""Locate: the places where a model of execution is chosen.

Loops, comprehensions, pools and the like are found by the site rules' shapes; what only linked code shows
(statements that could overlap, a coroutine that blocks) is found here from what the calls lead to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from advisor.model import code, tree
from advisor.model.effect import Effect
from advisor.model.facts import Found, ModuleFacts
from advisor.model.program import FunctionInfo, Program
from advisor.model.rule import SiteRule
from advisor.model.site import Context, Site, SiteKind
from advisor.model.summary import Proof, Summaries

BLOCKING = frozenset({Effect.NETWORK, Effect.DATABASE, Effect.SUBPROCESS, Effect.SLEEP})
_LONG_ENOUGH = 0.002  # seconds that a statement must take to be worth overlapping, or a call to be called blocking
_LONG_COMPUTING = 0.5  # seconds of computing that hold up an event loop beyond doubt
_FETCHES = [
    "get",
    "fetch",
    "load",
    "read",
    "query",
    "download",
    "list",
    "describe",
    "search",
    "find",
    "select",
    "head",
    "request",
    "urlopen",
    "json",
    "recv",
    "pull",
    "lookup",
    "retrieve",
    "scan",
    "status",
    "info",
    "count",
    "profile",
]
_CONCURRENT = frozenset({SiteKind.POOL, SiteKind.THREAD, SiteKind.GATHER})
_HANDS_OVER = frozenset(
    [
        "submit",
        "map",
        "imap",
        "imap_unordered",
        "starmap",
        "apply_async",
        "Thread",
        "Process",
        "create_task",
        "ensure_future",
        "gather",
    ]
)
_HANDLER_DECORATORS = frozenset(
    ["route", "get", "post", "put", "patch", "delete", "websocket", "api_view", "endpoint", "view_config", "expose"]
)
_HANDLER_RECEIVERS = ("app", "router", "blueprint", "bp", "api", "application", "server")
_HANDLER_BASES = ("View", "APIView", "ViewSet", "RequestHandler", "Resource", "HTTPEndpoint", "MethodView")


def locate(
    program: Program, summaries: Summaries, modules: Mapping[str, ModuleFacts], rules: tuple[SiteRule, ...]
) -> tuple[Site, ...]:
    """All sites of `modules` (those reported on), in the order of path, line and column."""
    by_slug = {rule.id: rule for rule in rules}
    functions: dict[str, list[FunctionInfo]] = {}
    for info in program.functions.values():
        functions.setdefault(info.path, []).append(info)
    sites: list[Site] = []
    for path in sorted(modules):
        nodes = _Nodes(functions.get(path, []))
        for found in modules[path].found:
            site = _shaped(path, nodes, found, by_slug[found.rule])
            if site is not None and not _is_namesake(program, site):
                sites.append(site)
        for info in functions.get(path, []):
            sites.extend(_linked(program, summaries, info))
    located = [_in_context(program, site) for site in _as_tasks(_without_doubles(sites))]
    return tuple(sorted(located, key=lambda s: (s.path, s.line, s.column, s.kind, s.rule)))


class _Nodes:
    """The nodes of one file by position, with the function each stands in."""

    def __init__(self, functions: list[FunctionInfo]) -> None:
        self.loops: dict[tuple[int, int], tuple[str, code.For | code.While | code.Comprehension]] = {}
        self.calls: dict[tuple[int, int], list[tuple[str, code.Call]]] = {}
        self.statements: dict[int, tuple[str, code.Stmt]] = {}
        self.functions = sorted(functions, key=lambda f: (f.line, -f.end_line))
        for info in functions:
            for statement in tree.statements(info.body):
                self.statements.setdefault(statement.line, (info.id, statement))
                if isinstance(statement, code.For | code.While):
                    self.loops[statement.line, statement.column] = (info.id, statement)
                for head in tree.heads(statement):
                    for node in tree.every(head):
                        if isinstance(node, code.Comprehension):
                            self.loops.setdefault((node.line, node.column), (info.id, node))
                        elif isinstance(node, code.Call):
                            self.calls.setdefault((node.line, node.column), []).append((info.id, node))


def _shaped(path: str, nodes: _Nodes, found: Found, rule: SiteRule) -> Site | None:
    """The site where a rule's shape matched; None where the tree has no such node (syntax the tree has no word for)."""
    position = (found.line, found.column)
    loop = nodes.loops.get(position)
    if loop is None and rule.site is SiteKind.COMPREHENSION and position in nodes.calls:
        # a bare generator argument: ast-grep sees it start at the parenthesis of the call
        return None
    calls = nodes.calls.get(position, [])
    if rule.site in (SiteKind.FOR, SiteKind.WHILE, SiteKind.COMPREHENSION) or (loop is not None and not calls):
        return None if loop is None else _loop(path, *loop, rule.site, found)
    if calls:
        function, call = calls[0]
        return _call(path, function, call, found, rule)
    if found.line not in nodes.statements:
        return None
    function, statement = nodes.statements[found.line]
    handed = next((call for call in tree.calls((statement,)) if _last(call) in _HANDS_OVER), None)
    if handed is not None:
        return _call(path, function, handed, found, rule)
    return Site(path, function, rule.site, found.rule, found.line, found.column, found.end_line, statement,
                body=(statement,), misuse=rule.misuse)  # fmt: skip


def _loop(
    path: str, function: str, node: code.For | code.While | code.Comprehension, kind: SiteKind, found: Found
) -> Site:
    body: tuple[code.Stmt, ...] = ()
    parts: tuple[code.Expr, ...] = ()
    targets: frozenset[str] = frozenset()
    iterable: code.Expr | None = None
    match node:
        case code.For(target=target, iterable=walked):
            body, targets, iterable = node.body, frozenset(tree.bound_names(target)), walked
        case code.While(test=test):
            body, parts = node.body, (test,)
        case code.Comprehension(clauses=clauses, element=element):
            first, *others = clauses
            iterable = first.iterable
            parts = (*first.conditions, *(part for c in others for part in (c.iterable, *c.conditions)), element)
            targets = frozenset(name for clause in clauses for name in tree.bound_names(clause.target))
    misuse = kind not in (SiteKind.FOR, SiteKind.WHILE, SiteKind.COMPREHENSION)
    return Site(
        path,
        function,
        kind,
        found.rule,
        node.line,
        node.column,
        node.end_line,
        node,
        body,
        parts,
        targets,
        iterable,
        misuse,
    )


def _call(path: str, function: str, call: code.Call, found: Found, rule: SiteRule) -> Site:
    parts: tuple[code.Expr, ...] = (call,)
    iterable: code.Expr | None = None
    if rule.site is SiteKind.MAP and len(call.arguments) > 1:
        iterable = call.arguments[1]
    return Site(path, function, rule.site, found.rule, call.line, call.column, max(call.end_line, found.end_line), call,
                parts=parts, iterable=iterable, misuse=rule.misuse)  # fmt: skip


def _is_namesake(program: Program, site: Site) -> bool:
    """Does the call only share its name with what the rule looks for (`gather`, `map`, `Thread` of the project's own)?"""
    if not isinstance(site.node, code.Call) or site.kind in (SiteKind.FOR, SiteKind.WHILE, SiteKind.COMPREHENSION):
        return False
    direct = [t for t in program.targets(site.function, site.node) if not t.callback]
    return bool(direct) and all(t.kind == "function" for t in direct)


# ---- what only linked code shows


def _linked(program: Program, summaries: Summaries, info: FunctionInfo) -> Iterator[Site]:
    yield from _runs(program, summaries, info, info.body)
    if info.is_async:
        yield from _blocking(program, summaries, info)


def _runs(program: Program, summaries: Summaries, info: FunctionInfo, block: tree.Block) -> Iterator[Site]:
    """Runs of at least two statements in a row that wait, fetch something each, and do not need each other's results."""
    run: list[code.Assign] = []
    names: set[str] = set()
    for statement in (*block, None):
        if isinstance(statement, code.Assign) and _overlappable(summaries, info, statement, names):
            run.append(statement)
            names.update(name for target in statement.targets for name in tree.bound_names(target))
            continue
        if len(run) > 1:
            yield _run_site(info, tuple(run))
        run, names = [], set()
        if isinstance(statement, code.Assign) and _overlappable(summaries, info, statement, names):
            run.append(statement)
            names.update(name for target in statement.targets for name in tree.bound_names(target))
        if statement is not None and not isinstance(statement, code.Class):
            for inner in tree.blocks(statement):
                yield from _runs(program, summaries, info, inner)


def _run_site(info: FunctionInfo, run: tuple[code.Assign, ...]) -> Site:
    kind, rule = (
        (SiteKind.AWAITS, "awaits-in-a-row") if info.is_async else (SiteKind.STATEMENTS, "independent-statements")
    )
    last = max(tree.line_of(part, s.line) for s in run for head in tree.heads(s) for part in tree.every(head))
    end = max(
        [
            last,
            *(
                node.end_line
                for s in run
                for h in tree.heads(s)
                for node in tree.every(h)
                if isinstance(node, code.Call)
            ),
        ]
    )
    column = min((n.column for h in tree.heads(run[0]) for n in tree.every(h) if isinstance(n, code.Call)), default=0)
    return Site(info.path, info.id, kind, rule, run[0].line, column, end, run[0], body=run)


def _overlappable(summaries: Summaries, info: FunctionInfo, statement: code.Assign, names: set[str]) -> bool:
    """Does `statement` bind plain new names to the result of one waiting call that looks like a fetch and needs none of `names`?"""
    value = statement.value
    if (
        statement.operator is not None
        or value is None
        or not all(isinstance(t, code.Name | code.Display) for t in statement.targets)
    ):
        return False
    awaited = isinstance(value, code.Await)
    call = value.value if isinstance(value, code.Await) else value
    if not isinstance(call, code.Call) or awaited != info.is_async:
        return False
    read = {node.id for head in tree.every(value) for node in [head] if isinstance(node, code.Name)}
    if read & names:
        return False
    summary = summaries.expression(info.id, (value,), frozenset(), False)
    if any(write.how not in ("append", "augment") and not write.guarded for write in summary.writes):
        return False
    waits = [p for p in summary.proofs if (p.effect in BLOCKING or p.effect is Effect.ASYNC) and not p.guessed]
    if sum(p.seconds.expected for p in waits) < _LONG_ENOUGH or all(p.effect is Effect.SLEEP for p in waits):
        return False
    return any(_fetches(name) for name in (_last(call), *(p.api.rpartition(".")[2] for p in waits)))


def _last(call: code.Call) -> str:
    match call.function:
        case code.Name(id=name) | code.Attribute(name=name):
            return name
    return ""


def _fetches(name: str) -> bool:
    words = name.lower().strip("_").split("_")
    return any(word.startswith(tuple(_FETCHES)) for word in words)


def _blocking(program: Program, summaries: Summaries, info: FunctionInfo) -> Iterator[Site]:
    """Calls in a coroutine that hold up the event loop; one site a line."""
    seen: set[tuple[int, str]] = set()
    for call in tree.calls(info.body):
        if any(t.kind == "function" and program.functions[t.name].is_async for t in program.targets(info.id, call)):
            continue
        proof = _heaviest(summaries, info.id, call)
        if proof is None or proof.awaited or (call.line, proof.api) in seen:
            continue
        seen.add((call.line, proof.api))
        yield Site(info.path, info.id, SiteKind.BLOCKING_IN_ASYNC, "blocking-call-in-async-def", call.line, call.column,
                   call.end_line, call, parts=(call,))  # fmt: skip


def _heaviest(summaries: Summaries, function: str, call: code.Call) -> Proof | None:
    """What makes `call` itself (not its arguments) block, if it does."""
    proofs = [
        p
        for p in summaries.expression(function, (call,), frozenset(), False).proofs
        if p.uid == call.uid and p.callee != ""
    ]
    blocking = [p for p in proofs if not p.awaited and (
        (p.effect in BLOCKING and p.seconds.expected >= _LONG_ENOUGH)
        or (p.effect in (Effect.CPU_PYTHON, Effect.CPU_NATIVE) and p.seconds.expected >= _LONG_COMPUTING)
    )]  # fmt: skip
    return max(blocking, key=lambda p: (not p.guessed, p.seconds.expected, p.api), default=None)


def _without_doubles(sites: list[Site]) -> list[Site]:
    """One site a place and kind: a rule that names a misuse wins over the plain shape."""
    kept: dict[tuple[str, int, int, SiteKind], Site] = {}
    for site in sorted(sites, key=lambda s: (not s.misuse, s.rule)):
        column = -1 if site.kind in _CONCURRENT else site.column
        kept.setdefault((site.path, site.line, column, site.kind), site)
    return list(kept.values())


def _as_tasks(sites: list[Site]) -> list[Site]:
    """Loops that hand their rounds to a pool, a thread or a gather are concurrent already: the pool's site speaks for them."""
    by_place: dict[tuple[str, str], list[Site]] = {}
    for site in sites:
        if site.kind in _CONCURRENT and isinstance(site.node, code.Call):
            by_place.setdefault((site.path, site.function), []).append(site)
    spoken_for: set[int] = set()
    walked: dict[int, Site] = {}
    for loop in sites:
        if loop.kind not in (SiteKind.FOR, SiteKind.WHILE, SiteKind.COMPREHENSION):
            continue
        inside = {id(node) for node in _inside(loop)}
        for task in by_place.get((loop.path, loop.function), []):
            if id(task.node) in inside:
                spoken_for.add(id(loop))
                known = walked.get(id(task))
                if known is None or known.line <= loop.line:  # the innermost loop says how many tasks there are
                    walked[id(task)] = loop
    return [_with_rounds(site, walked.get(id(site))) for site in sites if id(site) not in spoken_for]


def _inside(loop: Site) -> Iterator[code.Expr]:
    yield from tree.expressions(loop.body)
    for part in loop.parts:
        yield from tree.every(part)


def _with_rounds(task: Site, loop: Site | None) -> Site:
    if loop is None or task.iterable is not None:
        return task
    many = replace(task, iterable=loop.iterable, targets=loop.targets)
    if not task.misuse:
        return many
    return replace(many, line=loop.line, column=loop.column, end_line=max(task.end_line, loop.end_line))


# ---- contexts


def _in_context(program: Program, site: Site) -> Site:
    info = program.functions[site.function]
    contexts: set[Context] = set()
    if info.is_async:
        contexts.add(Context.ASYNC)
    name = site.path.rpartition("/")[2]
    if name.startswith("test_") or name.endswith("_test.py") or name == "conftest.py" or "/tests/" in f"/{site.path}":
        contexts.add(Context.TEST)
    if info.is_module:
        guarded = _under_main_guard(info.body, site.line)
        contexts.add(Context.MAIN_GUARD if guarded else Context.MODULE_LEVEL)
    if _is_handler(program, info):
        contexts.add(Context.HANDLER)
    if _runs_in_pool(program, site.function):
        contexts.add(Context.POOL_WORKER)
    if _locked(program, info, site):
        contexts.add(Context.LOCKED)
    return replace(site, contexts=frozenset(contexts))


def _under_main_guard(body: tree.Block, line: int) -> bool:
    for statement in body:
        match statement:
            case code.If(test=code.Operation(operator="==", operands=(code.Name(id="__name__"), _)), body=inner):
                if any(s.line <= line for s in inner) and line >= statement.line:
                    return line <= max(getattr(s, "end_line", s.line) for s in tree.statements(inner))
    return False


def _is_handler(program: Program, info: FunctionInfo) -> bool:
    for decorator in info.decorators:
        named = tree.dotted(decorator.function if isinstance(decorator, code.Call) else decorator) or ""
        owner, _, last = named.rpartition(".")
        if last in _HANDLER_DECORATORS and owner.rpartition(".")[2].endswith(_HANDLER_RECEIVERS):
            return True
    if info.owner is not None and info.name.rpartition(".")[2] in (
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "dispatch",
        "handle",
    ):
        bases = program.classes[info.owner].bases
        return any((tree.dotted(base) or "").endswith(_HANDLER_BASES) for base in bases)
    return False


def _runs_in_pool(program: Program, function: str, depth: int = 3) -> bool:
    """Is the function a pool's or thread's worker, or called (only) on the way from one?"""
    if function in program.workers():
        return True
    if depth == 0 or program.functions[function].is_module:
        return False
    callers = {caller for caller, _ in program.callers(function)[:6]} - {function}
    return bool(callers) and all(_runs_in_pool(program, caller, depth - 1) for caller in sorted(callers))


def _locked(program: Program, info: FunctionInfo, site: Site) -> bool:
    for statement in tree.statements(info.body):
        if isinstance(statement, code.With) and statement.line < site.line and site.end_line <= statement.end_line:
            for context, _ in statement.items:
                named = (tree.dotted(context) or "").lower()
                if "lock" in named or any(v.name.endswith("Lock") for v in program.values(info.id, context)):
                    return True
    return False
