"""Hazards: what forbids or complicates running the rounds of a site side by side, each with the name and line that prove it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from advisor.model import code, tree
from advisor.model.catalog import Catalog, ThreadSafety
from advisor.model.effect import COMPUTING, WAITING_OUTSIDE, Effect
from advisor.model.estimate import Work
from advisor.model.program import FunctionInfo, Program
from advisor.model.site import Context, Dependence, Hazard, HazardKind, Site
from advisor.model.state import INSIDE, Access, Ambient, Deed, How, RootKind, Scope, State, Write
from advisor.model.summary import Proof, Summaries, Summary
from advisor.questions.calls import calls_of, entries, reads_on, receiver
from advisor.questions.flow import Flow
from advisor.questions.interference import ambient_clashes, varies, view
from advisor.questions.locks import held, held_again, is_lock
from advisor.questions.pickling import is_unpicklable, unpicklable_attribute
from advisor.questions.randomness import drawn_in_turn
from advisor.questions.thresholds import THE_POINT
from advisor.questions.transactions import is_batched, opens_transaction
from advisor.stages.weigh.connections import left_open
from advisor.stages.weigh.conversations import shared_conversations
from advisor.stages.weigh.dependence import costly_calls, drained, in_work, is_output
from advisor.stages.weigh.limits import Limits, limiters
from advisor.stages.weigh.order import names_read, order, target_name

# Asking a person is told by the effect itself; filters of warnings and set attributes of modules rarely break anything:
# enough to be refused by the rewrite, not to hold the advice back.
_MOSTLY_HARMLESS = frozenset({Ambient.WARNING_FILTERS, Ambient.INTERPRETER})
_HEAVY = 1e6  # bytes: copying this to a process takes longer than most work on it
_ASKED = 1.0  # seconds: a person who is asked in every round takes longer
_MOST_CALLERS = 6
_LEAVES = (Access.WRITE, Access.CREATE, Access.EXCLUSIVE)  # a file behind
_FEW_STEPS = 3  # calls from a site back to its own function: what is longer is seldom a recursion on purpose


def hazards(
    program: Program,
    catalog: Catalog,
    summaries: Summaries,
    site: Site,
    flow: Flow,
    summary: Summary,
    state: State,
    dependence: Dependence,
    work: Work,
    limits: Limits,
    last: Mapping[str, int],
    tasks: Mapping[str, FunctionInfo],
) -> tuple[Hazard, ...]:
    """All hazards of a site, in the order of kind and line, one a kind and name; `limits` tells of functions,
    `last` of names whose last value is read when the loop is over, `tasks` of functions that a task queue runs."""
    found = [
        *([] if site.kind.is_concurrent else _captures(program, catalog, summaries, site, flow, summary, state)),
        *([] if site.kind.is_concurrent else shared_conversations(program, catalog, summaries, site, summary, state)),
        *([] if site.kind.is_concurrent else left_open(program, catalog, summaries, site, summary)),
        *_functions(program, catalog, site),
        *_shared_writes(site, state),
        *_ambient(program, catalog, site, summary, state),
        *order(program, catalog, site, flow, summary, state, dependence),
        *limiters(program, summaries, site, limits),
        *_programs(catalog, state),
        *_names(program, site, flow, state),
        *_surroundings(program, catalog, site, flow, summary),
        *_taken_again(program, catalog, summaries, site, state),
        *_last_stays(flow, last),
        *_worker(site, tasks),
        *_recursion(program, site),
        *_doubts(program, site, summary, work),
    ]
    unique = {(hazard.kind, hazard.name): hazard for hazard in reversed(found)}
    return tuple(sorted(unique.values(), key=lambda h: (h.kind.value, h.line, h.name)))


def _programs(catalog: Catalog, state: State) -> Iterator[Hazard]:
    """Programs that are started and of which no word is written out."""
    for deed in state.deeds:
        known = catalog.call(deed.api) if deed.access is None else None
        if known is None or known[1].effect is not Effect.SUBPROCESS:
            continue
        if deed.key is None or deed.key.partial or not deed.key.text:
            because = f"which program `{deed.api}` starts is not known"
            yield Hazard(HazardKind.UNKNOWN_PROGRAM, deed.api, deed.where.line, because)


def _names(program: Program, site: Site, flow: Flow, state: State) -> Iterator[Hazard]:
    """Files that are named by a part of the item, which others may have as well. Items that are written out are held against
    each other by `dependence`."""
    if not site.kind.has_rounds or view(program, site).written.walks:
        return
    moving = frozenset(flow.bound)
    for deed in state.deeds:
        key = deed.key
        if deed.space == "file" and deed.access in _LEAVES and key is not None and key.merged and varies(key, moving):
            because = f"`{deed.api}` writes a file that is named by a part of the item"
            yield Hazard(HazardKind.NAMES_MAY_MEET, deed.api, deed.where.line, because)


def _worker(site: Site, tasks: Mapping[str, FunctionInfo]) -> Iterator[Hazard]:
    """A process of a task queue, from which no other can be started."""
    task = tasks.get(site.function)
    if task is not None:
        because = f"`{task.name}` runs in a worker of a task queue, a daemonic process that may start no others"
        yield Hazard(HazardKind.DAEMONIC_WORKER, task.name, site.line, because)


def _recursion(program: Program, site: Site) -> Iterator[Hazard]:
    """Work that leads back to the function in which the site stands."""
    if not site.kind.has_rounds:
        return
    calls = [(site.function, call) for call in calls_of(site)]
    seen: set[str] = set()
    for _ in range(_FEW_STEPS):
        reached = {t.name for f, call in calls for t in program.targets(f, call) if t.kind == "function"} - seen
        seen |= reached
        if site.function in reached:
            name = program.functions[site.function].name
            yield Hazard(HazardKind.RECURSION, name, site.line, f"the iterations lead back to `{name}`")
            return
        calls = [(name, call) for name in sorted(reached) for call in program.functions[name].calls]


def _last_stays(flow: Flow, last: Mapping[str, int]) -> Iterator[Hazard]:
    """Names of which only the value from the last round is used. Where a round may end the loop, it is that round's."""
    for name, line in last.items() if not (flow.breaks or flow.returns) else ():
        yield Hazard(
            HazardKind.LAST_STAYS, name, line, f"every iteration sets `{name}`, and what the last one set stays"
        )


def _captures(
    program: Program, catalog: Catalog, summaries: Summaries, site: Site, flow: Flow, summary: Summary, state: State
) -> Iterator[Hazard]:
    """Objects from outside the project that the rounds share."""
    total = summary.cost.total.expected or 1e-9
    own_files = _opens_its_own(catalog, flow, state)
    taking, sent = costly_calls(summary), _sent_calls(program, summaries, site, summary)
    # a conversation that takes a small part of the time stays behind, where what takes most of it goes to a worker
    points = frozenset(p.uid for p in summary.proofs if p.seconds.expected > THE_POINT * total) or taking
    for proof in summary.ever:
        owner = catalog.object(proof.api.rpartition(".")[0])
        if owner is not None and owner.ambient and proof.effect is Effect.DATABASE:
            short = proof.api.rpartition(".")[0]
            because = f"`{short}` works over the connection of its thread, with the transaction that is open there"
            yield Hazard(HazardKind.SERIALISED_CAPTURE, short, proof.line, because)
        if owner is not None and owner.embedded and not own_files and proof.uid in points:
            short = proof.api.rpartition(".")[0]
            because = f"`{short}` works on a local file, which takes one writer at a time"
            yield Hazard(HazardKind.SERIALISED_CAPTURE, short, proof.line, because)
    own = site.iterable is not None and not any(  # each round has an item of its own, unless the walked thing is one
        value.kind == "object" and ((known := catalog.object(value.name)) is None or known.yields is None)
        for value in program.values(site.function, site.iterable)
    )
    for use in state.uses:
        known = catalog.object(use.type)
        if known is None or use.place.label in drained(site) or (own and use.place.root.kind is RootKind.ITEM):
            continue
        if known.bar and use.where.function == site.function:
            continue  # the caller moves it on, once for each result
        name, line = use.place.label, use.where.line
        short = use.type
        known_as = catalog.call(use.api)
        if known.pool is not None and known_as is not None and known_as[1].callback is not None:
            continue  # what hands work to a pool is what would be changed
        names = {use.api} if known_as is None else {use.api, known_as[0]}  # a method may be told of a class above
        costly = any(p.api in names and p.seconds.expected > THE_POINT * total for p in summary.proofs)
        if not costly and is_output(catalog, use):
            yield Hazard(HazardKind.ORDERED_OUTPUT, name, line, f"`{name}` is written to in order")
        elif known.conversation and not costly and use.where.function != site.function and not in_work(use, points):
            because = f"`{name}` is one {short}, whose calls stay in turn in the caller"
            yield Hazard(HazardKind.ORDERED_OUTPUT, name, line, because)
        elif known.conversation or (reads_on(catalog, use.api) and INSIDE not in use.place.path):
            because = f"`{name}` is one {short}: its calls must come strictly in turn"
            yield Hazard(HazardKind.STATEFUL_CAPTURE, name, line, because)
        elif known.threads is ThreadSafety.NO:
            because = f"`{name}` is one {short}, which threads must not share"
            because += f": {known.instead}" if known.instead else ""
            yield Hazard(HazardKind.THREAD_UNSAFE_CAPTURE, name, line, because)
        elif known.threads is ThreadSafety.SERIALISED:
            yield Hazard(
                HazardKind.SERIALISED_CAPTURE,
                name,
                line,
                f"`{name}` is one {short}: safe to share, but it serves one call at a time",
            )
        elif (
            known.threads is ThreadSafety.UNKNOWN and known.picklable is not True and known.because.value != "reasoned"
        ):
            yield Hazard(
                HazardKind.THREAD_UNSAFE_CAPTURE,
                name,
                line,
                f"`{name}` is one {short}, whose documentation does not promise that threads may share it",
            )
        local = (
            use.place.root.kind is not RootKind.GLOBAL and len(use.place.path) < 2
        )  # a process makes its own globals
        if (
            is_unpicklable(catalog, use.type) and local and in_work(use, sent or taking)
        ):  # else it stays with the caller
            yield Hazard(
                HazardKind.UNPICKLABLE_CAPTURE, name, line, f"`{name}` is a {short}, which cannot be sent to a process"
            )


def _sent_calls(program: Program, summaries: Summaries, site: Site, summary: Summary) -> frozenset[int]:
    """The calls of the program's own functions that make an iteration what it is: those that a process would be sent."""
    least = THE_POINT * summary.cost.total.expected
    return frozenset(
        call.uid
        for call in calls_of(site)
        for target in program.targets(site.function, call)
        if target.kind == "function"
        and not target.callback
        and summaries.function(target.name).cost.total.expected >= least > 0
    )


def _opens_its_own(catalog: Catalog, flow: Flow, state: State) -> bool:
    """Does each iteration work on a local database of its own, in a file that the item names?"""
    deeds = (deed for deed in state.deeds if is_embedded(catalog, deed))
    moving, keys = frozenset(flow.bound), [deed.key for deed in deeds]
    return bool(keys) and all(key is not None and not key.partial and varies(key, moving) for key in keys)


def is_embedded(catalog: Catalog, deed: Deed) -> bool:
    """Is it done by a database engine in this process, to a file?"""
    owner = catalog.object(deed.api.rpartition(".")[0])
    return owner is not None and owner.embedded


def _functions(program: Program, catalog: Catalog, site: Site) -> Iterator[Hazard]:
    """Functions and values used by a round that cannot be sent to a process."""
    seen: set[str] = set()
    for name, line, node in names_read(site):
        if name in seen or name in site.targets:
            continue
        seen.add(name)
        for value in sorted(program.values(site.function, node), key=lambda v: (v.kind, v.name)):
            if value.kind == "function" and program.functions[value.name].is_nested:
                yield Hazard(
                    HazardKind.UNPICKLABLE_FUNCTION,
                    name,
                    line,
                    f"`{name}` is defined inside a function, so a process cannot import it",
                )
            elif value.kind in ("some", "instance") and name == "self":
                held = unpicklable_attribute(program, catalog, program.classes[value.name])
                if held is not None:
                    label = f"self.{held[0]}"
                    yield Hazard(HazardKind.UNPICKLABLE_CAPTURE, label, line, f"`{label}` cannot be sent to a process")


def _shared_writes(site: Site, state: State) -> Iterator[Hazard]:
    taken = drained(site)
    for write in state.writes:
        root, label, line = write.place.root, write.place.label, write.where.line
        if label in taken or write.how is How.DRAW:
            continue
        if root.kind is RootKind.ITEM:
            yield Hazard(HazardKind.ITEM_WRITE, label, line, f"every iteration changes its own `{root.name}`")
            continue
        if root.kind in (RootKind.GLOBAL, RootKind.CLASS, RootKind.DEFAULT):
            yield Hazard(HazardKind.GLOBAL_WRITE, label, line, f"the global `{label}` is changed")
        if write.memo and root.kind is not RootKind.LOCAL:
            yield Hazard(HazardKind.MEMO, label, line, f"`{label}` is filled once and reused by later iterations")
        elif root.kind is not RootKind.GLOBAL and not _is_the_loops_own(site, write):
            yield Hazard(HazardKind.SHARED_WRITE, label, line, f"every iteration changes `{label}`, which they share")


def _is_the_loops_own(site: Site, write: Write) -> bool:
    """A variable or a result that the loop itself sets or collects: the rewrite does that in the caller."""
    own = write.place.root.kind is RootKind.LOCAL and not write.place.path and write.where.function == site.function
    return own and write.how in (How.REBIND, How.AUGMENT, How.APPEND, How.ADD, How.KEY)


def _ambient(program: Program, catalog: Catalog, site: Site, summary: Summary, state: State) -> Iterator[Hazard]:
    """State that no expression names: the process, the thread and its context, random numbers."""
    costly = costly_calls(summary) | {
        call.uid for call in calls_of(site) if _is_of_the_thread(program, catalog, site, call)
    }
    work = State(ambient=tuple(use for use in state.ambient if not costly.isdisjoint(use.where.calls)))
    for use, because in ambient_clashes(work, state):
        if use.what is Ambient.INPUT or use.what in _MOSTLY_HARMLESS:
            continue
        kind = HazardKind.PROCESS_STATE if use.what.scope is Scope.PROCESS else HazardKind.THREAD_STATE
        yield Hazard(kind, use.api, use.where.line, because)
    for name, where in drawn_in_turn(program, catalog, state, copied=True):  # which model it will be is open yet
        because = f"random numbers come from `{name}` one after the other, and side by side the sequence would change"
        yield Hazard(HazardKind.RANDOM_DRAW, name, where.line, because)


def _is_of_the_thread(program: Program, catalog: Catalog, site: Site, call: code.Call) -> bool:
    """Is it a method, of which nothing is known, of what belongs to the running thread: `ctx.site.store.delete(key)`? How
    long it takes is not known, so it may be the work."""
    owner = receiver(call)
    known = any(target.kind == "function" for target in program.targets(site.function, call))
    if owner is None or known or entries(program, catalog, site.function, call):
        return False
    held = (value for part in tree.every(owner) for value in program.values(site.function, part))
    return any(value.kind in ("object", "external") and value.name in catalog.per_thread for value in held)


def _surroundings(program: Program, catalog: Catalog, site: Site, flow: Flow, summary: Summary) -> Iterator[Hazard]:
    if flow.yields:
        yield Hazard(
            HazardKind.LAZY_GENERATOR,
            program.functions[site.function].name,
            flow.yields[0],
            "the caller takes results one by one and may stop early",
        )
    for proof in summary.ever:
        if proof.effect is Effect.TERMINAL:
            yield _at_the_terminal(catalog, proof)
    for line in _lines_under_a_lock(program, catalog, site, summary):
        because = "the iterations would take turns at the lock that each holds while it waits"
        yield Hazard(HazardKind.LOCK_HELD, "lock", line, because)
    for name, line in _locks_around(program, catalog, site):
        again = _takes_again(program, site.function, calls_of(site), name.rpartition(".")[2])
        if again:
            because = f"`{name}` is held around the loop, and the iterations take it again (line {again})"
            yield Hazard(HazardKind.LOCK_HELD, name, line, because)
        else:
            yield Hazard(HazardKind.LOCK_AROUND, name, line, f"`{name}` is held by the caller until all is done")
    yield from _open_blocks(program, catalog, site)


def _taken_again(
    program: Program, catalog: Catalog, summaries: Summaries, site: Site, state: State
) -> Iterator[Hazard]:
    """Locks that the caller holds while the rounds need them: on another thread they would wait for ever."""
    for again, line in held_again(program, catalog, summaries, site, state):
        because = f"line {line} takes `{again.place.label}` around the loop, and the iterations take it again (line {again.where.line})"
        yield Hazard(HazardKind.LOCK_HELD, again.place.label, line, because)


def asks(catalog: Catalog, proof: Proof) -> bool:
    """Is a person asked at the terminal?"""
    known = catalog.call(proof.api)
    return proof.effect is Effect.TERMINAL and known is not None and Ambient.INPUT in known[1].state


def _at_the_terminal(catalog: Catalog, proof: Proof) -> Hazard:
    """What a round prints or asks. Only a question that every round comes to keeps the rounds in turn."""
    if not asks(catalog, proof):
        return Hazard(HazardKind.ORDERED_OUTPUT, proof.api, proof.line, "lines are printed in order")
    if proof.conditional or proof.guessed or proof.seconds.expected < _ASKED:
        return Hazard(HazardKind.MAY_ASK, proof.api, proof.line, "a person may be asked")
    return Hazard(HazardKind.INTERACTIVE, proof.api, proof.line, "a person is asked")


def _doubts(program: Program, site: Site, summary: Summary, work: Work) -> Iterator[Hazard]:
    """What the machine or the reader does not know well enough."""
    if work.parallel_native:
        api = next((p.api for p in summary.proofs if p.effect is Effect.PARALLEL_NATIVE), "native code")
        yield Hazard(HazardKind.OVERSUBSCRIPTION, api, site.line, f"`{api}` already uses all cores")
    if work.payload.expected > _HEAVY:
        megabytes = work.payload.expected / 1e6
        name = target_name(site) or "item"
        yield Hazard(
            HazardKind.HEAVY_PAYLOAD, name, site.line, f"each `{name}` is about {megabytes:.0f} MB to copy to a process"
        )
    if Context.ASYNC in site.contexts and any(p.effect in WAITING_OUTSIDE and not p.awaited for p in summary.proofs):
        yield Hazard(
            HazardKind.EVENT_LOOP,
            program.functions[site.function].name,
            site.line,
            "the site runs inside an event loop",
        )
    elif any(p.effect in WAITING_OUTSIDE for p in summary.proofs):
        for caller, call in program.callers(site.function)[:_MOST_CALLERS]:
            if program.functions[caller].is_async:
                name = program.functions[caller].name
                yield Hazard(HazardKind.EVENT_LOOP, name, call.line, f"the coroutine `{name}` calls it")
                break
    if summary.unresolved:
        computed = [c for c in tree.calls(site.body) if isinstance(c.function, code.Call | code.Subscript)]
        for call in computed:
            if not program.targets(site.function, call):
                because = "what is called here is chosen while the program runs"
                yield Hazard(HazardKind.DYNAMIC_CALL, tree.callee(call) or "a call", call.line, because)
                return
    if not summary.proofs and summary.unresolved:
        for call in calls_of(site):
            if not program.targets(site.function, call):
                yield Hazard(
                    HazardKind.DYNAMIC_CALL,
                    tree.callee(call) or "a call",
                    call.line,
                    "what is called here cannot be determined from the source",
                )
                return


def _lines_under_a_lock(program: Program, catalog: Catalog, site: Site, summary: Summary) -> Iterator[int]:
    """The lines of costly calls that a round makes while it holds a lock."""
    total = summary.cost.total.expected or 1e-9
    costly = [p.line for p in summary.proofs if p.seconds.expected > THE_POINT * total and p.effect not in COMPUTING]
    for statement in tree.statements(site.body):
        if isinstance(statement, code.With) and any(
            is_lock(program, catalog, site.function, item) for item, _ in statement.items
        ):
            yield from (line for line in costly if statement.line <= line <= statement.end_line)


def _locks_around(program: Program, catalog: Catalog, site: Site) -> Iterator[tuple[str, int]]:
    """The locks that are held while all rounds of the site run, each with the line that takes it."""
    for lock, line in held(program, catalog, program.functions[site.function], site.line, site.end_line):
        yield _name(lock) or "the lock", line


def _takes_again(program: Program, function: str, calls: Iterable[code.Call], lock: str, depth: int = 4) -> int:
    """The line of the first of `calls` that takes a lock of this name, itself or in the project's functions it leads to;
    0 where none does."""
    for call in calls:
        if tree.callee(call).endswith(f"{lock}.acquire"):
            return call.line
        for target in program.targets(function, call):
            if target.kind != "function" or target.callback not in ("", "here") or not depth:
                continue
            body = program.functions[target.name].body
            taken = any(
                isinstance(statement, code.With)
                and any(_name(item).rpartition(".")[2] == lock for item, _ in statement.items)
                for statement in tree.statements(body)
            )
            if taken or _takes_again(program, target.name, tree.calls(body), lock, depth - 1):
                return call.line
    return 0


def _name(expression: code.Expr) -> str:
    return tree.callee(expression) if isinstance(expression, code.Call) else tree.dotted(expression) or ""


def _open_blocks(program: Program, catalog: Catalog, site: Site) -> Iterator[Hazard]:
    """The transactions and batches that all rounds belong to."""
    for statement in program.functions[site.function].withs_around(site.line, site.end_line):
        for context, bound in statement.items:
            name = _name(context)
            if opens_transaction(program, catalog, site.function, context):
                because = f"the iterations share the transaction that `{name}` opened"
                yield Hazard(HazardKind.TRANSACTION, name, site.line, because)
            if is_batched(program, catalog, site, context, bound):
                because = f"the calls wait for the end of the block that `{name}` opened"
                yield Hazard(HazardKind.BATCHED, name, statement.line, because)
