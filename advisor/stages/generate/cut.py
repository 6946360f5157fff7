"""Cut: the body of a loop in two: what the workers compute, and what the caller does with each result, in order.

The caller keeps the body as it stands: tests, handlers, appends, prints. Only the costly part is taken out and the
result put in its place, so whatever happened in order before happens in the same order still.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NoReturn

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
from advisor.stages.generate.work import Block, Cut

_DISPLAYS = (ast.List, ast.Dict, ast.Set, ast.ListComp, ast.DictComp, ast.SetComp)
_CONTAINERS = (*_DISPLAYS, ast.Call)


def cut(source: Source, inquiry: Inquiry, body: Sequence[ast.stmt], targets: frozenset[str], outside: ast.AST,
        costly: Costly, after: frozenset[str], *, isolated: bool = False, into: bool = False) -> Cut:  # fmt: skip
    """Where to cut the rounds of a loop in the scope `outside`, of which the names `after` are read when a round is over.

    `isolated`: workers share no memory, so what they do to an item is lost, and what they send back should be small.
    `into`: also in the midst of a `with` that only reads something outside, where the rest of it reads no more of that.
    """
    made = Cut()
    block, path, costly = descend(made, list(body), costly, partial(_left_early, source, inquiry, into))
    hits = [index for index, statement in enumerate(block) if holds(statement, costly)]
    first, last = (_with_tests(block, hits[0]) if made.branch is None and made.block is None else 0), hits[-1]
    tail = block[last]
    inside = [node for node in costly if any(node is each for each in here([tail]))]
    if made.branch is None and is_expression(tail, costly) and (first == last or not only_binds(tail)):
        made.expression = smallest(source, tail, inside)
        made.statements = block[first:last]
        if made.block is not None:
            made.expression = _apart(source, made, inquiry)
        if isolated and isinstance(tail, ast.If) and only_then_calm(tail.test, made.expression):
            made.expression = tail.test
    else:
        made.statements = block[first : last + 1]
    before = path if made.branch is not None else [*path, *block[:first]]
    if made.block is not None:
        _check_block(made)
    _skipped_rounds(made, before)
    mine = frozenset() if isolated else targets  # each round has an item of its own
    _inputs(made, before, targets, body, inquiry, mine)
    _check_statements(made, inquiry, outside, body, targets, mine)
    _check_failures(made, before)
    for node in made.nodes:
        effects.check_alone(node, targets | binds(body), inquiry)
    _check_changes(made, body, targets)
    _outputs(made, body, after, inquiry)
    _check_given(made, inquiry)
    _simplify(made, tail)
    _check_guards(made, before, targets, body, inquiry)
    made.early = made.early or any(not isinstance(jump, ast.Continue) for jump in jumps(kept_statements(made, body)))
    gone = {id(statement) for statement in [*made.dropped, *made.statements]}
    made.before = any(
        id(s) not in gone and not isinstance(s, ast.Continue | ast.Pass) and not only_binds(s) and not skip_test(s)
        for s in before
    )  # fmt: skip
    return made


def _left_early(source: Source, inquiry: Inquiry, into: bool, block: Block) -> bool:
    """May the rest of a `with` come after it, where that needs nothing of what the `with` binds?"""
    own_lines = source.owns_its_lines([block]) and source.owns_its_lines(block.body)
    return into and own_lines and inquiry.only_reads(block)


def _check_block(made: Cut) -> None:
    """A test in the block is the first thing in it, or the caller would do before it what had been done within."""
    assert made.block is not None
    if made.branch is not None and made.branch not in made.block.body[:1]:
        raise Refused("layout", f"the block in line {made.block.lineno} is tested in the midst", made.block)


def _apart(source: Source, made: Cut, inquiry: Inquiry) -> ast.expr:
    """The smallest expression around that of the work that holds nothing which the block will have closed."""
    bound, assigned = _known_in_block(made)
    found = made.expression
    while found is not None and not inquiry.is_apart(found, bound, assigned):
        above = source.parents[found]
        found = above if isinstance(above, ast.Attribute | ast.Call | ast.Subscript | ast.Compare | ast.BinOp) else None
    return found or _refused_open(made)


def _refused_open(made: Cut) -> NoReturn:
    assert made.block is not None
    raise Refused("streaming", f"what is read in the block of line {made.block.lineno} may need it open", made.block)


def _check_given(made: Cut, inquiry: Inquiry) -> None:
    """What a worker gives from within a block must not be read from what the block has closed."""
    if made.block is None:
        return
    bound, assigned = _known_in_block(made)
    given = [made.expression] if made.expression is not None else [ast.Name(name, ast.Load()) for name in made.live]
    if not all(inquiry.is_apart(value, bound, assigned) for value in given):
        _refused_open(made)


def _known_in_block(made: Cut) -> tuple[frozenset[str], dict[str, list[ast.expr]]]:
    """The names that the block binds to what it closes, as far as one can tell, and what else is assigned in it."""
    assert made.block is not None
    bound, assigned = binds(made.block.items), dict[str, list[ast.expr]]()
    for node in here(made.statements):
        match node:
            case ast.Assign(value=value) | ast.AugAssign(value=value) | ast.AnnAssign(value=ast.expr() as value):
                for name in binds([node]):
                    assigned.setdefault(name, []).append(value)
            case ast.stmt():
                bound |= binds([node])
    return bound, assigned


def _with_tests(block: Sequence[ast.stmt], first: int) -> int:
    """Where the work begins: with the first test that ends a round and may itself wait or have effects."""
    for index, statement in enumerate(block[:first]):
        match statement:
            case ast.If(test=test, orelse=[], body=[ast.Continue()]) if not calm(test):
                return index
    return first


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
    work = made.nodes
    local = binds(made.moved)
    needed = free(work) - (local - _exposed(made.moved)) | free([test for test, _ in made.guards])
    needed |= (local - always_binds(made.moved)) & binds(before)  # set before, then under a test
    own = targets | binds(body)
    for statement in reversed(before):
        effects.check_pace(statement, own, inquiry)
        comes_first = effects.touches(statement, needed & own) or effects.looks(statement, needed & own, inquiry)
        comes_first = comes_first or effects.acts_outside(statement, inquiry)
        if not binds([statement]) & needed and not comes_first:
            continue
        if _copies(statement, inquiry):
            made.prepare.insert(0, statement)
        elif _moves(statement, inquiry, mine | _made_anew(before, inquiry)) and not _guarded_after(
            made, statement, before
        ):
            made.prepare.insert(0, statement)
            made.dropped.append(statement)
        else:
            names = binds([statement]) & needed or free([statement]) & needed & own
            because = f"line {statement.lineno} acts before the work, and must stay in order"
            if names:
                because = f"the work needs `{min(names)}`, which line {statement.lineno} sets while it does what must stay in order"
            raise Refused("carried-dependence", because, statement)
        needed = (needed - always_binds([statement])) | free([statement])
    made.needed = needed


def _check_changes(made: Cut, body: Sequence[ast.stmt], targets: frozenset[str]) -> None:
    """What the caller changes in a round, the work of the next one must not read."""
    inside = {id(node) for node in here([*made.prepare, *made.moved, *_last(body)])} | {id(made.block)}
    objects = effects.used_whole(made.nodes) - targets - binds(body) - made.private.keys()
    read = frozenset(p for p in effects.paths(made.nodes) if p.partition(".")[0] not in made.private)
    for node in here(body):
        if isinstance(node, ast.stmt) and id(node) not in inside:
            ignored = made.expression if made.expression is not None and holds(node, [made.expression]) else None
            changed = effects.bound_or_changed(node, ignored) - targets
            clash = effects.clash(changed, read) or next(
                (path for path in sorted(changed) if path.partition(".")[0] in objects), None
            )
            if clash:
                because = f"the work reads `{clash}`, which line {node.lineno} changes in each iteration"
                raise Refused("carried-dependence", because, node)


def _last(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements of blocks that end by leaving the loop, but for those in a `try`: no round comes after them."""
    for statement in body:
        match statement:
            case ast.If(body=then, orelse=otherwise):
                for block in (then, otherwise):
                    leaves = bool(block) and isinstance(block[-1], ast.Break | ast.Return)
                    yield from block if leaves else _last(block)
            case ast.With(body=block) | ast.AsyncWith(body=block):
                yield from _last(block)


def _check_failures(made: Cut, before: Sequence[ast.stmt]) -> None:
    """A statement in front of a `try` must not fail within it, where the result of the work is taken."""
    if not made.protected:
        return
    outer = [s for s in before if not any(s is inner for inner in _within_try(made, before))]
    for statement in outer:
        if any(statement is moved for moved in made.dropped):
            because = f"line {statement.lineno} would fail inside the `try` around the work, and so be caught there"
            raise Refused("error-handling", because, statement)


def _within_try(made: Cut, before: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Those of the statements that stand in the `try` already."""
    work = made.statements[0] if made.statements else made.expression
    line = made.tries[-1].lineno if made.tries else (work.lineno if work is not None else 0)
    return [s for s in before if s.lineno > line]


def _copies(statement: ast.stmt, inquiry: Inquiry) -> bool:
    """May a statement run twice, by the caller and by the worker, with the same outcome?"""
    return only_binds(statement) and (calm(statement) or inquiry.pure(statement))


def _made_anew(statements: Sequence[ast.stmt], inquiry: Inquiry) -> frozenset[str]:
    """The names that each round gives a collection or object of its own."""
    return frozenset(
        target.id
        for statement in statements
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        and (isinstance(statement.value, _DISPLAYS) or inquiry.constructs(statement.value))
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    )


def _guarded_after(made: Cut, statement: ast.stmt, before: Sequence[ast.stmt]) -> bool:
    """May a round run the statement and then not do the work? In the worker the statement would not be run either."""
    later = before[next(i for i, each in enumerate(before) if each is statement) + 1 :]
    return any(True for _ in jumps(later)) or any(test.lineno > statement.lineno for test, _ in made.guards)


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
    local = binds([*made.moved, *made.prepare])
    carried = (local & _exposed([*made.prepare, *made.moved])) - targets
    for name in sorted(carried):
        raise Refused(
            "carried-dependence",
            f"each iteration reads `{name}` before it sets it",
            (made.statements or made.prepare)[0],
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


def _outputs(made: Cut, body: Sequence[ast.stmt], after: frozenset[str], inquiry: Inquiry) -> None:
    """The names that the worker binds and somebody reads after."""
    kept: list[ast.stmt] = []
    for statement in made.prepare:  # what rests on a moved statement moves with it
        if any(statement is each for each in made.dropped):
            continue
        if free([statement]) & binds(made.dropped):
            made.dropped.append(statement)
        else:
            kept.append(statement)
    _drop_unread(made, kept, body, after)
    reads = after | reads_rest(made, kept_statements(made, body))
    first = made.statements[0].lineno if made.statements else (made.expression or body[0]).lineno
    filled = _filled(made, inquiry) & binds(made.prepare)  # made anew for the worker, who fills its own
    filled &= after | _read_from(made, body, first)
    wanted = ((binds(made.statements) | binds(made.dropped)) & reads | filled) - frozenset(made.private)
    missing = wanted - always_binds([*made.prepare, *made.dropped, *made.statements])
    if missing and made.statements:
        because = f"`{min(missing)}` is not set in every iteration and read later"
        raise Refused("carried-dependence", because, made.statements[0])
    if made.expression is None or (wanted and (made.statements or made.dropped or filled)):
        made.live = in_order_bound(wanted, [*made.dropped, *kept, *made.statements])
    if made.protected and binds(made.prepare) & frozenset(made.live):
        name = min(binds(made.prepare) & frozenset(made.live))
        raise Refused(
            "error-handling", f"`{name}` would come back with the result, and be missing where the work fails", body[0]
        )
    for statement in [*reversed(kept)]:
        returned = binds([statement]) & frozenset(made.live)  # the worker makes it anew, and sends it back
        if not returned:
            continue
        early = [s for s in kept_statements(made, body) if s is not statement and s.lineno < first]
        if returned & reads_rest(made, early, _from_line(early, first)) or not binds([statement]) <= frozenset(
            made.live
        ):
            raise Refused("shared-write", f"`{min(returned)}` is read before the work fills it", statement)
        if made.guards and returned & (after | _read_beside(made, body)):
            continue  # a round without work has what the caller makes
        made.dropped.append(statement)
        kept.remove(statement)
    _drop_unread(made, kept, body, after)
    made.rest_reads = after | reads_rest(made, kept_statements(made, body))
    for name in sorted(binds([made.expression] if made.expression is not None else []) & made.rest_reads):
        raise Refused(
            "carried-dependence", f"the work sets `{name}` within an expression, and it is read later", body[0]
        )


def _drop_unread(made: Cut, kept: list[ast.stmt], body: Sequence[ast.stmt], after: frozenset[str]) -> None:
    """Copies that nobody reads at the caller are for the worker alone."""
    for statement in [*reversed(kept)]:
        rest = [s for s in kept_statements(made, body) if s is not statement]
        if not binds([statement]) & (after | reads_rest(made, rest)):
            made.dropped.append(statement)
            kept.remove(statement)


def _from_line(statements: Sequence[ast.stmt], line: int) -> list[int]:
    """The nodes of statements, by identity, that stand at or below a line."""
    return [id(node) for s in statements for node in ast.walk(s) if getattr(node, "lineno", 0) >= line]


def _read_from(made: Cut, body: Sequence[ast.stmt], line: int) -> frozenset[str]:
    """The names that the caller reads from a line of the body on."""
    rest = kept_statements(made, body)
    above = [id(node) for s in rest for node in ast.walk(s) if getattr(node, "lineno", line) < line]
    return reads_rest(made, rest, above)


def _read_beside(made: Cut, body: Sequence[ast.stmt]) -> frozenset[str]:
    """The names that the caller reads in rounds without work as well: outside the block under the innermost test."""
    if not made.guarded:
        return frozenset()
    return reads_rest(made, kept_statements(made, body), [id(node) for node in here(made.guarded)])


def _simplify(made: Cut, tail: ast.stmt) -> None:
    """What gives the caller nothing is moved as it stands, without a value or an answer to hand back."""
    if (made.live or made.may_skip) and isinstance(tail, ast.Expr) and tail.value is made.expression:
        made.statements, made.expression = [*made.statements, tail], None
    if made.branch is None or made.expression is not None or made.live or made.private:
        return
    if all(any(each is s for s in made.statements) for each in made.branch.body):
        made.statements, made.branch = [made.branch], None


def _filled(made: Cut, inquiry: Inquiry) -> frozenset[str]:
    """The names whose objects the work may change: by a method, an item, an attribute, or in a call they are handed to."""
    moved = [*made.prepare, *made.statements, *([made.expression] if made.expression is not None else [])]
    values = [
        (target.id, statement.value)
        for statement in made.prepare
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    ]
    fixed = {name for name, value in values if inquiry.immutable(value)}
    fresh = {name for name, value in values if isinstance(value, _CONTAINERS)}
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
    return frozenset(found - fixed)


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
                    f"whether an iteration does its work at all is decided in line {statement.lineno}",
                    statement,
                )
        if calm(test):
            made.guards.append((test, False))
        elif isinstance(statement.body[-1], ast.Continue):
            because = (
                f"the test in line {statement.lineno} decides whether an iteration does its work, and may have effects"
            )
            raise Refused("early-exit", because, statement)
        # else a round may start ahead of the one that ends the loop


def _check_guards(
    made: Cut, before: Sequence[ast.stmt], targets: frozenset[str], body: Sequence[ast.stmt], inquiry: Inquiry
) -> None:
    """A test that is made ahead must not depend on other rounds, nor on what the worker finds out."""
    local = binds(made.prepare)
    changed: frozenset[str] = frozenset().union(*(effects.bound_or_changed(s) for s in kept_statements(made, body)))
    for test, _ in made.guards:
        if clash := effects.clash(changed - targets - local, effects.paths([test])):
            raise Refused(
                "carried-dependence",
                f"whether an iteration does its work depends on `{clash}`, which iterations change",
                test,
            )
    moved = binds([s for s in made.dropped if not _copies(s, inquiry)])
    gone = {id(s) for s in [*made.dropped, *made.statements]}
    if names := free([test for test, _ in made.guards]) & moved:
        because = f"whether an iteration does its work depends on `{min(names)}`, which only the worker would know"
        raise Refused("carried-dependence", because,
                      made.guards[0][0])  # fmt: skip
    for statement in before:
        if id(statement) not in gone and free([statement]) & moved:
            name = min(free([statement]) & moved)
            raise Refused(
                "carried-dependence",
                f"line {statement.lineno} needs `{name}`, which only the worker would know",
                statement,
            )
