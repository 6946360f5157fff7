"""Sections: what a coroutine does without giving way is done in one go for all other tasks of its event loop, until a
rewrite lets it give way in the middle."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile

from advisor.model import code, tree
from advisor.model.program import FunctionInfo
from advisor.model.refactor import Order
from advisor.model.site import Context
from advisor.model.state import How, Piece, Place, RootKind, State, Write
from advisor.questions.alone import is_alone
from advisor.questions.lineage import methods
from advisor.stages.generate.refused import Refused

_SHARED = frozenset({RootKind.GLOBAL, RootKind.CLASS, RootKind.SELF, RootKind.DEFAULT, RootKind.PARAM})
_WHOLE = frozenset({RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT})  # what lies in one of these belongs together


def check_section(order: Order) -> None:
    """Refused where the coroutine looks at or changes something that others see before it comes to the site, changes it
    after that, and gives way nowhere in between: another task could then change it meanwhile, or find it half done."""
    site, program = order.site, order.program
    info = program.functions[site.function]
    if not info.is_async or site.contexts & {Context.AWAITS, Context.LOCKED} or site.kind.is_concurrent:
        return
    if order.fault is not None:  # whoever mends a wait that holds up the loop wants others to come in between
        return
    before, here, after = _around(info.body, site.line, site.end_line)
    if is_alone(program, order.catalog, info.id):
        return
    states = [order.summaries.state(Piece(info.id, tuple(part))) for part in (before, here, after)]
    found = _changed_meanwhile(*states, looped=any(isinstance(each, code.For | code.While) for each in here))
    if found is not None:
        because = (
            f"`{found.place.label}` is seen or changed before this place and changed after it (line {found.where.line})"
        )
        because += ", and another task of the event loop could now come in between"
        raise Refused("shared-write", because, site.line)
    half = _half_made(order, info, *states)
    if half is not None:
        because = f"`{half[0].place.label}` (line {half[0].where.line}) and `{half[1].place.label}` (line {half[1].where.line})"
        because += " are set without giving way in between: another task could now see one without the other"
        raise Refused("shared-write", because, site.line)


def _half_made(
    order: Order, info: FunctionInfo, before: State, here: State, after: State
) -> tuple[Write, Write] | None:
    """Attributes of one object that are set before and after the wait, and that something else looks at together."""
    first, later = _set(before), [*_set(here), *_set(after)]
    pairs = [(one, other) for one in first for other in later if one.place.path != other.place.path]
    for reads in _reads_of_others(order, info) if pairs else ():
        for one, other in pairs:
            if one.place.path[0] in reads and other.place.path[0] in reads:
                return one, other
    return None


def _set(state: State) -> list[Write]:
    kinds = (RootKind.SELF, RootKind.CLASS)
    return [w for w in _changes(state) if w.how is How.REBIND and w.place.root.kind in kinds and len(w.place.path) == 1]


def _reads_of_others(order: Order, info: FunctionInfo) -> Iterable[set[str]]:
    """The attributes that each of the other methods of the object looks at."""
    cls = order.program.classes.get(info.owner or "")
    for name in sorted(methods(order.program, cls).values()) if cls is not None else ():
        if name != info.id and name in order.program.functions:
            reads = order.summaries.function_state(name).reads
            yield {r.place.path[0] for r in reads if r.place.root.kind is RootKind.SELF and r.place.path and r.exposed}


def _around(body: tree.Block, first: int, last: int) -> tuple[list[code.Stmt], list[code.Stmt], list[code.Stmt]]:
    """The statements before those lines, after the last that gives way; the one that stands there; and those after it, up to
    the next that gives way."""
    before: list[code.Stmt] = []
    here: list[code.Stmt] = []
    after: list[code.Stmt] = []
    block = body
    while not here:
        inside = next((s for s in block if s.line <= first and last <= _end(s)), None)
        if inside is None:
            return before, list(block), after
        before += [s for s in block if _end(s) < first]
        after = [s for s in block if s.line > last] + after
        inner = next((b for b in tree.blocks(inside) if any(s.line <= first and last <= _end(s) for s in b)), None)
        if inner is None or inside.line == first:
            here = [inside]
        else:
            before += [code.Evaluate(head, line=inside.line) for head in tree.heads(inside)]
            block = inner
    kept = list(takewhile(lambda s: not _gives_way(s), reversed(before)))
    return kept[::-1], here, list(takewhile(lambda s: not _gives_way(s), after))


def _end(statement: code.Stmt) -> int:
    """The last line on which something of a statement begins."""
    within = (each for one in tree.statements((statement,)) for head in tree.heads(one) for each in tree.every(head))
    lines = (getattr(each, "end_line", None) or tree.line_of(each) for each in within)
    return max((statement.line, *lines, *(inner.line for inner in tree.statements((statement,)))))


def _gives_way(statement: code.Stmt) -> bool:
    within = tree.statements((statement,))
    return any(isinstance(each, code.For | code.With) and each.is_async for each in within) or any(
        isinstance(each, code.Await) for each in tree.expressions((statement,))
    )


def _changed_meanwhile(before: State, here: State, after: State, *, looped: bool) -> Write | None:
    """What is changed after the site of which something was seen or changed before it. What a loop changes from round to
    round is judged with its rounds."""
    seen_before = _places(before)
    seen_here = _places(here) if not looped else ()
    for write in _changes(after):
        if any(_belong_together(write.place, place) for place in (*seen_before, *_places(here))):
            return write
    for write in _changes(here):
        own = seen_here if write.how is How.AUGMENT else ()
        if any(_belong_together(write.place, place) for place in (*seen_before, *own)):
            return write
    return None


def _changes(state: State) -> Iterable[Write]:
    return (write for write in state.writes if not write.memo and write.place.root.kind in _SHARED)


def _places(state: State) -> tuple[Place, ...]:
    return (*(read.place for read in state.reads), *(write.place for write in state.writes))


def _belong_together(one: Place, other: Place) -> bool:
    """Are they the same thing, or parts of one that may have to agree?"""
    if one.root != other.root:
        return False
    return one.root.kind in _WHOLE or not one.path or not other.path or one.path[0] == other.path[0]
