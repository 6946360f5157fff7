"""Hazards: what forbids or complicates running the rounds of a site side by side, each with the name and line that prove it."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code, tree
from advisor.model.catalog import Catalog, ThreadSafety
from advisor.model.effect import Effect
from advisor.model.estimate import Work
from advisor.model.program import Program, Value
from advisor.model.site import Context, Dependence, DependenceKind, Hazard, HazardKind, Site, SiteKind
from advisor.model.summary import Summary
from advisor.stages.weigh.dependence import counted, drained
from advisor.stages.weigh.flow import Flow

_CONCURRENT = frozenset({SiteKind.POOL, SiteKind.THREAD, SiteKind.GATHER})
_PROCESS_STATE = frozenset(
    ["os.chdir", "os.putenv", "os.umask", "signal.signal", "signal.alarm", "locale.setlocale", "os.setuid", "os.environ.update",
     "sys.setrecursionlimit", "socket.setdefaulttimeout", "warnings.simplefilter", "gc.disable", "gc.enable"]
)  # fmt: skip
_OUTSIDE = frozenset({Effect.NETWORK, Effect.DATABASE, Effect.SUBPROCESS, Effect.ASYNC})
_HEAVY = 1e6  # bytes: copying this to a process takes longer than most work on it
BLOCKING = frozenset({Effect.NETWORK, Effect.DATABASE, Effect.SUBPROCESS, Effect.SLEEP})
_MUCH = 0.3  # share of a round's time that makes a call the point of it
_SENDS = frozenset("send reply edit publish emit notify push answer say respond post dispatch".split())
_PAGE_WORDS = frozenset(
    [
        "page",
        "offset",
        "cursor",
        "token",
        "next",
        "next_page",
        "next_url",
        "marker",
        "continuation",
        "start",
        "skip",
        "url",
        "link",
    ]
)
_WRITES = frozenset(["write", "writelines", "writerow", "writerows", "send"])
_READS_ON = frozenset(
    ["read", "readline", "recv", "iter_content", "iter_lines", "iter_bytes", "read1", "recv_into", "getmessage"]
)
_MOST_CALLERS = 6
_ATTEMPT_WORDS = ("attempt", "retry", "retries", "tries", "try", "_retry")


def hazards(
    program: Program, catalog: Catalog, site: Site, flow: Flow, summary: Summary, dependence: Dependence, work: Work
) -> tuple[Hazard, ...]:
    """All hazards of a site, in the order of kind and line, one a kind and name."""
    found = [
        *([] if site.kind in _CONCURRENT else _captures(catalog, site, summary)),
        *_functions(program, site),
        *_shared_writes(site, summary),
        *_pace(site, flow, summary),
        *_while_loops(site, flow, summary, dependence),
        *_surroundings(program, site, flow, summary),
        *_messages(site, summary),
        *_doubts(program, site, summary, work),
    ]
    unique = {(hazard.kind, hazard.name): hazard for hazard in reversed(found)}
    return tuple(sorted(unique.values(), key=lambda h: (h.kind.value, h.line, h.name)))


def _captures(catalog: Catalog, site: Site, summary: Summary) -> Iterator[Hazard]:
    """Objects from outside the project that the rounds share."""
    total = summary.cost.total.expected or 1e-9
    for proof in summary.proofs:
        owner = catalog.object(proof.api.rpartition(".")[0])
        if owner is not None and owner.ambient and proof.effect is Effect.DATABASE:
            short = proof.api.rpartition(".")[0]
            because = f"`{short}` works over the connection of its thread, with the transaction that is open there"
            yield Hazard(HazardKind.SERIALISED_CAPTURE, short, proof.line, because)
    for use in summary.uses:
        known = catalog.object(use.type)
        if known is None or use.place.label in drained(site):
            continue
        name, line = use.place.label, use.line
        short = use.type
        costly = any(p.api == use.api and p.seconds.expected > _MUCH * total for p in summary.proofs)
        written = use.api.rpartition(".")[2] in _WRITES and not known.stateful
        if known.stateful or (short.startswith("io.") and use.api.rpartition(".")[2] in _READS_ON):
            if use.api.rpartition(".")[2] in _WRITES and not costly:
                yield Hazard(HazardKind.ORDERED_OUTPUT, name, line, f"`{name}` is written to in order")
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
            not use.place.root.startswith("global:") and "." not in use.place.path
        )  # a process makes its own globals
        if known.picklable is False and local:
            yield Hazard(
                HazardKind.UNPICKLABLE_CAPTURE, name, line, f"`{name}` is a {short}, which cannot be sent to a process"
            )


def _names_read(site: Site) -> Iterator[tuple[str, int, code.Name]]:
    for statement in tree.statements(site.body):
        for head in tree.heads(statement):
            for node in tree.every(head):
                if isinstance(node, code.Name):
                    yield node.id, statement.line, node
    for part in site.parts:
        for node in tree.every(part):
            if isinstance(node, code.Name):
                yield node.id, site.line, node


def _functions(program: Program, site: Site) -> Iterator[Hazard]:
    """Functions and values used by a round that cannot be sent to a process."""
    seen: set[str] = set()
    for name, line, node in _names_read(site):
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


def _shared_writes(site: Site, summary: Summary) -> Iterator[Hazard]:
    taken = drained(site)
    for write in summary.writes:
        root, label = write.place.root, write.place.label
        if label in taken:
            continue
        if root.startswith("global:"):
            yield Hazard(HazardKind.GLOBAL_WRITE, label, write.line, f"the global `{label}` is changed")
        if write.guarded and not root.startswith("local:"):
            yield Hazard(HazardKind.MEMO, label, write.line, f"`{label}` is filled once and reused by later rounds")
        elif (
            root == "self" or root.startswith("param:") or (root.startswith("local:") and write.how not in ("rebind",))
        ):
            if root.startswith("local:") and write.place.path == "" and write.how in ("append", "augment", "key"):
                continue  # a result collected by the loop itself: the rewrite collects it in the caller
            yield Hazard(HazardKind.SHARED_WRITE, label, write.line, f"every round changes `{label}`, which they share")


def _pace(site: Site, flow: Flow, summary: Summary) -> Iterator[Hazard]:
    """Sleeps that are there on purpose: between requests, between looks, between attempts."""
    if site.kind.value not in ("for", "while"):
        return
    retrying = isinstance(site.node, code.For) and _is_retry(site)
    if retrying:
        yield Hazard(HazardKind.RETRY, _target_name(site), site.line, "the loop tries one thing again until it works")
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
    for use in summary.uses:
        if "ratelimit" in use.type.lower() or "limiter" in use.place.label.lower():
            yield Hazard(
                HazardKind.RATE_LIMIT,
                use.place.label,
                use.line,
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
    named = _target_name(site).lower()
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
    used = any(name in site.targets for name, _, _ in _names_read(site))
    return (worded and counting) or (leaves and counting and (worded or not used))


def _target_name(site: Site) -> str:
    return next(iter(sorted(site.targets)), "")


def _while_loops(site: Site, flow: Flow, summary: Summary, dependence: Dependence) -> Iterator[Hazard]:
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
        for use in summary.uses:
            if use.api.rpartition(".")[2] in _READS_ON:
                yield Hazard(
                    HazardKind.STREAMING,
                    use.place.label,
                    use.line,
                    f"`{use.place.label}` is one stream, read piece by piece",
                )
    if site.iterable is not None:
        for node in tree.every(site.iterable):
            if (
                isinstance(node, code.Call)
                and isinstance(node.function, code.Attribute)
                and node.function.name in _READS_ON
            ):
                yield Hazard(
                    HazardKind.STREAMING,
                    tree.dotted(node.function) or node.function.name,
                    node.line,
                    "one answer is read piece by piece",
                )


def _surroundings(program: Program, site: Site, flow: Flow, summary: Summary) -> Iterator[Hazard]:
    if flow.yields:
        yield Hazard(
            HazardKind.LAZY_GENERATOR,
            program.functions[site.function].name,
            flow.yields[0],
            "the caller takes results one by one and may stop early",
        )
    for proof in summary.proofs:
        if proof.effect is Effect.TERMINAL:
            kind = (
                HazardKind.INTERACTIVE
                if proof.api.rpartition(".")[2] in ("input", "getpass", "prompt", "confirm")
                else HazardKind.ORDERED_OUTPUT
            )
            because = "a person is asked" if kind is HazardKind.INTERACTIVE else "lines are printed in order"
            yield Hazard(kind, proof.api, proof.line, because)
    for call in tree.calls(site.body):
        for target in program.targets(site.function, call):
            if target.kind == "external" and target.name in _PROCESS_STATE:
                yield Hazard(
                    HazardKind.PROCESS_STATE, target.name, call.line, f"`{target.name}` changes the whole process"
                )
    if Context.LOCKED in site.contexts:
        yield Hazard(HazardKind.LOCK_HELD, "lock", site.line, "the site runs while a lock is held")
    for context in _open_transactions(program, site):
        yield Hazard(
            HazardKind.TRANSACTION, context, site.line, f"the rounds share the transaction that `{context}` opened"
        )


def _messages(site: Site, summary: Summary) -> Iterator[Hazard]:
    """Messages awaited one by one, whose answers nobody looks at: those who read them expect them in order."""
    if not isinstance(site.node, code.For):
        return
    total = summary.cost.total.expected or 1e-9
    for proof in summary.proofs:
        words = proof.api.rpartition(".")[2].lower().strip("_").split("_")
        if proof.effect is Effect.ASYNC and words[0] in _SENDS and proof.seconds.expected > _MUCH * total:
            yield Hazard(
                HazardKind.MESSAGE_ORDER, proof.api, proof.line, "messages are sent one after the other, in order"
            )


def _doubts(program: Program, site: Site, summary: Summary, work: Work) -> Iterator[Hazard]:
    """What the machine or the reader does not know well enough."""
    if work.parallel_native:
        api = next((p.api for p in summary.proofs if p.effect is Effect.PARALLEL_NATIVE), "native code")
        yield Hazard(HazardKind.OVERSUBSCRIPTION, api, site.line, f"`{api}` already uses all cores")
    if work.payload.expected > _HEAVY:
        megabytes = work.payload.expected / 1e6
        name = _target_name(site) or "item"
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
        for call in (
            *tree.calls(site.body),
            *(n for part in site.parts for n in tree.every(part) if isinstance(n, code.Call)),
        ):
            if not program.targets(site.function, call):
                yield Hazard(
                    HazardKind.DYNAMIC_CALL,
                    tree.callee(call) or "a call",
                    call.line,
                    "what is called here cannot be told from the source",
                )
                return


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
