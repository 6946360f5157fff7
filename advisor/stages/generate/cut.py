"""Cut: the body of a loop in two: what the workers compute, and what the caller does with each result, in order.

The caller keeps the body as it stands: tests, handlers, appends, prints. Only the costly part is taken out and the
result put in its place, so whatever happened in order before happens in the same order still.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from advisor.stages.generate import effects
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.liveness import in_order_bound, kept_statements, reads_rest
from advisor.stages.generate.names import (
    always_binds,
    binds,
    calm,
    free,
    here,
    jumps,
    yields,
)
from advisor.stages.generate.places import (
    Costly,
    descend,
    holds,
    is_expression,
    only_binds,
    only_then_calm,
    skip_test,
    smallest,
)
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.source import Source
from advisor.stages.generate.work import Cut

_CONTAINERS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp, ast.Call)


def cut(source: Source, inquiry: Inquiry, body: Sequence[ast.stmt], targets: frozenset[str], outside: ast.AST,
        costly: Costly, after: frozenset[str], *, isolated: bool = False) -> Cut:  # fmt: skip
    """Where to cut the rounds of a loop in the scope `outside`, of which the names `after` are read when a round is over.

    `isolated`: workers share no memory, so what they do to an item is lost, and what they send back should be small.
    """
    made = Cut()
    block, path = descend(made, list(body), costly)
    hits = [index for index, statement in enumerate(block) if holds(statement, costly)]
    first, last = (hits[0] if made.branch is None else 0), hits[-1]
    tail = block[last]
    inside = [node for node in costly if any(node is each for each in here([tail]))]
    if made.branch is None and is_expression(tail, costly) and (first == last or not only_binds(tail)):
        made.expression = smallest(source, tail, inside)
        if isolated and isinstance(tail, ast.If) and only_then_calm(tail.test, made.expression):
            made.expression = tail.test
        made.statements = block[first:last]
    else:
        made.statements = block[first : last + 1]
    before = path if made.branch is not None else [*path, *block[:first]]
    _skipped_rounds(made, before)
    mine = frozenset() if isolated else targets  # each round has an item of its own
    _inputs(made, before, targets, body, inquiry, mine)
    _check_statements(made, inquiry, outside, body, targets, mine)
    _outputs(made, body, after)
    _check_guards(made, before, targets, body)
    made.early = made.early or any(not isinstance(jump, ast.Continue) for jump in jumps(kept_statements(made, body)))
    gone = {id(statement) for statement in [*made.dropped, *made.statements]}
    made.before = any(
        id(s) not in gone and not isinstance(s, ast.Continue | ast.Pass) and not only_binds(s) and not skip_test(s)
        for s in before
    )  # fmt: skip
    return made


# ---- what goes in


def _inputs(
    made: Cut,
    before: list[ast.stmt],
    targets: frozenset[str],
    body: Sequence[ast.stmt],
    inquiry: Inquiry,
    mine: frozenset[str],
) -> None:
    """The statements before the work that it needs are copied or moved into the worker."""
    work = _work_nodes(made)
    local = binds(made.statements)
    needed = free(work) - (local - _exposed(made.statements)) | free([test for test, _ in made.guards])
    own = targets | binds(body)
    for statement in reversed(before):
        if not binds([statement]) & needed and not effects.touches(statement, needed & own):
            continue
        if only_binds(statement) and calm(statement):
            made.prepare.insert(0, statement)
        elif _moves(statement, inquiry, mine):
            made.prepare.insert(0, statement)
            made.dropped.append(statement)
        else:
            name = min(binds([statement]) & needed or free([statement]) & needed & own)
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
            ignored = made.expression if made.expression is not None and holds(node, [made.expression]) else None
            changed = effects.bound_or_changed(node, ignored) - targets
            clash = effects.clash(changed, effects.paths(work))
            if clash and clash not in made.private:
                raise Refused(
                    "carried-dependence",
                    f"the work reads `{clash}`, which line {node.lineno} changes in each round",
                    node,
                )


def _moves(statement: ast.stmt, inquiry: Inquiry, mine: frozenset[str]) -> bool:
    """May a statement that is not free of effects run in the worker instead?"""
    if any(True for _ in jumps([statement])) or yields([statement]):
        return False
    return not effects.on_the_caller(statement, binds([statement]) | mine, inquiry)


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
    made: Cut,
    inquiry: Inquiry,
    outside: ast.AST,
    body: Sequence[ast.stmt],
    targets: frozenset[str],
    mine: frozenset[str],
) -> None:
    """What the worker's statements do must stay within the worker, or be collected piece by piece."""
    local = binds([*made.statements, *made.prepare])
    carried = (local & _exposed([*made.prepare, *made.statements])) - targets
    for name in sorted(carried):
        raise Refused(
            "carried-dependence", f"each round reads `{name}` before it sets it", (made.statements or made.prepare)[0]
        )
    found = [
        effect for statement in made.statements for effect in effects.on_the_caller(statement, local | mine, inquiry)
    ]
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
    filled = _filled(made) & binds(made.prepare)  # made anew for the worker, who fills its own
    if filled & made.rest_reads and not made.statements:
        name = min(filled & made.rest_reads)
        raise Refused("shared-write", f"the work changes `{name}`, which is read after it", made.prepare[0])
    wanted = (bound | filled) & made.rest_reads - frozenset(made.private)
    missing = wanted - always_binds([*made.prepare, *made.dropped, *made.statements])
    if missing and made.statements:
        name = min(missing)
        raise Refused("carried-dependence", f"`{name}` is not set in every round and read later", made.statements[0])
    if (made.expression is not None and wanted and (made.statements or made.dropped)) or made.expression is None:
        made.live = in_order_bound(wanted, [*made.dropped, *made.statements])
    for statement in reversed(kept):
        rest = [s for s in kept_statements(made, body) if s is not statement]
        returned = binds([statement]) & frozenset(made.live)  # the worker makes it anew, and sends it back
        early = [s for s in rest if s.lineno < made.statements[0].lineno] if returned else []
        if returned & reads_rest(made, early) or (returned and not binds([statement]) <= frozenset(made.live)):
            because = f"`{min(returned)}` is read before the work fills it"
            raise Refused("shared-write", because, statement)
        if returned or not binds([statement]) & (after | reads_rest(made, rest)):
            made.dropped.append(statement)
    made.rest_reads = after | reads_rest(made, kept_statements(made, body))
    for name in sorted(binds([made.expression] if made.expression is not None else []) & made.rest_reads):
        raise Refused(
            "carried-dependence", f"the work sets `{name}` within an expression, and it is read later", body[0]
        )


def _filled(made: Cut) -> frozenset[str]:
    """The names whose objects the work may change: by a method, an item, an attribute, or in a call they are handed to."""
    moved = [*made.statements, *([made.expression] if made.expression is not None else [])]
    fresh = {
        target.id
        for statement in made.prepare
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, _CONTAINERS)
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    }
    found: set[str] = set()
    for node in here(moved):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name))):
                found.add(name)
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                found.add(name)
            case ast.Attribute(value=ast.Name(id=name), ctx=ast.Store() | ast.Del()):
                found.add(name)
        if isinstance(node, ast.Call):
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            found.update(each.id for each in given if isinstance(each, ast.Name) and each.id in fresh)
    return frozenset(found)


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
    moved = binds([s for s in made.dropped if not (only_binds(s) and calm(s))])
    gone = {id(s) for s in [*made.dropped, *made.statements]}
    if names := free([test for test, _ in made.guards]) & moved:
        raise Refused("carried-dependence", f"whether a round does its work depends on `{min(names)}`, which only the worker would know",
                      made.guards[0][0])  # fmt: skip
    for statement in before:
        if id(statement) not in gone and free([statement]) & moved:
            name = min(free([statement]) & moved)
            raise Refused(
                "carried-dependence",
                f"line {statement.lineno} needs `{name}`, which only the worker would know",
                statement,
            )
