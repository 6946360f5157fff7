"""Order: rounds that follow one another on purpose, however little they need each other.

Pauses between calls, attempts, pages, messages, listed steps, and waits for what runs already.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.effect import Effect
from advisor.model.program import Program
from advisor.model.site import Dependence, DependenceKind, Hazard, HazardKind, Site, SiteKind
from advisor.model.state import State
from advisor.model.summary import Summary
from advisor.questions.flow import Flow
from advisor.stages.weigh.dependence import counted, drained

MUCH = 0.3  # share of a round's time that makes a call the point of it
READS_ON = frozenset("read readline recv iter_content iter_lines iter_bytes read1 recv_into getmessage".split())
_OUTSIDE = frozenset({Effect.NETWORK, Effect.DATABASE, Effect.SUBPROCESS, Effect.ASYNC})
_SENDS = frozenset("send reply edit publish emit notify push answer say respond post dispatch".split())
_ACTS = frozenset({Effect.SUBPROCESS, Effect.ASYNC, Effect.DATABASE})
_ASKS = (".get", ".head", ".select", ".fetch", ".check_output")
_STEP_WORDS = frozenset("command commands hook hooks step steps undo migration migrations stage stages".split())
_WAITS_FOR_ITSELF = frozenset({"wait", "join", "result", "communicate"})
_WAITS_FOR_ARGUMENT = frozenset({"wait_for", "shield"})
_PAGE_WORDS = frozenset(
    "page offset cursor token next next_page next_url marker continuation start skip url link".split()
)
_ATTEMPT_WORDS = ("attempt", "retry", "retries", "tries", "try", "_retry")


def order(
    program: Program, site: Site, flow: Flow, summary: Summary, state: State, dependence: Dependence
) -> Iterator[Hazard]:
    """Every sign that the rounds are to come one after the other."""
    yield from _pace(site, flow, summary, state)
    yield from _while_loops(site, flow, summary, state, dependence)
    yield from _messages(site, summary)
    yield from _steps(site, summary)
    yield from _running(program, site, summary)


def _pace(site: Site, flow: Flow, summary: Summary, state: State) -> Iterator[Hazard]:
    """Sleeps that are there on purpose: between requests, between looks, between attempts."""
    if site.kind.value not in ("for", "while"):
        return
    retrying = isinstance(site.node, code.For) and _is_retry(site)
    if retrying:
        yield Hazard(HazardKind.RETRY, target_name(site), site.line, "the loop tries one thing again until it works")
        return
    outside = any(proof.effect in _OUTSIDE for proof in summary.proofs)
    for statement, line in _sleeps(site.body):
        waits = [p for p in summary.proofs if p.effect is Effect.SLEEP and p.line == line]
        asyncs = statement.endswith("sleep")
        if not waits and not asyncs:
            continue
        if isinstance(site.node, code.While) and not drained(site) and not counted(site, flow):
            yield Hazard(HazardKind.POLLING, statement, line, "the loop looks, sleeps and looks again")
        elif outside:
            yield Hazard(
                HazardKind.RATE_LIMIT,
                statement,
                line,
                "the sleep between the calls looks like a limit that the other side sets",
            )
        else:
            yield Hazard(HazardKind.POLLING, statement, line, "the sleep paces the loop on purpose")
        return
    for use in state.uses:
        if "ratelimit" in use.type.lower() or "limiter" in use.place.label.lower():
            yield Hazard(
                HazardKind.RATE_LIMIT,
                use.place.label,
                use.where.line,
                f"`{use.place.label}` limits how fast calls may follow each other",
            )


def _sleeps(block: tree.Block) -> Iterator[tuple[str, int]]:
    """Direct sleeps of a round that happen when all goes well (not those of an error handler)."""
    for statement in block:
        if isinstance(statement, code.Try):
            yield from _sleeps(statement.body)
            yield from _sleeps(statement.final)
            yield from _sleeps(statement.orelse)
            continue
        for head in tree.heads(statement):
            for node in tree.every(head):
                if isinstance(node, code.Call):
                    named = tree.dotted(node.function) or ""
                    if named.rpartition(".")[2] in ("sleep", "usleep", "random_sleep", "wait_random", "throttle"):
                        yield named, node.line
        for inner in tree.blocks(statement):
            yield from _sleeps(inner)


def _is_retry(site: Site) -> bool:
    named = target_name(site).lower()
    words = (
        [node.id.lower() for node in tree.every(site.iterable) if isinstance(node, code.Name)]
        if site.iterable is not None
        else []
    )
    worded = any(word in text for word in _ATTEMPT_WORDS for text in (named, *words))
    counting = isinstance(site.iterable, code.Call) and tree.dotted(site.iterable.function) in (
        "range",
        "count",
        "itertools.count",
    )
    leaves = False
    for statement in site.body:
        if isinstance(statement, code.Try) and statement.handlers:
            inner = [*tree.statements(statement.body), *tree.statements(statement.orelse)]
            leaves |= any(isinstance(s, code.Return) or (isinstance(s, code.Jump) and s.kind == "break") for s in inner)
    used = any(name in site.targets for name, _, _ in names_read(site))
    alone = named in ("retry", "attempt", "retry_state")  # whatever hands out attempts, one needs no more of the next
    return alone or (worded and counting) or (leaves and counting and (worded or not used))


def _while_loops(site: Site, flow: Flow, summary: Summary, state: State, dependence: Dependence) -> Iterator[Hazard]:
    """Pages fetched one after the other, answers read piece by piece."""
    carried = [d for d in dependence.details if dependence.kind is DependenceKind.CARRIED]
    for detail in carried:
        last = detail.name.rpartition(".")[2].lower()
        if _PAGE_WORDS & set(last.split("_")) and any(p.effect in _OUTSIDE for p in summary.proofs):
            yield Hazard(
                HazardKind.PAGINATION, detail.name, detail.line, f"`{detail.name}` comes out of the page before"
            )
    if isinstance(site.node, code.While) and not drained(site) and not counted(site, flow):
        counters = [name for name, use in sorted(flow.names.items()) if use.stepped and not use.written]
        ends = flow.breaks or flow.returns
        for name in counters:
            if (
                ends
                and _PAGE_WORDS & set(name.lower().split("_"))
                and any(p.effect in _OUTSIDE for p in summary.proofs)
            ):
                yield Hazard(
                    HazardKind.PAGINATION,
                    name,
                    flow.names[name].stepped,
                    "how many pages there are is known only at the last one",
                )
        for use in state.uses:
            if use.api.rpartition(".")[2] in READS_ON:
                yield Hazard(
                    HazardKind.STREAMING,
                    use.place.label,
                    use.where.line,
                    f"`{use.place.label}` is one stream, read piece by piece",
                )
    if site.iterable is not None:
        for node in tree.every(site.iterable):
            if (
                isinstance(node, code.Call)
                and isinstance(node.function, code.Attribute)
                and node.function.name in READS_ON
            ):
                yield Hazard(
                    HazardKind.STREAMING,
                    tree.dotted(node.function) or node.function.name,
                    node.line,
                    "one answer is read piece by piece",
                )


def _messages(site: Site, summary: Summary) -> Iterator[Hazard]:
    """Messages awaited one by one, whose answers nobody looks at: those who read them expect them in order."""
    if not isinstance(site.node, code.For):
        return
    total = summary.cost.total.expected or 1e-9
    for proof in summary.proofs:
        words = proof.api.rpartition(".")[2].lower().strip("_").split("_")
        if proof.effect is Effect.ASYNC and words[0] in _SENDS and proof.seconds.expected > MUCH * total:
            yield Hazard(
                HazardKind.MESSAGE_ORDER, proof.api, proof.line, "messages are sent one after the other, in order"
            )


def _steps(site: Site, summary: Summary) -> Iterator[Hazard]:
    """Commands, hooks and migrations are listed in the order in which they are to run, and so is what is reversed."""
    if site.kind is not SiteKind.FOR or site.iterable is None:
        return
    if not any(p.effect in _ACTS and not p.api.endswith(_ASKS) for p in summary.proofs):
        return
    names = [*site.targets]
    for node in tree.every(site.iterable):
        if isinstance(node, code.Call) and tree.callee(node) == "reversed":
            yield Hazard(HazardKind.STEPS, "reversed", site.line, "the items are taken in reverse, so order matters")
        if isinstance(node, code.Name | code.Attribute):
            names.append(node.id if isinstance(node, code.Name) else node.name)
    for name in names:
        if not _STEP_WORDS.isdisjoint(name.lower().strip("_").split("_")):
            yield Hazard(HazardKind.STEPS, name, site.line, f"`{name}` sounds like steps that follow one another")
            return


def _running(program: Program, site: Site, summary: Summary) -> Iterator[Hazard]:
    """Waits for what the loop walks: threads, processes, tasks and futures run already, whoever waits for them."""
    total = summary.cost.total.expected or 1e-9
    costly = {p.uid for p in summary.proofs if p.seconds.expected > MUCH * total}
    for call in calls_of_round(site):
        if call.uid not in costly:
            continue
        last = tree.callee(call).rpartition(".")[2]
        if last in _WAITS_FOR_ITSELF and isinstance(call.function, code.Attribute):
            waited = call.function.value
        elif last in _WAITS_FOR_ARGUMENT and call.arguments and _seems_started(program, site, call.arguments[0]):
            waited = call.arguments[0]
        else:
            continue
        name = tree.dotted(waited)
        if name is not None and name.partition(".")[0] in site.targets:
            yield Hazard(HazardKind.RUNNING_ALREADY, name, call.line, f"`{name}` was started before and runs already")


def _seems_started(program: Program, site: Site, waited: code.Expr) -> bool:
    """A task or future, and no coroutine, which starts only when it is awaited."""
    kinds = {value.kind for value in program.values(site.function, waited)}
    words = (tree.dotted(waited) or "").lower().rstrip("s").rpartition(".")[2].split("_")
    return "future" in kinds or ("awaitable" not in kinds and not {"task", "future", "fut"}.isdisjoint(words))


def target_name(site: Site) -> str:
    """The name that a round works on; empty where there is none."""
    return next(iter(sorted(site.targets)), "")


def calls_of_round(site: Site) -> Iterator[code.Call]:
    """Every call that a round makes."""
    yield from tree.calls(site.body)
    for part in site.parts:
        yield from (node for node in tree.every(part) if isinstance(node, code.Call))


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
