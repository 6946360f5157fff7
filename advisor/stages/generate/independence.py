"""Independence: what is about to be written is held against the same facts as the advice, and refused with the line that forbids it.

An iteration falls into the work that a worker runs, ahead of its turn and beside others, and the rest that the caller keeps
in order; the items are drawn ahead as well. Nothing that one of the three changes may be read or changed by another.
"""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator, Sequence

from advisor.model import code, tree
from advisor.model.catalog import ThreadSafety
from advisor.model.program import FunctionInfo
from advisor.model.site import HazardKind, SiteKind
from advisor.model.state import (
    Access,
    Ambient,
    Deed,
    How,
    Read,
    RootKind,
    Scope,
    State,
    Where,
)
from advisor.questions.calls import entries
from advisor.questions.ending import without_last
from advisor.questions.fields import by_two_ways
from advisor.questions.flow import drawn_from
from advisor.questions.interference import (
    Clash,
    View,
    ambient_clashes,
    changes_outside,
    clashes,
    independent,
    meetings,
)
from advisor.questions.lines import may_show, shows
from advisor.questions.pools import starts_work
from advisor.questions.randomness import drawn_in_turn
from advisor.questions.walks import asked_for_position, decided, looked_at_again, spoilt
from advisor.questions.written_back import written_back
from advisor.stages.generate.apart import Parts, parts_of, state_of, whole_loop
from advisor.stages.generate.clients import own_names
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.failures import may_stop, taken_alone
from advisor.stages.generate.halfway import LATER_EFFECTS, check_left_behind
from advisor.stages.generate.names import yields
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.scripts import unread_script
from advisor.stages.generate.telling import check_worth_handing
from advisor.stages.generate.work import Cut

ORDERED_OUTPUT = "ordered-output"
UNKNOWN_PROGRAM = "unknown-program"
_LASTING = frozenset({RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT, RootKind.SELF, RootKind.LOCAL})
_TASK_SAFE = frozenset({Ambient.EVENT_LOOP, Ambient.CURRENT_THREAD})  # the same for all tasks of a loop


def check_independent(draft: Draft, made: Cut, *, all_run: bool = False) -> None:
    """Refused where the work may not run ahead of its turn, beside other work, as the draft's way would run it.

    `all_run`: the work of all items is done as it is, whatever fails.
    """
    parts = parts_of(draft, made)
    _check_unknown(draft, parts)
    _check_levels(draft, made)
    _check_pools(draft, made)
    _check_conversations(draft, parts)
    _check_clients(draft, made, parts)
    _check_lines(draft, parts)
    _check_draws(draft, parts)
    _check_ambient(draft, parts)
    _check_memory(draft, parts)
    _check_walk(draft, made, parts)
    _check_outside(draft, made, parts)
    if not all_run:
        _check_later(draft, made, parts)
        check_left_behind(draft, made, parts)
        check_worth_handing(draft, made)


def _check_unknown(draft: Draft, parts: Parts) -> None:
    """What is called only for what it does, of an object that the iterations share and of which nothing is known, may do
    anything to it."""
    for use in parts.work.acted:
        if use.place.root.kind is RootKind.ITEM:
            continue
        because = f"nothing is known of `{use.api}` ({_at(use.where)}), which may change `{use.place.label}` that all items share"
        raise Refused("shared-write", because, draft.loop)


def _check_levels(draft: Draft, made: Cut) -> None:
    """Work that leads back to where it stands would open a pool at every level."""
    alone = draft.way.tasks and not draft.way.through
    if not alone and draft.order.site.function in draft.inquiry.reached(made.nodes):
        because = "the work leads back to this place, and every level of the recursion would open a pool of its own"
        raise Refused("carried-dependence", because, draft.loop)


def _check_pools(draft: Draft, made: Cut) -> None:
    """What is handed to one pool by all iterations begins in the order in which it is handed over."""
    program, catalog = draft.order.program, draft.order.catalog
    if draft.order.site.runs_beside:
        return
    here = [(draft.order.site.function, call) for call in draft.inquiry.calls(made.nodes)]
    there = [(each, call) for each in draft.inquiry.reached(made.nodes) for call in program.functions[each].calls]
    for function, call in (*here, *there):
        if not isinstance(call.function, code.Attribute) or not starts_work(program, catalog, function, call):
            continue
        pools = program.objects.places(function, call.function.value)
        if any(p.root.kind is not RootKind.LOCAL or function == draft.order.site.function for p in pools):
            because = f"line {call.line} hands work to a pool that the iterations share, which takes it in the order of the loop"
            raise Refused("shared-write", because, draft.loop)


def check_moved(draft: Draft, made: Cut) -> None:
    """Refused where work that keeps its turn would not do the same on another thread, or in another process."""
    parts = parts_of(draft, made)
    _check_ambient(draft, parts)
    if draft.way.isolated:
        _check_draws(draft, parts)
        _check_copies(draft, parts.work)


def check_row(draft: Draft, made: Cut, between: Sequence[ast.stmt]) -> None:
    """The same for statements in a row, which all start at once; `between` are those among them that stay with the caller."""
    states = [state_of(draft, [statement]) for statement in made.statements]
    rest = state_of(draft, between)
    seen = View(draft.order.program.objects, draft.order.site.function)
    nothing = State()
    _check_turns(draft, states)
    for state in states:
        parts = Parts(state, rest, nothing, seen, frozenset())
        _check_ambient(draft, parts)
        if draft.way.isolated:
            _check_copies(draft, state)
        for one, other in ((state, rest), (rest, state)):
            for clash in clashes(seen, one, other, apart=False):
                raise Refused("carried-dependence", _between_work(clash), draft.loop)
    for one, other in itertools.permutations(states, 2):
        for clash in clashes(seen, one, other, apart=False):
            raise Refused("carried-dependence", _between_work(clash), draft.loop)
        drawn = next(_drawn(draft, one), None)
        if drawn is not None and (draft.way.isolated or any(True for _ in _drawn(draft, other))):
            raise Refused("random-draw", f"random numbers are drawn ({_at(drawn[1])}), in order", draft.loop)
    for one, other in itertools.combinations(states, 2):
        why = independent(one, other)
        if why is not None:
            raise Refused("carried-dependence", why, draft.loop)
        later = changes_outside(other) or _may_change(draft, other)
        if later is not None and LATER_EFFECTS not in draft.order.accepted:
            because = f"if what comes before fails, `{later.api}` ({_at(later.where)}) would have been done already"
            because += f"; --accept {LATER_EFFECTS} allows it"
            raise Refused(LATER_EFFECTS, because, draft.loop)
    talking = [lines for state in states if (lines := list(shows(draft.order.program.objects, state)))]
    if talking:
        _check_lines(draft, Parts(State(ambient=tuple(talking[0])), rest, nothing, seen, frozenset()))


def _check_turns(draft: Draft, states: Sequence[State]) -> None:
    """What one object is asked by two of them, where that must happen in turn, or by one thread at a time."""
    for one, other in itertools.combinations(states, 2):
        places = {use.place for use in other.uses}
        for use in one.uses:
            known = draft.order.catalog.object(use.type)
            if known is None or use.place not in places:
                continue
            if known.conversation:
                because = f"`{use.place.label}` is one {use.type}: its calls must come strictly in turn"
                raise Refused(HazardKind.STATEFUL_CAPTURE.value, because, draft.loop)
            if known.threads is ThreadSafety.NO and not (draft.way.tasks and not draft.way.through):
                because = f"`{use.place.label}` is one {use.type}, which threads must not share"
                raise Refused(HazardKind.THREAD_UNSAFE_CAPTURE.value, because, draft.loop)


def _check_conversations(draft: Draft, parts: Parts) -> None:
    """What must be asked strictly in turn stays with the caller, or the iterations cannot run side by side."""
    kinds = (HazardKind.STATEFUL_CAPTURE, HazardKind.ORDERED_OUTPUT)
    named = {h.name.partition(".")[0]: h for h in draft.order.case.hazards if h.kind in kinds}
    for use in parts.work.uses:
        known = draft.order.catalog.object(use.type)
        hazard = named.get(use.place.root.name)
        if known is not None and known.conversation and hazard is not None and use.place.root.kind is not RootKind.ITEM:
            raise Refused(
                HazardKind.STATEFUL_CAPTURE.value,
                f"`{use.place.label}` is one {use.type}: its calls must come strictly in turn",
                use.where.line,
            )


def _check_clients(draft: Draft, made: Cut, parts: Parts) -> None:
    """What a client of the worker's own was asked, the one client that the caller has does not know of."""
    own = own_names(draft, made)
    shared = {h.name for h in draft.order.case.hazards if h.kind is HazardKind.THREAD_UNSAFE_CAPTURE}
    threads = not draft.way.isolated and not (draft.way.tasks and not draft.way.through)
    for use in parts.work.uses:
        if threads and use.place.label in shared and use.place.root.name not in own:
            because = f"`{use.place.label}` is one {use.type}, which threads must not share"
            raise Refused(HazardKind.THREAD_UNSAFE_CAPTURE.value, because, draft.loop)
    for use in parts.rest.uses:
        known = draft.order.catalog.object(use.type)
        if (
            use.place.root.name in own
            and known is not None
            and (known.conversation or known.threads is ThreadSafety.NO)
        ):
            because = f"line {use.where.line} goes on with `{use.place.label}`, of which each worker has one of its own"
            raise Refused(HazardKind.STATEFUL_CAPTURE.value, because, draft.loop)


# ---- memory


def _check_memory(draft: Draft, parts: Parts) -> None:
    way, seen = draft.way, parts.seen
    if way.isolated:
        _check_copies(draft, parts.work)
    _check_variables(draft, parts)
    for clash in clashes(seen, parts.work, parts.work):
        if way.tasks and not way.through and _one_step(clash):
            continue
        raise Refused("shared-write", _between_work(clash), draft.loop)
    check_tables(draft, parts.work)
    if parts.rest.handed and (held := _held_read(parts)) is not None:
        read = f"`{held.place.label}` (read on line {held.where.line})"
        because = f"the caller calls a function that a variable holds, which may change {read}"
        raise Refused("carried-dependence", because, draft.loop)
    _check_put_away(draft, parts.work)
    for clash in clashes(seen, parts.work, parts.rest):
        because = f"the work changes `{clash.write.place.label}` ({_at(clash.write.where)}), which line {clash.second.line} uses in order"
        raise Refused("shared-write", because, draft.loop)
    rest = without_last(draft.order.site, parts.rest)
    for clash in clashes(seen, rest, parts.work):
        label = clash.read.place.label if clash.read is not None else clash.write.place.label
        because = f"the work reads `{label}` ({_at(clash.second)}), which line {clash.write.where.line} changes in each iteration"
        raise Refused("carried-dependence", because, draft.loop)
    for clash in by_two_ways(draft.order.program, (*parts.work.writes, *rest.writes), parts.work.reads):
        because = f"line {clash.write.where.line} changes `{clash.write.place.label}` in each iteration"
        because += f", which may be what the work reads in line {clash.second.line}"
        raise Refused("carried-dependence", because, draft.loop)


def _check_put_away(draft: Draft, work: State) -> None:
    """What the work calls by a variable of which nothing is known may be any function that the program has put away."""
    program = draft.order.program
    for function in program.objects.put_away() if work.handed else ():
        info = program.functions[function]
        for write in draft.order.summaries.function_state(function).writes:
            if not write.memo and write.place.root.kind in _LASTING:
                because = f"the work calls what a variable holds, which may be `{info.name}`, and that changes `{write.place.label}`"
                raise Refused("shared-write", f"{because} ({_at(write.where)})", draft.loop)


def check_tables(draft: Draft, work: State) -> None:
    """A table that is filled as its entries are needed shows, to who looks at all of it, which were asked for and in what order."""
    program = draft.order.program
    for write in work.writes:
        if not write.memo or write.how is not How.KEY:
            continue
        name = write.place.path[-1] if write.place.path else write.place.root.name
        for info in program.functions.values():
            if not _speaks_of(info, name):
                continue
            looks = draft.order.summaries.function_state(info.id).reads
            seen = next((read for read in looks if read.whole and read.place == write.place), None)
            if seen is not None:
                because = f"the work fills `{write.place.label}` ({_at(write.where)}), and line {seen.where.line} looks at all of it"
                raise Refused("shared-write", because, draft.loop)


def _speaks_of(info: FunctionInfo, name: str) -> bool:
    """Is the name, of a variable or an attribute, written in the function?"""
    return any(
        (isinstance(node, code.Name) and node.id == name) or (isinstance(node, code.Attribute) and node.name == name)
        for node in info.expressions
    )


def _held_read(parts: Parts) -> Read | None:
    """A read, by the work, of what lies in an object or variable that outlives the iteration."""
    kinds = (RootKind.GLOBAL, RootKind.LOCAL, RootKind.CLASS, RootKind.SELF, RootKind.PARAM, RootKind.DEFAULT)
    return next((read for read in parts.work.reads if read.exposed and read.place.root.kind in kinds), None)


def _check_variables(draft: Draft, parts: Parts) -> None:
    """What the work calls must not look at a variable that each iteration gives another value: it is no longer in step."""
    function = draft.order.program.functions[draft.order.site.function]
    owner = function.path if function.is_module else function.id
    touched = [(r.place, r.where) for r in parts.work.reads] + [(w.place, w.where) for w in parts.work.writes]
    for place, where in touched:
        root = place.root
        if root.kind in (RootKind.GLOBAL, RootKind.LOCAL) and root.owner == owner and root.name in parts.bound:
            because = f"line {where.line} looks at `{root.name}`, which the loop sets, from within another function"
            raise Refused("carried-dependence", because, draft.loop)


def _check_copies(draft: Draft, work: State) -> None:
    """What a process changes, it changes for itself alone."""
    for write in work.writes:
        if write.memo and write.place.root.kind in (RootKind.GLOBAL, RootKind.CLASS):
            continue  # each process fills in its own
        because = f"the work changes `{write.place.label}` ({_at(write.where)}), which a process would do to a copy"
        raise Refused("shared-write", because, draft.loop)


def _one_step(clash: Clash) -> bool:
    """In one thread counting, where nobody reads the count in between, is one step."""
    other = clash.other
    counts = other is not None and clash.write.how is other.how is How.AUGMENT
    return counts and clash.write.constant and other is not None and other.constant


def _between_work(clash: Clash) -> str:
    label = clash.write.place.label
    if clash.read is not None:
        return f"the work changes `{label}` ({_at(clash.write.where)}), which the work of another iteration reads ({_at(clash.second)})"
    return f"the work changes `{label}` ({_at(clash.write.where)}), and the order of that would be lost"


def _at(where: Where) -> str:
    return f"line {where.line}"


def _check_walk(draft: Draft, made: Cut, parts: Parts) -> None:
    """Items are drawn ahead: that must not show, nor may anything that happens meanwhile change what is drawn."""
    walk, seen = parts.walk, parts.seen
    gone = spoilt(draft.order.program, draft.order.catalog, draft.order.summaries, whole_loop(draft))
    if gone is not None and gone.is_read(parts.work.reads + parts.rest.reads):
        raise Refused("carried-dependence", gone.because, draft.loop)
    again = looked_at_again(draft.order.program, draft.order.catalog, whole_loop(draft))
    for _, because in (*decided(again, parts.work), *decided(again, parts.rest)):
        raise Refused("carried-dependence", because, draft.loop)
    for part in (parts.work, parts.rest):
        for _, _, because in asked_for_position(draft.order.program, draft.order.catalog, whole_loop(draft), part):
            raise Refused("carried-dependence", because, draft.loop)
    both = State(
        parts.work.reads + parts.rest.reads,
        tuple(w for w in parts.work.writes + parts.rest.writes if not seen.is_own_entry(w)),
    )
    for clash in (*clashes(seen, walk, both), *clashes(seen, both, walk)):
        if _is_taken_out(clash):
            continue
        line = clash.second.line if any(w is clash.write for w in walk.writes) else clash.write.where.line
        because = f"line {line} uses or changes `{clash.write.place.label}`, from which the items are drawn ahead"
        raise Refused("carried-dependence", because, draft.loop)
    acts = [w.where for w in walk.writes if not w.memo and w.place.root.kind is not RootKind.ITEM]
    acts += [d.where for d in walk.deeds if d.access and not d.access.looks]
    lines = list(shows(draft.order.program.objects, walk))
    deeds: tuple[Deed, ...] = (*parts.work.deeds, *parts.rest.deeds)
    # a look at which things there are does not count: each removes the one that it was given
    met = (
        meetings(one, other, parts.moving, listed=False) for one, other in ((walk.deeds, deeds), (deeds, walk.deeds))
    )
    for meeting in itertools.chain.from_iterable(met):
        because = f"line {meeting.one.where.line} changes what the items are drawn from"
        raise Refused("carried-dependence", because, draft.loop)
    if lines and (any(True for _ in shows(draft.order.program.objects, parts.rest)) or made.early):
        raise Refused(
            ORDERED_OUTPUT,
            f"line {lines[0].where.line} prints or logs while the items are drawn, which would happen ahead",
            draft.loop,
        )
    for use in walk.ambient:
        if use.what is Ambient.EXIT:
            because = f"line {use.where.line} may end the program while the items are drawn, and they are drawn ahead"
            raise Refused("process-state", because, draft.loop)
    if acts and (made.early or made.asked_later or _hands_out(draft)):
        ends = "the loop may end early" if made.early else "whoever takes the values may stop before the last"
        because = f"{ends}, and line {acts[0].line} would already have taken further items"
        raise Refused("early-exit", because, draft.loop)
    if made.early and (first := _first_come(draft)) is not None:
        because = f"the loop may end with the first result of line {first} that serves, and drawing ahead would wait for later ones"
        raise Refused("early-exit", because, draft.loop)
    if made.early and not _lasts(draft, made):
        because = "the loop may end early, and items taken ahead would be lost to whoever reads on from what it walks"
        raise Refused("early-exit", because, draft.loop)


def _hands_out(draft: Draft) -> bool:
    """Does the loop give its values to somebody, one by one?"""
    return isinstance(draft.loop, ast.For | ast.AsyncFor | ast.While) and yields(draft.loop.body)


def _is_taken_out(clash: Clash) -> bool:
    """An item is no longer in the iterator that gave it, which draws the next one and leaves it as it is."""
    other = clash.read or clash.other
    return clash.write.how is How.TAKE and other is not None and other.place.root.kind is RootKind.ITEM


def _first_come(draft: Draft) -> int | None:
    """The line of a call that gives results as they are there, from which the items are drawn: `as_completed(futures)`."""
    program, catalog, here = draft.order.program, draft.order.catalog, draft.order.site.function
    walked = drawn_from(program, whole_loop(draft))
    calls = [(here, each) for walk in walked for each in tree.every(walk) if isinstance(each, code.Call)]
    inside = sorted(draft.order.summaries.reached(here, tuple(call for _, call in calls)))
    calls += [(each, call) for each in inside for call in program.functions[each].calls]
    for function, call in calls:
        if any(entry.unordered for _, entry in entries(program, catalog, function, call)):
            return call.line
    return None


def _lasts(draft: Draft, made: Cut) -> bool:
    """Can nobody miss the items that were taken ahead: is it a collection, or made for this loop alone?"""
    head, inquiry = draft.head, draft.inquiry
    if draft.order.site.kind is SiteKind.MAP and isinstance(made.expression, ast.Call):
        return all(map(inquiry.sized, made.expression.args[1:]))
    if head.node is None:
        return not head.lazy or bool(head.walks)
    if head.sized or inquiry.sized(head.node):
        return True
    return _made_here(draft, head.node)


def _made_here(draft: Draft, node: ast.AST) -> bool:
    """Is it an iterator that nobody else has: made on the spot, of collections, or of what is made on the spot itself?"""
    inquiry = draft.inquiry
    match node:
        case ast.Call(func=ast.Name(id="iter" | "map" | "filter" | "enumerate" | "zip"), args=walked):
            return all(map(inquiry.sized, walked))
        case ast.Call():
            call = inquiry.call(node)
            known = () if call is None else entries(draft.order.program, draft.order.catalog, inquiry.function, call)
            places = {entry.walks for _, entry in known if entry.lazy and entry.elements is not None}
            walked = [each for at, each in enumerate(node.args) if at in places or "all" in places]
            sources = [each for each in walked if not inquiry.sized(each)]
            return bool(inquiry.kinds(node)) and all(_made_here(draft, each) for each in sources)
        case ast.GeneratorExp():
            return bool(inquiry.kinds(node))  # known, and made right here
    return False


# ---- state that no expression names


def _check_lines(draft: Draft, parts: Parts) -> None:
    found = next(shows(draft.order.program.objects, parts.work), None)
    if found is None:
        _check_programs(draft, parts.work)
        return
    if ORDERED_OUTPUT in draft.order.accepted:
        draft.notes.append(f"{_at(found.where)} prints or logs: lines of several iterations may mix")
        return
    because = f"{_at(found.where)} calls `{found.api}`, and the lines of several iterations would mix"
    raise Refused(ORDERED_OUTPUT, because, found.where.line)


def _check_programs(draft: Draft, work: State) -> None:
    """Programs that are started print where this one does, unless something takes what they print."""
    found = next(may_show(work), None)
    if found is None or draft.order.site.runs_beside:  # there the lines come in any order already
        return
    if ORDERED_OUTPUT in draft.order.accepted:
        draft.notes.append(f"{_at(found.where)} starts programs: lines that they print may mix")
        return
    because = f"what `{found.api}` ({_at(found.where)}) starts may print to the same terminal, in another order"
    because += ": capture the output, and print it in order"
    raise Refused(ORDERED_OUTPUT, because, found.where.line)


def _check_draws(draft: Draft, parts: Parts) -> None:
    for name, where in _drawn(draft, parts.work):
        because = f"the work draws from `{name}` ({_at(where)}): the numbers would come in another order"
        raise Refused("random-draw", because, draft.loop)


def _drawn(draft: Draft, state: State) -> Iterator[tuple[str, Where]]:
    return drawn_in_turn(draft.order.program, draft.order.catalog, state, copied=draft.way.isolated)


def _check_ambient(draft: Draft, parts: Parts) -> None:
    pure = draft.way.tasks and not draft.way.through
    for use, because in ambient_clashes(parts.work, parts.rest):
        if pure and (use.what in _TASK_SAFE or (use.what is Ambient.THREAD_LOCAL and use.access is Access.READ)):
            continue
        raise Refused(
            "process-state" if use.what.scope is Scope.PROCESS else "thread-state",
            f"{because} ({_at(use.where)})",
            draft.loop,
        )
    for use in parts.work.ambient:
        if use.what is Ambient.EXIT and (draft.way.tasks or draft.way.isolated):
            raise Refused(
                "process-state",
                f"the work may end the program ({_at(use.where)}), which a task or process cannot",
                draft.loop,
            )
        if use.what is Ambient.PROCESS_ID and draft.way.isolated:
            raise Refused(
                "process-state", f"the work asks for the number of its process ({_at(use.where)})", draft.loop
            )


# ---- outside


def _check_outside(draft: Draft, made: Cut, parts: Parts) -> None:
    work, rest = parts.work.deeds, parts.rest.deeds
    _check_scripts(draft, work, parts.moving)
    found = (
        *meetings(work, work, parts.moving, parts.seen.written),
        *meetings(work, rest, parts.moving, parts.seen.written),
        *meetings(rest, work, parts.moving, parts.seen.written),
    )
    for detail in written_back(draft.order.program, draft.order.catalog, draft.order.site):
        raise Refused("carried-dependence", f"{detail.because}, and changes of others would be lost", detail.line)
    for meeting in found:
        one, other = meeting.one, meeting.other
        if one.access is other.access is Access.APPEND and not any(one is d for d in rest):
            because = f"`{one.api}` ({_at(one.where)}) adds to one thing in every iteration, and the order of that would be lost"
        elif meeting.nested:
            because = f"`{one.api}` ({_at(one.where)}) acts on things that lie in one another, and the outer one must be there first"
        else:
            because = f"`{one.api}` ({_at(one.where)}) and `{other.api}` ({_at(other.where)}) use the same thing in every iteration"
        raise Refused("shared-write", because, draft.loop)
    _check_store(draft, work, rest)
    for hazard in draft.order.case.hazards:
        if hazard.kind is HazardKind.NAMES_MAY_MEET:
            draft.notes.append(
                f"line {hazard.line} names files by a part of the item: two items must not lead to one file"
            )
    changed = next((w for w in parts.work.writes if not w.memo), None)
    if changed is not None and (made.early or made.asked_later or _hands_out(draft)):
        stops = "the loop ends early" if made.early else "whoever takes the values stops before the last"
        because = f"if {stops}, `{changed.place.label}` ({_at(changed.where)}) would have been changed for later items already"
        raise Refused("early-exit", because, draft.loop)


def _check_store(draft: Draft, work: Sequence[Deed], rest: Sequence[Deed]) -> None:
    """What is read of a store that others write as well, and changed by the caller in the same iteration, stays close to that:
    what somebody writes in between would be lost."""
    changing = [deed for deed in rest if deed.access and not deed.access.looks and deed.space != "file"]
    for one, other in itertools.product(work, changing):
        known = one.key is not None and one.key == other.key and bool(one.key.places) and not one.key.partial
        if known and one.space == other.space and one.access and one.access.looks:
            because = f"`{one.api}` ({_at(one.where)}) would read long before `{other.api}` ({_at(other.where)}) changes the same,"
            raise Refused("shared-write", f"{because} and what others write meanwhile would be lost", draft.loop)


def _check_scripts(draft: Draft, deeds: Sequence[Deed], moving: frozenset[str]) -> None:
    """A script that another interpreter runs may need what it left behind the last time."""
    catalog = draft.order.catalog
    stands = draft.order.site.runs_beside or UNKNOWN_PROGRAM in draft.order.accepted
    for deed in () if stands else deeds:
        if script := unread_script(catalog, deed, moving):
            because = f"`{deed.api}` ({_at(deed.where)}) runs {script}: it may need what it left the last time"
            raise Refused(UNKNOWN_PROGRAM, because + "; --accept unknown-program rewrites it all the same", draft.loop)


def _check_later(draft: Draft, made: Cut, parts: Parts) -> None:
    changes = changes_outside(parts.work) or _may_change(draft, parts.work)
    if changes is None or LATER_EFFECTS in draft.order.accepted:
        return
    if may_stop(draft, made):
        stops = "the loop ends early" if made.early else "an item fails"
        because = f"if {stops}, `{changes.api}` ({_at(changes.where)}) would have been done for later items already"
        because += f"; --accept {LATER_EFFECTS} allows it"
        raise Refused(LATER_EFFECTS, because, draft.loop)
    if taken := taken_alone(made):
        ends = f"a failure other than `{'`, `'.join(taken)}` ends the loop as before"
        draft.notes.append(
            f"{ends}, but `{changes.api}` ({_at(changes.where)}) may have been done for later items by then"
        )


def _may_change(draft: Draft, state: State) -> Deed | None:
    """A request whose method nobody has written out."""
    for deed in state.deeds:
        known = draft.order.catalog.call(deed.api) if deed.access is None else None
        if known is not None and known[1].verb is not None:
            return deed
    return None
