"""Hazards: what forbids or complicates running the rounds of a site side by side, each with the name and line that prove it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.model import code, tree
from advisor.model.catalog import Catalog, ThreadSafety
from advisor.model.effect import Effect
from advisor.model.estimate import Work
from advisor.model.program import Program, Value
from advisor.model.site import Context, Dependence, Hazard, HazardKind, Site, SiteKind
from advisor.model.state import Ambient, AmbientUse, How, RootKind, Scope, State, Write
from advisor.model.summary import Proof, Summary
from advisor.questions.flow import Flow
from advisor.questions.interference import ambient_clashes, draws
from advisor.questions.randomness import seeded_generators
from advisor.stages.weigh.dependence import costly_calls, drained
from advisor.stages.weigh.order import MUCH, READS_ON, calls_of_round, names_read, order, target_name

_CONCURRENT = frozenset({SiteKind.POOL, SiteKind.THREAD, SiteKind.GATHER})
# Asking a person is told by the effect itself; filters of warnings and set attributes of modules rarely break anything:
# enough to be refused by the rewrite, not to hold the advice back.
_MOSTLY_HARMLESS = frozenset({Ambient.WARNING_FILTERS, Ambient.INTERPRETER})
_COMPUTES = frozenset({Effect.CPU_PYTHON, Effect.CPU_NATIVE, Effect.CPU_NATIVE_NOGIL, Effect.PARALLEL_NATIVE})
_HEAVY = 1e6  # bytes: copying this to a process takes longer than most work on it
BLOCKING = frozenset({Effect.NETWORK, Effect.DATABASE, Effect.SUBPROCESS, Effect.SLEEP})
_WRITES = frozenset(["write", "writelines", "writerow", "writerows", "send"])
_ASKS = frozenset(["input", "getpass", "prompt", "confirm"])  # belongs to rules/words.yml
_ASKED = 1.0  # seconds: a person who is asked in every round takes longer
_MOST_CALLERS = 6


def hazards(
    program: Program,
    catalog: Catalog,
    site: Site,
    flow: Flow,
    summary: Summary,
    state: State,
    dependence: Dependence,
    work: Work,
) -> tuple[Hazard, ...]:
    """All hazards of a site, in the order of kind and line, one a kind and name."""
    found = [
        *([] if site.kind in _CONCURRENT else _captures(program, catalog, site, summary, state)),
        *_functions(program, site),
        *_shared_writes(site, state),
        *_ambient(program, catalog, summary, state),
        *order(program, site, flow, summary, state, dependence),
        *_surroundings(program, site, flow, summary),
        *_doubts(program, site, summary, work),
    ]
    unique = {(hazard.kind, hazard.name): hazard for hazard in reversed(found)}
    return tuple(sorted(unique.values(), key=lambda h: (h.kind.value, h.line, h.name)))


def _captures(program: Program, catalog: Catalog, site: Site, summary: Summary, state: State) -> Iterator[Hazard]:
    """Objects from outside the project that the rounds share."""
    total = summary.cost.total.expected or 1e-9
    connects = _connects_anew(site)
    for proof in summary.ever:
        owner = catalog.object(proof.api.rpartition(".")[0])
        if owner is not None and owner.ambient and proof.effect is Effect.DATABASE:
            short = proof.api.rpartition(".")[0]
            because = f"`{short}` works over the connection of its thread, with the transaction that is open there"
            yield Hazard(HazardKind.SERIALISED_CAPTURE, short, proof.line, because)
        if owner is not None and owner.embedded and not connects:
            short = proof.api.rpartition(".")[0]
            because = f"`{short}` works on a local file, which takes one writer at a time"
            yield Hazard(HazardKind.SERIALISED_CAPTURE, short, proof.line, because)
    own = site.iterable is not None and not any(  # each round has an item of its own, unless the walked thing is one
        value.kind == "object" for value in program.values(site.function, site.iterable)
    )
    for use in state.uses:
        known = catalog.object(use.type)
        if known is None or use.place.label in drained(site) or (own and use.place.root.kind is RootKind.ITEM):
            continue
        name, line = use.place.label, use.where.line
        short = use.type
        costly = any(p.api == use.api and p.seconds.expected > MUCH * total for p in summary.proofs)
        written = use.api.rpartition(".")[2] in _WRITES and not known.conversation
        if known.conversation or (short.startswith("io.") and use.api.rpartition(".")[2] in READS_ON):
            if use.api.rpartition(".")[2] in _WRITES and not costly:
                yield Hazard(HazardKind.ORDERED_OUTPUT, name, line, f"`{name}` is written to in order")
            elif known.conversation and not costly and use.where.function != site.function:
                because = f"`{name}` is one {short}, whose calls stay in turn in the caller"
                yield Hazard(HazardKind.ORDERED_OUTPUT, name, line, because)
            else:
                yield Hazard(
                    HazardKind.STATEFUL_CAPTURE,
                    name,
                    line,
                    f"`{name}` is one {short}: its calls must come strictly in turn",
                )
        elif written:
            yield Hazard(HazardKind.ORDERED_OUTPUT, name, line, f"`{name}` is written to in order")
        elif known.threads is ThreadSafety.NO:
            yield Hazard(
                HazardKind.THREAD_UNSAFE_CAPTURE, name, line, f"`{name}` is one {short}, which threads must not share"
            )
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
        if known.picklable is False and local:
            yield Hazard(
                HazardKind.UNPICKLABLE_CAPTURE, name, line, f"`{name}` is a {short}, which cannot be sent to a process"
            )


def _connects_anew(site: Site) -> bool:
    """Does each round open a database of its own: `connect` with an argument that the round is about?"""
    return any(
        tree.callee(call).rpartition(".")[2] == "connect"
        and any(
            isinstance(node, code.Name) and node.id in site.targets
            for argument in call.arguments
            for node in tree.every(argument)
        )
        for call in calls_of_round(site)
    )


def _functions(program: Program, site: Site) -> Iterator[Hazard]:
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
            elif _is_unpicklable_self(program, value) and name == "self":
                attribute = _unpicklable_attribute(program, value)
                if attribute:
                    yield Hazard(
                        HazardKind.UNPICKLABLE_CAPTURE,
                        f"self.{attribute}",
                        line,
                        f"`self.{attribute}` cannot be sent to a process",
                    )


def _is_unpicklable_self(program: Program, value: Value) -> bool:
    return value.kind in ("some", "instance") and value.name in program.classes


def _unpicklable_attribute(program: Program, value: Value) -> str:
    """An attribute of the object that holds a lock, a lambda or a nested function."""
    for attribute, given in sorted(program.classes[value.name].assigned.items()):
        for function, expression in given:
            if isinstance(expression, code.Lambda):
                return attribute
            for inner in program.values(function, expression):
                if inner.kind == "object" and inner.name.startswith(("threading.", "queue.", "_thread.", "socket.")):
                    return attribute
    return ""


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


def _ambient(program: Program, catalog: Catalog, summary: Summary, state: State) -> Iterator[Hazard]:
    """State that no expression names: the process, the thread and its context, random numbers."""
    costly = costly_calls(summary)
    work = State(ambient=tuple(use for use in state.ambient if not costly.isdisjoint(use.where.calls)))
    for use, because in ambient_clashes(work, state):
        if use.what is Ambient.INPUT or use.what in _MOSTLY_HARMLESS:
            continue
        kind = HazardKind.PROCESS_STATE if use.what.scope is Scope.PROCESS else HazardKind.THREAD_STATE
        yield Hazard(kind, use.api, use.where.line, because)
    seeded = seeded_generators(program, catalog)
    for name, where, drawn in draws(state):
        if isinstance(drawn, AmbientUse) and drawn.what not in seeded and drawn.what is Ambient.RANDOM:
            continue  # never seeded: no run is like another anyway, and each process starts with a seed of its own
        because = f"random numbers come from `{name}` one after the other, and side by side they would come otherwise"
        yield Hazard(HazardKind.RANDOM_DRAW, name, where.line, because)


def _surroundings(program: Program, site: Site, flow: Flow, summary: Summary) -> Iterator[Hazard]:
    if flow.yields:
        yield Hazard(
            HazardKind.LAZY_GENERATOR,
            program.functions[site.function].name,
            flow.yields[0],
            "the caller takes results one by one and may stop early",
        )
    for proof in summary.ever:
        if proof.effect is Effect.TERMINAL:
            yield _at_the_terminal(proof)
    for line in _lines_under_a_lock(program, site, summary):
        because = "the rounds would take turns at the lock that each holds while it waits"
        yield Hazard(HazardKind.LOCK_HELD, "lock", line, because)
    for name, line in _locks_around(program, site):
        again = _takes_again(program, site.function, calls_of_round(site), name.rpartition(".")[2])
        if again:
            because = f"`{name}` is held around the loop, and the rounds take it again (line {again})"
            yield Hazard(HazardKind.LOCK_HELD, name, line, because)
        else:
            yield Hazard(HazardKind.LOCK_AROUND, name, line, f"`{name}` is held by the caller until all is done")
    for context in _open_transactions(program, site):
        yield Hazard(
            HazardKind.TRANSACTION, context, site.line, f"the rounds share the transaction that `{context}` opened"
        )


def asks(proof: Proof) -> bool:
    """Is a person asked at the terminal?"""
    return proof.effect is Effect.TERMINAL and proof.api.rpartition(".")[2] in _ASKS


def _at_the_terminal(proof: Proof) -> Hazard:
    """What a round prints or asks. Only a question that every round comes to keeps the rounds in turn."""
    if not asks(proof):
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
    if Context.ASYNC in site.contexts and any(p.effect in BLOCKING and not p.awaited for p in summary.proofs):
        yield Hazard(
            HazardKind.EVENT_LOOP,
            program.functions[site.function].name,
            site.line,
            "the site runs inside an event loop",
        )
    elif any(p.effect in BLOCKING for p in summary.proofs):
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
        for call in calls_of_round(site):
            if not program.targets(site.function, call):
                yield Hazard(
                    HazardKind.DYNAMIC_CALL,
                    tree.callee(call) or "a call",
                    call.line,
                    "what is called here cannot be told from the source",
                )
                return


def _lines_under_a_lock(program: Program, site: Site, summary: Summary) -> Iterator[int]:
    """The lines of costly calls that a round makes while it holds a lock."""
    total = summary.cost.total.expected or 1e-9
    costly = [p.line for p in summary.proofs if p.seconds.expected > MUCH * total and p.effect not in _COMPUTES]
    for statement in tree.statements(site.body):
        if isinstance(statement, code.With) and any(
            is_lock(program, site.function, item) for item, _ in statement.items
        ):
            yield from (line for line in costly if statement.line <= line <= statement.end_line)


def _locks_around(program: Program, site: Site) -> Iterator[tuple[str, int]]:
    """The locks that are held while all rounds of the site run, each with the line that takes it."""
    if Context.LOCKED not in site.contexts:
        return
    for statement in tree.statements(program.functions[site.function].body):
        if isinstance(statement, code.With) and statement.line < site.line and site.end_line <= statement.end_line:
            for item, _ in statement.items:
                named = tree.callee(item) if isinstance(item, code.Call) else tree.dotted(item) or ""
                if is_lock(program, site.function, item):
                    yield named or "the lock", statement.line


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
                isinstance(statement, code.With) and any(_last(item) == lock for item, _ in statement.items)
                for statement in tree.statements(body)
            )
            if taken or _takes_again(program, target.name, tree.calls(body), lock, depth - 1):
                return call.line
    return 0


def _last(expression: code.Expr) -> str:
    named = tree.callee(expression) if isinstance(expression, code.Call) else tree.dotted(expression) or ""
    return named.rpartition(".")[2]


def is_lock(program: Program, function: str, expression: code.Expr) -> bool:
    named = (tree.dotted(expression) or "").lower().rpartition(".")[2]
    return any(v.name.endswith("Lock") for v in program.values(function, expression)) or named.strip("_").endswith(
        "lock"
    )


def _open_transactions(program: Program, site: Site) -> Iterator[str]:
    info = program.functions[site.function]
    for statement in tree.statements(info.body):
        if isinstance(statement, code.With) and statement.line < site.line and site.end_line <= statement.end_line:
            for context, _ in statement.items:
                called = context.function if isinstance(context, code.Call) else context
                named = tree.dotted(called) or ""
                if named.rpartition(".")[2] in ("atomic", "begin", "transaction", "begin_nested") or any(
                    v.name in ("sqlite3.Connection", "psycopg2.extensions.connection")
                    for v in program.values(info.id, context)
                ):
                    yield named
