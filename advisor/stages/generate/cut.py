"""Cut: the body of a loop in two: what the workers compute, and what the caller does with each result, in order.

The caller keeps the body as it stands: tests, handlers, appends, prints. Only the costly part is taken out and the
result put in its place, so whatever happened in order before happens in the same order still.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from advisor.stages.generate import effects
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.names import (
    always_binds,
    binds,
    calm,
    calm_call,
    dotted,
    free,
    here,
    jumps,
    yields,
)
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source

Costly = Sequence[ast.AST]
_CONDITIONAL = (
    ast.IfExp,
    ast.BoolOp,
    ast.ListComp,
    ast.SetComp,
    ast.DictComp,
    ast.GeneratorExp,
    ast.Lambda,
    ast.Compare,
)
_MAKES_TASK = frozenset({"create_task", "ensure_future"})


@dataclass(slots=True)
class Cut:
    """The worker runs `prepare` (copies of statements the caller may need as well), `statements`, and gives `expression`
    or else the names `live`. The caller's body loses `statements` and `dropped`.

    `guards` are the tests under which a round has work at all, each with the answer wanted. `skips`: tests that the
    worker makes itself, after which the round is over. `branch` is an `if` whose test and first statements the worker
    runs. `protected`: the result is taken inside a `try`; `early`: the loop may end before all rounds are done;
    `before`: the caller does something before it takes the result. `private` are collections filled in pieces.
    """

    statements: list[ast.stmt] = field(default_factory=list)
    expression: ast.expr | None = None
    prepare: list[ast.stmt] = field(default_factory=list)
    dropped: list[ast.stmt] = field(default_factory=list)
    guards: list[tuple[ast.expr, bool]] = field(default_factory=list)
    skips: list[ast.If] = field(default_factory=list)
    branch: ast.If | None = None
    live: tuple[str, ...] = ()
    private: dict[str, str] = field(default_factory=dict)
    protected: bool = False
    early: bool = False
    before: bool = False
    needed: frozenset[str] = frozenset()
    rest_reads: frozenset[str] = frozenset()

    @property
    def may_skip(self) -> bool:
        """May the worker find that there is nothing to do (it then gives None)?"""
        return bool(self.skips) or self.branch is not None or any(True for _ in jumps(self.statements))

    @property
    def direct(self) -> ast.Call | None:
        """The one call that is all the work, where its arguments may be worked out ahead by the caller."""
        if self.statements or self.prepare or self.skips or self.branch or self.private:
            return None
        call = self.expression.value if isinstance(self.expression, ast.Await) else self.expression
        if not isinstance(call, ast.Call) or not calm(call.func):
            return None
        if isinstance(self.expression, ast.Await) and (dotted(call.func) or "").rpartition(".")[2] in _MAKES_TASK:
            call = call.args[0] if call.args else call
            if not isinstance(call, ast.Call) or not calm(call.func):
                return None
        values = [*call.args, *(keyword.value for keyword in call.keywords)]
        return call if all(calm(value) for value in values) else None


def cut(source: Source, inquiry: Inquiry, body: Sequence[ast.stmt], targets: frozenset[str], outside: ast.AST,
        costly: Costly, after: frozenset[str], *, whole_tests: bool = False) -> Cut:  # fmt: skip
    """Where to cut the rounds of a loop in the scope `outside`, of which the names `after` are read when a round is over.

    `whole_tests`: a test that needs the work is made by the worker, which then sends back no more than the answer.
    """
    made = Cut()
    block, path = _descend(source, made, list(body), costly)
    hits = [index for index, statement in enumerate(block) if _holds(statement, costly)]
    first, last = hits[0], hits[-1]
    tail = block[last]
    inside = [node for node in costly if any(node is each for each in here([tail]))]
    if made.branch is None and _is_expression(tail, costly) and (first == last or not _only_binds(tail)):
        made.expression = smallest(source, tail, inside)
        if whole_tests and isinstance(tail, ast.If) and _only_then_calm(tail.test, made.expression):
            made.expression = tail.test
        made.statements = block[first:last]
    else:
        made.statements = block[first : last + 1]
    if made.branch is not None:
        before = [*path]
    else:
        before = [*path, *block[:first]]
    _skipped_rounds(made, before)
    _inputs(made, before, targets, body, inquiry)
    _check_statements(made, inquiry, outside, body, targets)
    _outputs(made, body, after)
    _check_guards(made, before, targets, body)
    made.early = made.early or any(not isinstance(jump, ast.Continue) for jump in jumps(kept_statements(made, body)))
    gone = {id(statement) for statement in [*made.dropped, *made.statements]}
    made.before = any(
        id(s) not in gone and not isinstance(s, ast.Continue | ast.Pass) and not _only_binds(s) and not _skip_test(s)
        for s in before
    )  # fmt: skip
    return made


# ---- where the work stands


def _descend(source: Source, made: Cut, block: list[ast.stmt], costly: Costly) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """The innermost block that can be cut, and the statements that run before it in each round."""
    path: list[ast.stmt] = []
    while True:
        hits = [index for index, statement in enumerate(block) if _holds(statement, costly)]
        only = block[hits[0]]
        if len(hits) > 1:
            return block, path
        match only:
            case ast.Try(body=inner, finalbody=[]) if _all_within(inner, costly):
                made.protected = True
            case ast.If(test=test, body=inner) if calm(test) and _all_within(inner, costly):
                made.guards.append((test, True))
            case ast.If(test=test, orelse=inner) if calm(test) and _all_within(inner, costly):
                made.guards.append((test, False))
            case ast.If(test=test) if _all_within([test], costly):
                return block, path  # the test is an expression like any other
            case ast.If(orelse=[], body=inner) if _holds(only.test, costly) or not calm(only.test):
                made.branch = only
                inner_hits = [index for index, statement in enumerate(inner) if _holds(statement, costly)]
                path += block[: hits[0]]
                return inner[: inner_hits[-1] + 1] if inner_hits else [only], path
            case _:
                return block, path
        path += block[: hits[0]]
        block = list(inner)


def _holds(node: ast.AST, costly: Costly) -> bool:
    return any(each is wanted for each in here([node]) for wanted in costly)


def _all_within(block: Sequence[ast.AST], costly: Costly) -> bool:
    inside = {id(node) for node in here(block)}
    return all(id(node) in inside for node in costly)


def _is_expression(statement: ast.stmt, costly: Costly) -> bool:
    """Does all the costly part of the statement stand in expressions that it evaluates once, before anything else?"""
    match statement:
        case ast.If(test=head) | ast.For(iter=head) | ast.Match(subject=head):
            return not any(_holds(child, costly) for child in ast.iter_child_nodes(statement) if child is not head)
    return not hasattr(statement, "body")


def _only_binds(statement: ast.stmt) -> bool:
    """Does the statement do nothing but give local names a value?"""
    match statement:
        case ast.Assign(targets=targets):
            return all(_plain(target) for target in targets)
        case ast.AnnAssign(target=ast.Name()):
            return True
    return False


def _plain(target: ast.expr) -> bool:
    match target:
        case ast.Name():
            return True
        case ast.Tuple(elts=elements) | ast.List(elts=elements):
            return all(_plain(element) for element in elements)
        case ast.Starred(value=value):
            return _plain(value)
    return False


def _skip_test(statement: ast.stmt) -> bool:
    """`if …: continue`"""
    match statement:
        case ast.If(body=[ast.Continue()], orelse=[]):
            return True
    return False


def smallest(source: Source, statement: ast.stmt | ast.expr, costly: Costly) -> ast.expr:
    """The smallest expression of a statement that holds all its costly calls and is evaluated once, for sure."""
    chains = []
    for node in costly:
        chain = [node]
        while chain[-1] is not statement and not isinstance(source.parents[chain[-1]], ast.stmt):
            chain.append(source.parents[chain[-1]])
        chains.append([each for each in chain if isinstance(each, ast.expr)])
    shared = [each for each in chains[0] if all(any(each is other for other in chain) for chain in chains)]
    unsure = [index for index, each in enumerate(shared) if isinstance(each, _CONDITIONAL)]
    return shared[unsure[-1]] if unsure else shared[0]


def _only_then_calm(test: ast.expr, work: ast.expr) -> bool:
    """Is everything in the test but the work itself free of effects?"""
    inside = {id(node) for node in ast.walk(work)}
    calls = [node for node in here([test]) if isinstance(node, ast.Call) and id(node) not in inside]
    return all(isinstance(each.func, ast.Name | ast.Attribute) and calm_call(each) for each in calls)


# ---- what goes in


def _inputs(
    made: Cut, before: list[ast.stmt], targets: frozenset[str], body: Sequence[ast.stmt], inquiry: Inquiry
) -> None:
    """The statements before the work that it needs are copied or moved into the worker."""
    work = _work_nodes(made)
    local = binds(made.statements)
    needed = free(work) - (local - _exposed(made.statements)) | free([test for test, _ in made.guards])
    for statement in reversed(before):
        if not binds([statement]) & needed:
            continue
        if _only_binds(statement) and calm(statement):
            made.prepare.insert(0, statement)
        elif _moves(statement, inquiry):
            made.prepare.insert(0, statement)
            made.dropped.append(statement)
        else:
            name = min(binds([statement]) & needed)
            raise Refused(
                "carried-dependence",
                f"the work needs `{name}`, which line {statement.lineno} sets while it does what must stay in order",
                statement,
            )
        needed = (needed - binds([statement])) | free([statement])
    made.needed = needed
    inside = {id(s) for s in [*made.prepare, *made.statements]}
    for node in here(body):
        if isinstance(node, ast.stmt) and id(node) not in inside and not _within(node, made.statements):
            ignored = made.expression if made.expression is not None and _holds(node, [made.expression]) else None
            changed = effects.bound_or_changed(node, ignored) - targets
            clash = effects.clash(changed, effects.paths(work))
            if clash and clash not in made.private:
                raise Refused(
                    "carried-dependence",
                    f"the work reads `{clash}`, which line {node.lineno} changes in each round",
                    node,
                )


def _moves(statement: ast.stmt, inquiry: Inquiry) -> bool:
    """May a statement that is not free of effects run in the worker instead?"""
    if any(True for _ in jumps([statement])) or yields([statement]):
        return False
    return not effects.on_the_caller(statement, binds([statement]), inquiry)


def _exposed(statements: Sequence[ast.stmt]) -> frozenset[str]:
    """The names read before the statements themselves have bound them."""
    bound: frozenset[str] = frozenset()
    found: set[str] = set()
    for statement in statements:
        found |= effects.read_first(statement) - bound
        bound |= always_binds([statement])
    return frozenset(found)


def _work_nodes(made: Cut) -> list[ast.AST]:
    nodes: list[ast.AST] = [*made.prepare, *made.statements]
    if made.branch is not None:
        nodes.append(made.branch.test)
    if made.expression is not None:
        nodes.append(made.expression)
    return nodes


def _within(node: ast.AST, statements: Iterable[ast.stmt]) -> bool:
    return any(node is each for each in here(statements))


# ---- what comes out


def _check_statements(
    made: Cut, inquiry: Inquiry, outside: ast.AST, body: Sequence[ast.stmt], targets: frozenset[str]
) -> None:
    """What the worker's statements do must stay within the worker, or be collected piece by piece."""
    local = binds([*made.statements, *made.prepare])
    carried = (local & _exposed([*made.prepare, *made.statements])) - targets
    for name in sorted(carried):
        raise Refused(
            "carried-dependence", f"each round reads `{name}` before it sets it", (made.statements or made.prepare)[0]
        )
    found = [effect for statement in made.statements for effect in effects.on_the_caller(statement, local, inquiry)]
    if not found:
        return
    pieces = effects.collected(found, [*made.statements], outside, body)
    if pieces is None:
        effect = found[0]
        raise Refused(effect.hazard, effect.because, effect.node)
    made.private = pieces


def _outputs(made: Cut, body: Sequence[ast.stmt], after: frozenset[str]) -> None:
    """The names that the worker binds and somebody reads after."""
    gone = {id(statement) for statement in made.dropped}
    kept = [s for s in made.prepare if id(s) not in gone]
    rest = kept_statements(made, body)
    made.rest_reads = after | reads_rest(made, rest)
    bound = binds(made.statements) | binds(made.dropped)
    wanted = bound & made.rest_reads - frozenset(made.private)
    missing = wanted - always_binds([*made.dropped, *made.statements])
    if missing and made.statements:
        name = min(missing)
        raise Refused("carried-dependence", f"`{name}` is not set in every round and read later", made.statements[0])
    if (made.expression is not None and wanted and (made.statements or made.dropped)) or made.expression is None:
        made.live = _in_order_bound(wanted, [*made.dropped, *made.statements])
    for statement in reversed(kept):
        rest = kept_statements(made, body)
        if not binds([statement]) & (after | reads_rest(made, [s for s in rest if s is not statement])):
            made.dropped.append(statement)
    made.rest_reads = after | reads_rest(made, kept_statements(made, body))


def _in_order_bound(names: frozenset[str], statements: Sequence[ast.stmt]) -> tuple[str, ...]:
    """The names in the order in which the source first gives them a value."""
    stores = [
        n
        for s in statements
        for n in ast.walk(s)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id in names
    ]
    ordered = dict.fromkeys(node.id for node in sorted(stores, key=lambda n: (n.lineno, n.col_offset)))
    return (*ordered, *sorted(names - ordered.keys()))


def kept_statements(made: Cut, body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """The statements of the body, at any depth, that the caller keeps (compound ones come with their blocks as well)."""
    gone = {id(node) for node in here([*made.statements, *made.dropped])}
    return [node for node in here(body) if isinstance(node, ast.stmt) and id(node) not in gone]


def reads_rest(made: Cut, rest: Sequence[ast.stmt], without: Iterable[int] = ()) -> frozenset[str]:
    """The names that the caller's part of a round reads, but for the nodes `without`."""
    gone = set(without)
    gone |= {id(node) for node in ast.walk(made.expression)} if made.expression is not None else set()
    if made.branch is not None:
        gone |= {id(node) for node in ast.walk(made.branch.test)}
    for statement in [*made.statements, *made.dropped]:
        gone |= {id(node) for node in ast.walk(statement)}
    found: set[str] = set()
    for statement in rest:
        if isinstance(statement, ast.AugAssign) and isinstance(statement.target, ast.Name):
            found.add(statement.target.id)
        found |= {
            node.id
            for node in ast.walk(statement)
            if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store) and id(node) not in gone
        }
    return frozenset(found)


def reads_after(source: Source, outside: ast.AST, loop: ast.stmt) -> frozenset[str]:
    """The names that the scope may still read once a round has ended: after the loop, or anywhere if a loop is around it."""
    around = source.enclosing(loop, ast.For, ast.While, ast.AsyncFor, ast.FunctionDef, ast.AsyncFunctionDef)
    repeats = isinstance(around, ast.For | ast.While | ast.AsyncFor)
    inside = {id(node) for node in ast.walk(loop)} - {id(n) for s in getattr(loop, "orelse", []) for n in ast.walk(s)}
    found: set[str] = set()
    for node in ast.walk(outside):
        if isinstance(node, ast.Global | ast.Nonlocal):
            found.update(node.names)
        if id(node) in inside or not isinstance(node, ast.Name) or isinstance(node.ctx, ast.Store):
            continue
        later = repeats or node.lineno > (loop.end_lineno or 0) or source.function(node) is not source.function(loop)
        if later and not _bound_nearer(source, node, loop):
            found.add(node.id)
    return frozenset(found)


def _bound_nearer(source: Source, name: ast.Name, loop: ast.stmt) -> bool:
    """Does a loop or comprehension around the name, but not around `loop`, give it its value?"""
    above = source.parents.get(name)
    while above is not None and not any(each is loop for each in ast.walk(above)):
        if isinstance(above, ast.For | ast.AsyncFor) and name.id in binds([above.target]):
            return not any(each is name for each in ast.walk(above.iter))
        if isinstance(above, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            if any(name.id in binds([clause.target]) for clause in above.generators):
                return True
        above = source.parents.get(above)
    return False


def _skipped_rounds(made: Cut, before: Sequence[ast.stmt]) -> None:
    """Rounds that end before the work: the tests that say so are made ahead, or by the worker as well."""
    for statement in before:
        leaving = [*jumps([statement]), *(n for n in here([statement]) if isinstance(n, ast.Raise))]
        if not leaving:
            continue
        if any(isinstance(jump, ast.Break | ast.Return) for jump in leaving):
            made.early = True
        match statement:
            case ast.If(test=test, orelse=[], body=[*_, ast.Continue() | ast.Break() | ast.Return() | ast.Raise()]):
                pass
            case _:
                raise Refused(
                    "early-exit",
                    f"whether a round does its work at all is decided in line {statement.lineno}",
                    statement,
                )
        if calm(test):
            made.guards.append((test, False))
        elif isinstance(statement.body[-1], ast.Continue):
            because = f"the test in line {statement.lineno} decides whether a round does its work, and may have effects"
            raise Refused("early-exit", because, statement)
        # else a round may start ahead of the one that ends the loop


def _check_guards(made: Cut, before: Sequence[ast.stmt], targets: frozenset[str], body: Sequence[ast.stmt]) -> None:
    """A test that is made ahead must not depend on other rounds, nor on what the worker finds out."""
    local = binds(made.prepare)
    changed: frozenset[str] = frozenset().union(*(effects.bound_or_changed(s) for s in kept_statements(made, body)))
    for test, _ in made.guards:
        if clash := effects.clash(changed - targets - local, effects.paths([test])):
            raise Refused(
                "carried-dependence", f"whether a round does its work depends on `{clash}`, which rounds change", test
            )
    moved = binds([s for s in made.dropped if not (_only_binds(s) and calm(s))])
    gone = {id(s) for s in [*made.dropped, *made.statements]}
    for statement in before:
        if id(statement) not in gone and free([statement]) & moved:
            name = min(free([statement]) & moved)
            raise Refused(
                "carried-dependence",
                f"line {statement.lineno} needs `{name}`, which only the worker would know",
                statement,
            )
