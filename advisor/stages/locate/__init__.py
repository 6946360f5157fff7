"""Locate: the places where a model of execution is chosen.

Loops, comprehensions, pools and the like are found by the site rules' shapes; what only linked code shows
(statements that could overlap, a coroutine that blocks) is found here from what the calls lead to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.facts import Found, ModuleFacts
from advisor.model.program import FunctionInfo, Program
from advisor.model.rule import SiteRule
from advisor.model.site import Site, SiteKind
from advisor.model.state import HANDED
from advisor.model.summary import Summaries
from advisor.questions.calls import inside, last_name, receiver
from advisor.questions.given import called_instead
from advisor.questions.pools import starts_work
from advisor.stages.locate.blocking import blocking
from advisor.stages.locate.contexts import in_context
from advisor.stages.locate.filling import filled
from advisor.stages.locate.runs import runs
from advisor.stages.locate.started import ends_in_its_round, maker


def locate(
    program: Program,
    summaries: Summaries,
    catalog: Catalog,
    modules: Mapping[str, ModuleFacts],
    rules: tuple[SiteRule, ...],
    *,
    rows: bool = True,
) -> tuple[Site, ...]:
    """All sites of `modules` (those reported on), in the order of path, line and column; without `rows` no statements in a
    row: whether they need each other is dear to know."""
    by_slug = {rule.id: rule for rule in rules if not rule.reported}
    sites: list[Site] = []
    for path in sorted(modules):
        nodes = _Nodes(program.files[path])
        for found in modules[path].found:
            if found.rule not in by_slug:
                continue
            site = _shaped(path, nodes, found, by_slug[found.rule], partial(starts_work, program, catalog))
            if site is not None and not _is_namesake(program, site):
                site = _from_its_maker(program, site)
                sites.append(replace(site, consumer=nodes.consumers.get(id(site.node), "")))
        for info in program.files[path]:
            sites.extend(runs(program, summaries, catalog, info) if rows else ())
            if info.is_async:
                sites.extend(blocking(program, summaries, info))
    in_turn = frozenset(rule.id for rule in rules if rule.in_turn)
    tasks = (
        site
        for site in _as_tasks(program, _without_doubles(sites), in_turn)
        if not _hands_nothing(program, catalog, site)
    )
    located = [in_context(program, catalog, site) for site in tasks]
    return tuple(sorted(located, key=lambda s: (s.path, s.line, s.column, s.kind, s.rule)))


class _Nodes:
    """The nodes of one file by position, with the function each stands in."""

    def __init__(self, functions: Iterable[FunctionInfo]) -> None:
        self.loops: dict[tuple[int, int], tuple[str, code.For | code.While | code.Comprehension]] = {}
        self.calls: dict[tuple[int, int], list[tuple[str, code.Call]]] = {}
        self.consumers: dict[int, str] = {}
        self.statements: dict[int, tuple[str, code.Stmt]] = {}
        self.functions = sorted(functions, key=lambda f: (f.line, -f.end_line))
        for info in functions:
            for statement in info.statements:
                self.statements.setdefault(statement.line, (info.id, statement))
                if isinstance(statement, code.For | code.While):
                    self.loops[statement.line, statement.column] = (info.id, statement)
            for node in info.expressions:
                if isinstance(node, code.Comprehension):
                    self.loops.setdefault((node.line, node.column), (info.id, node))
                elif isinstance(node, code.Call):
                    if isinstance(node.function, code.Name) and node.arguments:
                        self.consumers[id(node.arguments[0])] = node.function.id
                    self.calls.setdefault((node.line, node.column), []).append((info.id, node))


def _shaped(
    path: str, nodes: _Nodes, found: Found, rule: SiteRule, starts: Callable[[str, code.Call], bool]
) -> Site | None:
    """The site where a rule's shape matched; None where the tree has no such node (syntax the tree has no word for)."""
    position = (found.line, found.column)
    loop = nodes.loops.get(position)
    if loop is None and rule.site is SiteKind.COMPREHENSION and position in nodes.calls:
        # a bare generator argument: ast-grep sees it start at the parenthesis of the call
        return None
    calls = (
        _handing(nodes.calls.get(position, []), found) if rule.site is SiteKind.MAP else nodes.calls.get(position, [])
    )
    if rule.site.is_loop or (loop is not None and not calls):
        return None if loop is None else _loop(path, *loop, rule.site, found)
    if calls:
        function, call = calls[0]
        return _call(path, function, call, found, rule)
    if found.line not in nodes.statements:
        return None
    function, statement = nodes.statements[found.line]
    handed = next((call for call in tree.calls((statement,)) if starts(function, call)), None)
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
    misuse = not kind.is_loop
    return Site(
        path, function, kind, found.rule, node.line, node.column, node.end_line, node,
        body=body, parts=parts, targets=targets, iterable=iterable, misuse=misuse,
        filled=filled(node) if isinstance(node, code.While) else "",
    )  # fmt: skip


def _handing(calls: list[tuple[str, code.Call]], found: Found) -> list[tuple[str, code.Call]]:
    """The calls of a chain (`rows.apply(f).sum()`) that are given something, that which is given what the shape names first."""
    given = [(function, call) for function, call in calls if call.arguments]
    return sorted(given, key=lambda pair: tree.dotted(pair[1].arguments[0]) != found.captures.get("FUNCTION"))


def _call(path: str, function: str, call: code.Call, found: Found, rule: SiteRule) -> Site:
    parts: tuple[code.Expr, ...] = (call,)
    targets: frozenset[str] = frozenset()
    iterable: code.Expr | None = None
    if rule.site is SiteKind.MAP and len(call.arguments) > 1:
        iterable = call.arguments[1]
    elif rule.site is SiteKind.MAP and call.arguments:
        iterable, targets = receiver(call), frozenset({HANDED})
        parts = (_of_an_element(call),)
    return Site(path, function, rule.site, found.rule, call.line, call.column, max(call.end_line, found.end_line), call,
                parts=parts, targets=targets, iterable=iterable, misuse=rule.misuse)  # fmt: skip


def _of_an_element(call: code.Call) -> code.Call:
    """What `elements.apply(function)` does for each of them, as a call of its own."""
    item = code.Name(HANDED)
    return code.Call(-1 - call.uid, call.arguments[0], (item,), (), call.line, call.column, call.end_line)


def _is_namesake(program: Program, site: Site) -> bool:
    """Does the call only share its name with what the rule looks for (`gather`, `map`, `Thread` of the project's own)? An
    `apply` that is handed no function is one of those, and one that hands it to a pool is not for each element."""
    if not isinstance(site.node, code.Call) or site.kind.is_loop:
        return False
    direct = [t for t in program.targets(site.function, site.node) if not t.callback]
    if HANDED in site.targets:
        elsewhere = any(t.callback in ("thread", "process") for t in program.targets(site.function, site.node))
        if elsewhere or not program.values(site.function, site.node.arguments[0]):
            return True
    return bool(direct) and all(t.kind == "function" for t in direct)


def _hands_nothing(program: Program, catalog: Catalog, site: Site) -> bool:
    """Does it start nothing, since what it should start is called here and now: `submit(work(x))`?"""
    if not site.kind.is_concurrent or not isinstance(site.node, code.Call):
        return False
    calls = (node for node in tree.every(site.node) if isinstance(node, code.Call))
    return any(True for call in calls for _ in called_instead(program, catalog, site.function, call))


def _without_doubles(sites: list[Site]) -> list[Site]:
    """One site a place and kind: a rule that names a misuse wins over the plain shape."""
    kept: dict[tuple[str, int, int, SiteKind], Site] = {}
    for site in sorted(sites, key=lambda s: (not s.misuse, s.rule)):
        column = -1 if site.kind.is_concurrent else site.column
        kept.setdefault((site.path, site.line, column, site.kind), site)
    return list(kept.values())


def _from_its_maker(program: Program, site: Site) -> Site:
    """The start of a thread as the call that made it, which says what it runs."""
    if not site.misuse or not isinstance(site.node, code.Call) or last_name(site.node) != "start":
        return site
    made = maker(program, site.function, site.node)
    if made is None:
        return site
    return replace(site, line=made.line, column=made.column, end_line=made.end_line, node=made, parts=(made, site.node))


def _as_tasks(program: Program, sites: list[Site], in_turn: frozenset[str]) -> list[Site]:
    """Loops that hand their rounds to a pool, a thread or a gather are concurrent already: the pool's site speaks for them."""
    by_place: dict[tuple[str, str], list[Site]] = {}
    for site in sites:
        if site.kind.is_concurrent and isinstance(site.node, code.Call):
            by_place.setdefault((site.path, site.function), []).append(site)
    spoken_for: set[int] = set()
    walked: dict[int, Site] = {}
    turns: dict[int, Site] = {}
    spread: dict[int, Site] = {}
    for loop in sites:
        if not loop.kind.is_loop:
            continue
        for task in by_place.get((loop.path, loop.function), []):
            if _is_only_argument(program, loop, task):
                spoken_for.add(id(loop))
                spread[id(task)] = loop
        within = {id(node) for node in inside(loop)}
        for task in by_place.get((loop.path, loop.function), []):
            if task.rule in in_turn and id(task.node) in within:
                known = turns.get(id(task))
                turns[id(task)] = loop if known is None or known.line <= loop.line else known
            if id(task.node) in within and not task.misuse and ends_in_its_round(loop, task.node):
                spoken_for.add(id(task))
            if not within.isdisjoint(map(id, task.parts)):
                spoken_for.add(id(loop))
                known = walked.get(id(task))
                if known is None or known.line <= loop.line:  # the innermost loop says how many tasks there are
                    walked[id(task)] = loop
    tasks = [_spread(site, spread.get(id(site))) for site in sites if id(site) not in spoken_for]
    left = [site for site in sites if id(site) not in spoken_for]
    rounds = [_with_rounds(task, walked.get(id(site))) for task, site in zip(tasks, left, strict=True)]
    return [replace(each, in_turn=turns.get(id(site))) for each, site in zip(rounds, left, strict=True)]


def _is_only_argument(program: Program, loop: Site, task: Site) -> bool:
    """Is the task `gather(*[…])`, or a pool's `Parallel()(…)`, with the comprehension `loop` that makes all its work?"""
    match task.kind, task.node:
        case SiteKind.GATHER, code.Call(arguments=(code.Starred(value=value),)):
            return value is loop.node
        case SiteKind.POOL, code.Call(arguments=(code.Name(id=name),)):
            return program.objects.values_of(task.function, name) == (loop.node,)
        case SiteKind.POOL, code.Call(arguments=(value,)):
            return value is loop.node
    return False


def _spread(task: Site, loop: Site | None) -> Site:
    """The gather or pool with the comprehension's items as its rounds."""
    if loop is None:
        return task
    return replace(task, iterable=loop.iterable, targets=loop.targets, parts=loop.parts)


def _with_rounds(task: Site, loop: Site | None) -> Site:
    if loop is None or task.iterable is not None:
        return task
    many = replace(task, iterable=loop.iterable, targets=loop.targets)
    if not task.misuse:
        return many
    return replace(many, line=loop.line, column=loop.column, end_line=max(task.end_line, loop.end_line))
