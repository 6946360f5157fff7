"""Order: rounds that follow one another on purpose, however little they need each other.

Pauses between calls, attempts, pages, messages, listed steps, and waits for what runs already.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.catalog import Catalog
from advisor.model.effect import Effect
from advisor.model.program import Program
from advisor.model.site import Dependence, DependenceKind, Hazard, HazardKind, Site, SiteKind
from advisor.model.state import Access, State
from advisor.model.summary import Summary
from advisor.model.words import is_named, mentions
from advisor.questions.bars import behind_bar
from advisor.questions.calls import argument, calls_of, entries, is_pause, last_name, reads_on, receiver
from advisor.questions.flow import Flow
from advisor.questions.interference import target_of, view
from advisor.questions.lengths import is_counter, is_endless
from advisor.questions.rounds import once_or_more
from advisor.questions.thresholds import THE_POINT
from advisor.stages.weigh.dependence import counted, drained

_OUTSIDE = frozenset({Effect.NETWORK, Effect.DATABASE, Effect.SUBPROCESS, Effect.ASYNC})
_ACTS = frozenset({Effect.SUBPROCESS, Effect.ASYNC, Effect.DATABASE})
_TELLS = (Access.CREATE, Access.APPEND)
_OURS = frozenset({"file", "object", "program"})  # what lies on this machine
_ASKS = (".get", ".head", ".select", ".fetch", ".check_output")
_PIPES = frozenset({"stdout", "stderr"})
_WAITS_FOR_ITSELF = frozenset({"wait", "join", "result", "communicate"})
_WAITS_FOR_ARGUMENT = frozenset({"wait_for", "shield"})


def order(
    program: Program,
    catalog: Catalog,
    site: Site,
    flow: Flow,
    summary: Summary,
    state: State,
    dependence: Dependence,
) -> Iterator[Hazard]:
    """Every sign that the rounds are to come one after the other."""
    yield from _pace(program, catalog, site, flow, summary, state)
    yield from _pages(catalog, site, flow, summary, dependence)
    yield from _streams(program, catalog, site, flow, state)
    yield from _messages(program, catalog, site, summary)
    yield from _steps(catalog, site, summary)
    yield from _history(catalog, site, state)
    yield from _running(program, catalog, site, summary)
    yield from _queued(catalog, summary)


def _pace(
    program: Program, catalog: Catalog, site: Site, flow: Flow, summary: Summary, state: State
) -> Iterator[Hazard]:
    """Sleeps that are there on purpose: between requests, between looks, between attempts."""
    if site.kind.value not in ("for", "while"):
        return
    counted_out = isinstance(site.node, code.For) and _is_retry(program, catalog, site, flow)
    if counted_out or (isinstance(site.node, code.While) and once_or_more(site.body) is not None):
        yield Hazard(HazardKind.RETRY, target_name(site), site.line, "the loop tries one thing again until it works")
        return
    outside = any(proof.effect in _OUTSIDE for proof in summary.proofs)
    asking = isinstance(site.node, code.While) and not drained(site) and not counted(site, flow)
    for call in _sleeps(catalog, site.body):
        statement, line = tree.callee(call), call.line
        if asking:
            yield Hazard(HazardKind.POLLING, statement, line, "the loop looks, sleeps and looks again")
        elif not is_pause(catalog, call):
            continue
        elif outside:
            yield Hazard(
                HazardKind.RATE_LIMIT,
                statement,
                line,
                "the sleep between the calls looks like a limit that the server sets",
            )
        else:
            yield Hazard(HazardKind.POLLING, statement, line, "the sleep paces the loop on purpose")
        return
    for use in state.uses:
        if any(mentions(name, catalog.words.limiters) for name in (use.type, use.place.label)):
            yield Hazard(
                HazardKind.RATE_LIMIT,
                use.place.label,
                use.where.line,
                f"`{use.place.label}` limits how fast calls may follow each other",
            )


def _sleeps(catalog: Catalog, block: tree.Block) -> Iterator[code.Call]:
    """Direct sleeps of a round that happen when all goes well (not those of an error handler)."""
    for statement in block:
        if isinstance(statement, code.Try):
            for each in (statement.body, statement.final, statement.orelse):
                yield from _sleeps(catalog, each)
            continue
        for head in tree.heads(statement):
            for node in tree.every(head):
                if isinstance(node, code.Call) and is_named(tree.callee(node), catalog.words.pauses):
                    yield node
        for inner in tree.blocks(statement):
            yield from _sleeps(catalog, inner)


def _is_retry(program: Program, catalog: Catalog, site: Site, flow: Flow) -> bool:
    """Is one thing tried again and again: rounds that are counted, and left early though they need nothing of the count?"""
    named = target_name(site)
    nodes = () if site.iterable is None else tree.every(site.iterable)
    read = (node.id for node in nodes if isinstance(node, code.Name))
    worded = any(mentions(name, catalog.words.attempts) for name in (named, *read))
    counting = _counts(program, catalog, site)
    leaves = bool(flow.breaks or flow.returns)
    used = any(name in site.targets for name, _, _ in names_read(site))
    alone = named.lower() in (
        "retry",
        "attempt",
        "retry_state",
    )  # whatever hands out attempts, one needs no more of the next
    return alone or (worded and counting) or (leaves and counting and (worded or not used))


def _counts(program: Program, catalog: Catalog, site: Site) -> bool:
    """Does the loop walk numbers that it makes up, with an end or without?"""
    if site.iterable is None:
        return False
    walked = behind_bar(program, catalog, site.function, site.iterable)
    return is_counter(program, catalog, site.function, walked) or is_endless(program, site.function, walked)


def _pages(catalog: Catalog, site: Site, flow: Flow, summary: Summary, dependence: Dependence) -> Iterator[Hazard]:
    """Pages fetched one after the other."""
    # A `for` over known items that sets an object's page or url says which one it wants: that came out of no page.
    asked = isinstance(site.node, code.While)
    carried = [
        detail
        for detail in dependence.details
        if dependence.kind is DependenceKind.CARRIED and (asked or detail.name in flow.names)
    ]
    for detail in carried:
        if mentions(detail.name, catalog.words.pages) and any(p.effect in _OUTSIDE for p in summary.proofs):
            yield Hazard(
                HazardKind.PAGINATION, detail.name, detail.line, f"`{detail.name}` comes out of the page before"
            )
    if _is_open_ended(site, flow):
        counters = [name for name, use in sorted(flow.names.items()) if use.stepped and not use.written]
        ends = flow.breaks or flow.returns
        for name in counters:
            if ends and mentions(name, catalog.words.pages) and any(p.effect in _OUTSIDE for p in summary.proofs):
                yield Hazard(
                    HazardKind.PAGINATION,
                    name,
                    flow.names[name].stepped,
                    "how many pages there are is known only at the last one",
                )


def _is_open_ended(site: Site, flow: Flow) -> bool:
    return isinstance(site.node, code.While) and not drained(site) and not counted(site, flow)


def _streams(program: Program, catalog: Catalog, site: Site, flow: Flow, state: State) -> Iterator[Hazard]:
    """Files, answers and connections read piece by piece."""
    for use in state.uses if _is_open_ended(site, flow) else ():
        if reads_on(catalog, use.api):
            name, line = use.place.label, use.where.line
            yield Hazard(HazardKind.STREAMING, name, line, f"`{name}` is one stream, read piece by piece")
    if isinstance(site.iterable, code.Attribute) and site.iterable.name in _PIPES:
        owner = tree.dotted(site.iterable.value)
        said = (node for each in tree.statements(site.body) for head in tree.heads(each) for node in tree.every(head))
        if owner is not None and any(tree.dotted(node) == owner for node in said):
            because = f"`{owner}` may wait for what an iteration tells it before it gives the next line"
            yield Hazard(HazardKind.STREAMING, owner, site.line, because)
    for node in tree.every(site.iterable) if site.iterable is not None else ():
        if isinstance(node, code.Call) and _gives_pieces(program, catalog, site.function, node):
            yield Hazard(HazardKind.STREAMING, tree.callee(node), node.line, "one answer is read piece by piece")


def _gives_pieces(program: Program, catalog: Catalog, function: str, call: code.Call) -> bool:
    """Is it a method that reads a stream piece by piece? `readlines` reads on as well, but all at once."""
    if receiver(call) is None or last_name(call) not in catalog.words.stream_methods:
        return False
    known = entries(program, catalog, function, call)
    return not known or any(reads_on(catalog, name) for name, _ in known)


def _messages(program: Program, catalog: Catalog, site: Site, summary: Summary) -> Iterator[Hazard]:
    """Messages sent one by one, whose answers nobody looks at: those who read them expect them in order."""
    if not isinstance(site.node, code.For):
        return
    total = summary.cost.total.expected or 1e-9
    amended = _amended(catalog, site, view(program, site).written.repeated)
    told, alone = _told(site), frozenset(call.uid for call in _alone(site))
    for proof in summary.proofs:
        called = told.get(proof.uid, "") if proof.effect is Effect.NETWORK and proof.callee is not None else ""
        words = (called or proof.api.rpartition(".")[2]).lower().strip("_").split("_")
        sent = words[0] in catalog.words.sends or (words[0] in catalog.words.adds and called)
        sent = sent or (_accesses(catalog, proof.api) is Access.APPEND and not catalog.words.sends.isdisjoint(words))
        if _accesses(catalog, proof.api) is Access.CREATE and proof.uid not in alone:
            continue  # a request, whose answer is what it is sent for
        if (
            (proof.effect is Effect.ASYNC or called)
            and sent
            and proof.uid not in amended
            and proof.seconds.expected > THE_POINT * total
        ):
            yield Hazard(
                HazardKind.MESSAGE_ORDER,
                called or proof.api,
                proof.line,
                "messages are sent one after the other, in order",
            )


def _queued(catalog: Catalog, summary: Summary) -> Iterator[Hazard]:
    """Rounds that wait for nothing longer than for a task queue to take what its workers will do."""
    waits = [proof for proof in summary.proofs if proof.effect in _OUTSIDE]
    longest = max(waits, key=lambda proof: proof.seconds.expected, default=None)
    if longest is not None and (known := catalog.call(longest.api)) is not None and known[1].enqueues:
        yield Hazard(HazardKind.QUEUED, longest.api, longest.line, f"`{longest.api}` only puts a task into a queue")


def _accesses(catalog: Catalog, api: str) -> Access | None:
    """What a call is known to do to a thing outside."""
    known = catalog.call(api)
    return None if known is None else known[1].access


_ITSELF = ("self", "cls")


def _told(site: Site) -> dict[int, str]:
    """The methods of one other object that a loop calls for what they do alone, by call."""
    own = frozenset(tree.bound_in(site.body)) | site.targets
    return {
        call.uid: last_name(call)
        for call in _alone(site)
        if (owner := receiver(call)) is not None
        and tree.dotted(owner) not in _ITSELF
        and own.isdisjoint(node.id for node in tree.every(owner) if isinstance(node, code.Name))
    }


def _alone(site: Site) -> Iterator[code.Call]:
    """The calls whose results nobody looks at."""
    for statement in tree.statements(site.body):
        if isinstance(statement, code.Evaluate):
            value = statement.value.value if isinstance(statement.value, code.Await) else statement.value
            if isinstance(value, code.Call):
                yield value


def _amended(catalog: Catalog, site: Site, repeated: frozenset[str]) -> frozenset[int]:
    """The calls that change the round's own item where it stands: nobody sees which of two items was changed first."""
    item = target_of(site)
    if not isinstance(item, code.Name) or item.id in repeated or item.id in tree.bound_in(site.body):
        return frozenset()
    return frozenset(
        call.uid
        for call in calls_of(site)
        if isinstance(call.function, code.Attribute)
        and isinstance(call.function.value, code.Name)
        and call.function.value.id == item.id
        and call.function.name in catalog.words.amends
    )


def _steps(catalog: Catalog, site: Site, summary: Summary) -> Iterator[Hazard]:
    """Commands, hooks and migrations are listed in the order in which they are to run, and so is what is reversed."""
    if site.kind is not SiteKind.FOR or site.iterable is None:
        return
    if not any(p.effect in _ACTS and not p.api.endswith(_ASKS) for p in summary.proofs):
        return
    if any(isinstance(node, code.Call) and tree.callee(node) == "reversed" for node in tree.every(site.iterable)):
        yield Hazard(HazardKind.STEPS, "reversed", site.line, "the items are taken in reverse, so order matters")
    name = next((name for name in _names_walked(site) if mentions(name, catalog.words.steps)), None)
    if name is not None:
        yield Hazard(HazardKind.STEPS, name, site.line, f"`{name}` sounds like steps that follow one another")


def _history(catalog: Catalog, site: Site, state: State) -> Iterator[Hazard]:
    """What came about one after the other and is told to another machine, which numbers it as it arrives."""
    told = any(deed.access in _TELLS and deed.space not in _OURS for deed in state.deeds)
    if site.kind is not SiteKind.FOR or site.iterable is None or not told:
        return
    name = next((name for name in _names_walked(site) if mentions(name, catalog.words.histories)), None)
    if name is not None:
        yield Hazard(HazardKind.STEPS, name, site.line, f"`{name}` sounds like a history, which is told in order")


def _names_walked(site: Site) -> Iterator[str]:
    """The names of what each round is about, and of what is walked."""
    yield from sorted(site.targets)
    for node in tree.every(site.iterable) if site.iterable is not None else ():
        if isinstance(node, code.Name | code.Attribute):
            yield node.id if isinstance(node, code.Name) else node.name


def _running(program: Program, catalog: Catalog, site: Site, summary: Summary) -> Iterator[Hazard]:
    """Waits for what the loop walks: threads, processes, tasks and futures run already, whoever waits for them."""
    total = summary.cost.total.expected or 1e-9
    costly = {p.uid for p in summary.proofs if p.seconds.expected > THE_POINT * total}
    for call in calls_of(site):
        if call.uid not in costly:
            continue
        last = tree.callee(call).rpartition(".")[2]
        if last in _WAITS_FOR_ITSELF and isinstance(call.function, code.Attribute):
            waited = call.function.value
        elif last in _WAITS_FOR_ARGUMENT and call.arguments and _seems_started(program, site, call.arguments[0]):
            waited = call.arguments[0]
        elif (process := _process_waited_for(program, catalog, site, call)) is not None:
            waited = process
        else:
            continue
        name = tree.dotted(waited)
        if name is not None and name.partition(".")[0] in site.targets:
            yield Hazard(HazardKind.RUNNING_ALREADY, name, call.line, f"`{name}` was started before and runs already")


def _process_waited_for(program: Program, catalog: Catalog, site: Site, call: code.Call) -> code.Expr | None:
    """`pid` of `os.waitpid(pid, 0)`."""
    places = (entry.waits_for for _, entry in entries(program, catalog, site.function, call))
    return next((found for place in places if place is not None and (found := argument(call, place)) is not None), None)


def _seems_started(program: Program, site: Site, waited: code.Expr) -> bool:
    """A task or future, and no coroutine, which starts only when it is awaited."""
    kinds = {value.kind for value in program.values(site.function, waited)}
    words = (tree.dotted(waited) or "").lower().rstrip("s").rpartition(".")[2].split("_")
    return "future" in kinds or ("awaitable" not in kinds and not {"task", "future", "fut"}.isdisjoint(words))


def target_name(site: Site) -> str:
    """The name that a round works on; empty where there is none."""
    return next(iter(sorted(site.targets)), "")


def names_read(site: Site) -> Iterator[tuple[str, int, code.Name]]:
    """Every name that a round reads, with its line."""
    for statement in tree.statements(site.body):
        for head in tree.heads(statement):
            for node in tree.every(head):
                if isinstance(node, code.Name):
                    yield node.id, statement.line, node
    for part in site.parts:
        for node in tree.every(part):
            if isinstance(node, code.Name):
                yield node.id, site.line, node
