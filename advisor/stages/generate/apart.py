"""Taking an iteration apart: what the work, the rest of it and drawing the items touch, each looked at as a piece."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from advisor.model import code, tree
from advisor.model.site import Site, SiteKind
from advisor.model.state import (
    How,
    Piece,
    Place,
    RootKind,
    State,
    Write,
)
from advisor.questions.flow import flow_of, iteration, taker, walking
from advisor.questions.interference import (
    View,
    settled,
    view,
)
from advisor.stages.generate.clients import own_names
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.handed import as_called
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.work import Cut

_CONTENTS = frozenset({How.APPEND, How.ADD, How.KEY, How.TAKE})


@dataclass(frozen=True, slots=True)
class Parts:
    """The state that each part of an iteration touches: the work, what stays with the caller, and drawing the next item."""

    work: State
    rest: State
    walk: State
    seen: View
    moving: frozenset[str]  # names that get another value in each iteration
    bound: frozenset[str] = frozenset()  # of these, those that each iteration sets before it reads them


def parts_of(draft: Draft, made: Cut) -> Parts:
    order, site = draft.order, whole_loop(draft)
    ways = flow_of(site)
    work = _work(draft.inquiry, made)
    copied = [s for s in made.prepare if not any(s is d for d in made.dropped)]
    gone = work.identities - work_nodes(draft.inquiry, copied).identities
    gone |= frozenset(id(node) for node in _only_step(draft))
    whole = iteration(site, ways)
    targets = site.targets | draft.head.names
    whole = replace(whole, private=whole.private | targets, targets=targets, without=gone)
    moving = frozenset(ways.bound) | targets
    takes = taker(order.program.functions[site.function], order.site)
    if takes is not None:
        bound = frozenset(flow_of(takes).bound) | takes.targets
        whole = replace(whole, private=whole.private | bound, statements=(*whole.statements, *takes.body))
        moving |= bound
    if isinstance(site.node, code.While) or site.kind is SiteKind.MAP:
        whole = replace(whole, expressions=())
    part = _piece(draft, work, whole)

    def state(piece: Piece) -> State:
        return settled(order.summaries.state(piece), moving)

    return Parts(
        work=_without_results(draft, _without_own(draft, made, _without_pieces(state(part), made))),
        rest=state(whole),
        walk=state(_walk(draft, site, whole)),
        seen=view(order.program, site),
        moving=moving,
        bound=whole.private,
    )


def work_state(draft: Draft, made: Cut) -> State:
    """The state that the work touches, of a loop's iteration or of statements in a row."""
    site = whole_loop(draft)
    work = _work(draft.inquiry, made)
    return draft.order.summaries.state(_piece(draft, work, iteration(site, flow_of(site))))


def state_of(draft: Draft, statements: Sequence[ast.stmt]) -> State:
    found = work_nodes(draft.inquiry, statements)
    return _without_results(draft, draft.order.summaries.state(Piece(draft.order.site.function, found.statements)))


def whole_loop(draft: Draft) -> Site:
    """The site; of a call that hands work over in each round, the loop or comprehension around it."""
    site = draft.order.site
    if not site.kind.is_concurrent:
        return site
    statements = draft.inquiry.statements_at(draft.loop.lineno)
    for statement in statements:
        match statement:
            case code.For(target=target, iterable=iterable, body=body):
                targets = frozenset(tree.bound_names(target))
                return replace(site, node=statement, body=body, parts=(), targets=targets, iterable=iterable)
            case code.While(test=test, body=body):
                return replace(site, node=statement, body=body, parts=(test,), iterable=None)
    for node in (each for statement in statements for head in tree.heads(statement) for each in tree.every(head)):
        if isinstance(node, code.Comprehension) and any(
            part is inner for part in site.parts for inner in tree.every(node)
        ):
            first, *others = node.clauses
            parts = (*first.conditions, *(p for c in others for p in (c.iterable, *c.conditions)), node.element)
            names = frozenset(name for clause in node.clauses for name in tree.bound_names(clause.target))
            return replace(site, node=node, parts=parts, targets=names, iterable=first.iterable)
    return site


def _piece(draft: Draft, work: Nodes, whole: Piece) -> Piece:
    handed_over = draft.order.site.kind.is_concurrent
    made = (as_called(draft.inquiry, e) if handed_over and isinstance(e, code.Call) else e for e in work.expressions)
    return replace(
        whole, statements=work.statements, expressions=tuple(made), without=frozenset(), handed_over=handed_over
    )


def _walk(draft: Draft, site: Site, whole: Piece) -> Piece:
    """Drawing the next item."""
    if isinstance(site.node, code.While):
        return Piece(site.function, tuple(_only_step(draft)) if draft.head.above else (), targets=whole.targets)
    return replace(walking(draft.order.program, site), targets=whole.targets)


def _only_step(draft: Draft) -> list[code.Stmt]:
    """The statements that only keep a `while` going: the rewrite walks what they count or take out."""
    lines = [statement.lineno for statement in draft.head.gone]
    if draft.head.above and isinstance(draft.loop, ast.While):
        lines.append(draft.loop.body[0].lineno)
    return [statement for line in lines for statement in draft.inquiry.statements_at(line)]


@dataclass(frozen=True, slots=True)
class Nodes:
    """Nodes of the analysis: statements, and expressions that are not part of them."""

    statements: tuple[code.Stmt, ...] = ()
    expressions: tuple[code.Expr, ...] = ()

    @property
    def identities(self) -> frozenset[int]:
        """Also of what stands in a `with`, of which a part may be left where it is."""
        found = {id(node) for node in (*self.statements, *self.expressions)}
        for statement in self.statements:
            if isinstance(statement, code.With):
                inside = (each.value if isinstance(each, code.Evaluate) else each for each in statement.body)
                found |= {id(node) for node in (*(context for context, _ in statement.items), *inside)}
        return frozenset(found)


def _work(inquiry: Inquiry, made: Cut) -> Nodes:
    """What the analysis calls the work: of a `with` that the worker enters no more than it does in there."""
    if made.block is None:
        return work_nodes(inquiry, made.nodes)
    before, inner = work_nodes(inquiry, made.prepare), work_nodes(inquiry, made.inner)
    line = made.block.lineno
    body = (*inner.statements, *(code.Evaluate(expression, line) for expression in inner.expressions))
    around = [each for each in inquiry.statements_at(line) if isinstance(each, code.With)]
    return Nodes((*before.statements, *(structs.replace(each, body=body) for each in around)), before.expressions)


def work_nodes(inquiry: Inquiry, nodes: Sequence[ast.AST]) -> Nodes:
    """What the analysis calls the nodes that a worker runs: the statements on their lines, or the expressions around their calls."""
    statements: list[code.Stmt] = []
    expressions: list[code.Expr] = []
    for node in nodes:
        if isinstance(node, ast.stmt):
            statements += inquiry.statements_at(node.lineno)
            continue
        calls = inquiry.calls([node])
        around = inquiry.expression_around(calls)
        expressions += calls if around is None else [around]
    return Nodes(tuple(statements), tuple(expressions))


def _without_results(draft: Draft, state: State) -> State:
    """A variable that the function itself sets is given back; who reads it is a matter of names."""
    here = draft.order.site.function

    def given(write: Write) -> bool:
        plain = write.how is How.REBIND and not write.place.path
        return plain and write.where.function == here and write.place.root.kind in (RootKind.LOCAL, RootKind.GLOBAL)

    return replace(state, writes=tuple(w for w in state.writes if not given(w)))


def _without_pieces(work: State, made: Cut) -> State:
    """Collections that the work fills piece by piece: each worker gives its own piece back, and the caller adds them in order."""
    own = [w for w in work.writes if not (w.place.root.name in made.private and not w.place.path)]
    return replace(work, writes=tuple(own))


def _without_own(draft: Draft, made: Cut, work: State) -> State:
    """Clients of which each worker makes one of its own are shared no longer; what is put into an object, or taken out of
    it, is meant for others."""
    own = own_names(draft, made)

    def shared(place: Place) -> bool:
        return place.root.kind is RootKind.ITEM or place.root.name not in own

    return replace(work, reads=tuple(r for r in work.reads if shared(r.place)),
                   writes=tuple(w for w in work.writes if shared(w.place) or w.how in _CONTENTS))  # fmt: skip
