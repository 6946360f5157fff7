"""Weigh: everything that is known of each site gathered into a case: effects, ties between rounds, hazards, costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial, reduce
from operator import mul

from msgspec import structs

from advisor.model import code, tree
from advisor.model.case import Case
from advisor.model.catalog import CallEntry, Catalog, Elements, Passes, Waiter
from advisor.model.concurrency import Model
from advisor.model.condition import ConditionKind
from advisor.model.effect import ZERO, Effect, EffectTrace, Range
from advisor.model.estimate import Inner, Work
from advisor.model.program import FunctionInfo, Program, Value
from advisor.model.rounds import Walked
from advisor.model.site import Context, Dependence, DependenceKind, Detail, HazardKind, Site, SiteKind
from advisor.model.state import Access, Deed, Piece, State
from advisor.model.summary import Proof, Summaries, Summary
from advisor.questions import pools
from advisor.questions.afterwards import kept
from advisor.questions.bars import behind_bar
from advisor.questions.calls import argument, calls_of, entries, receiver
from advisor.questions.drains import Drain
from advisor.questions.flow import Flow, flow_of, iteration, taker
from advisor.questions.interference import settled, varies, view
from advisor.questions.lengths import is_counter, is_endless
from advisor.questions.rounds import rounds
from advisor.questions.rounds import walked as walked_by
from advisor.questions.talk import tells
from advisor.questions.thresholds import TINY, is_too_little
from advisor.questions.written_back import written_back
from advisor.stages.weigh.dependence import Taken, counted, dependence, doubted, drained, lasting
from advisor.stages.weigh.hazards import asks, hazards, is_embedded
from advisor.stages.weigh.limits import Limits
from advisor.stages.weigh.once import ends_with
from advisor.stages.weigh.place import place
from advisor.stages.weigh.walked import walked

__all__ = ["Shared", "weigh"]

Prover = Callable[[str, Proof], EffectTrace]  # (function id, proof) -> the whole chain of calls

_WORTH_SAYING = 0.04  # share of a round's time from which an effect is told
_MOST_EFFECTS = 5
_MOST_STARTS = 2  # of what only the first round does
_A_START = 0.002  # seconds: what takes less than it takes to start a worker is no start-up worth a word
_NEAR = 3  # calls on the way to a statement that the reader of the loop may still be told to batch
_PARALLEL = 0.4  # share of a round in code that fills all cores by itself, from which a pool around it cannot gain
_WAITS = frozenset({Effect.NETWORK, Effect.DATABASE, Effect.SLEEP, Effect.LOCK, Effect.ASYNC})
_NATIVE = frozenset({Effect.CPU_NATIVE_NOGIL, Effect.PARALLEL_NATIVE, Effect.DISK})
_A_NUMBER = Range.exactly(8.0)  # bytes
_UNKNOWN_ITEM = Range(5.0, 210.0, 1.1e5)  # bytes: of the items of 63 measured workloads, pickled
_FLAT = frozenset({"builtins.str", "builtins.bytes", "builtins.bytearray", "numpy.ndarray"})


def weigh(
    program: Program, summaries: Summaries, catalog: Catalog, sites: Iterable[Site], prove: Prover,
    worth: Callable[[Case], bool], shared: Shared | None = None,
) -> tuple[Case, ...]:  # fmt: skip
    """One case a site, in the order given. What binds the rounds of a site to each other takes most of the work, and is asked
    only where the rest of the case is `worth` it: else the dependence is unknown, and no hazards are told. What is `shared`
    by several calls is worked out once."""
    known = shared or Shared(program, summaries, catalog)
    return tuple(_case(program, summaries, catalog, site, prove, known, worth) for site in sites)


class Shared:
    """What all sites of a program have in common."""

    def __init__(self, program: Program, summaries: Summaries, catalog: Catalog) -> None:
        self.limits = Limits(program, catalog, summaries)
        self.drain = Drain(program, summaries, catalog)
        self.tasks: Mapping[str, FunctionInfo] = pools.queued(program, catalog, summaries)


def _case(
    program: Program, summaries: Summaries, catalog: Catalog, site: Site, prove: Prover, shared: Shared,
    worth: Callable[[Case], bool],
) -> Case:  # fmt: skip
    ways = _flow(program, catalog, site)
    beside = frozenset(id(each) for each in _walked_once(site))
    piece = iteration(site, ways, handed_over=site.kind.is_concurrent, without=beside)
    summary = _without_answers(catalog, _summary(summaries, site, piece))
    work = _work(program, catalog, site, summary)
    proofs = _telling(catalog, summary, site.kind)
    kind = _work_kind(summary, work, proofs, concurrent=site.kind.is_concurrent, known=_worker_known(program, site))
    info = program.functions[site.function]
    traces = tuple(prove(site.function, proof) for proof in proofs)
    entry = catalog.call(proofs[0].api) if proofs else None
    case = Case(
        path=site.path,
        function=info.name,
        kind=site.kind,
        rule=site.rule,
        line=site.line,
        end_line=site.end_line,
        column=site.column,
        contexts=site.contexts | _starts_workers(program, catalog, summaries, site),
        work_kind=kind,
        effects=traces,
        once=tuple(prove(site.function, proof) for proof in _starting(summary)),
        facts=place(program, catalog, site),
        dependence=Dependence(DependenceKind.UNKNOWN),
        hazards=(),
        work=work,
        batch=entry[1].batch
        if entry is not None and _is_one_statement(program, catalog, site, proofs[0], traces[0])
        else None,
        async_counterpart=_async_counterpart(site, entry, traces),
        blast_radius=_blast_radius(program, site.function),
        subject=_subject(site),
        concurrent_now=_model_in_use(program, catalog, site),
        device=any(_waits_for_the_disk(catalog, proof) for proof in summary.proofs),
        workers=_pool_size(program, catalog, site),
    )
    if not worth(case):
        return case
    if site.in_turn is not None:  # what goes one after the other may need to
        site = replace(site.in_turn, contexts=site.contexts)
        ways = _flow(program, catalog, site)
        piece = replace(iteration(site, ways, handed_over=True), in_turn=True)
        summary = _without_answers(catalog, _summary(summaries, site, piece))
    state = settled(_state(summaries, site, piece), frozenset(ways.bound))
    last = kept(program, site, ways)
    tie = _dependence(program, catalog, summaries, site, ways, summary, state, last)
    found = hazards(
        program, catalog, summaries, site, ways, summary, state, tie, work, shared.limits, last, shared.tasks
    )
    lazy = any(hazard.kind is HazardKind.LAZY_GENERATOR for hazard in found)
    whole = {Context.DRAINED} if lazy and shared.drain.takes_all(info) else frozenset[Context]()
    asking = [deed for deed in state.deeds if _is_statement(catalog, deed) and not _connects(catalog, deed)]
    elsewhere = all(deed.space == "object" for deed in asking) and _asks_others(asking, ways)
    batched = (
        deed
        for deed in state.deeds
        if traces and deed.api == traces[0].api and (deed.space == "object" or is_embedded(catalog, deed))
    )
    apart = _asks_others(batched, ways) or _answers_decide(catalog, state) or _ends_otherwise(catalog, state, traces)
    one_call = None if apart else case.batch
    return replace(
        case, dependence=tie, hazards=found, contexts=case.contexts | whole, batch=one_call, elsewhere=elsewhere
    )


def _asks_others(deeds: Iterable[Deed], ways: Flow) -> bool:
    """Does every iteration speak to a server, database or account of its own? What a connection was made with tells."""
    moving = frozenset(ways.bound)
    keys = [deed.key for deed in deeds]
    own = (key is not None and not key.partial and varies(structs.replace(key, fresh=False), moving) for key in keys)
    return bool(keys) and all(own)


def _answers_decide(catalog: Catalog, state: State) -> bool:
    """Does an iteration read from a database and write there too? What it writes then rests on what it read."""
    done = {deed.access for deed in state.deeds if _is_statement(catalog, deed)}
    return any(access and access.looks for access in done) and any(access and not access.looks for access in done)


def _ends_otherwise(catalog: Catalog, state: State, traces: Sequence[EffectTrace]) -> bool:
    """Does an iteration end its transaction also by something else: a script, which commits first, or a rollback, which would
    take back those before? Then it is one for each iteration on purpose."""
    alone = (deed.api for deed in state.deeds if _is_statement(catalog, deed) and deed.access is Access.EXCLUSIVE)
    ends = {api for api in alone if (known := catalog.call(api)) is not None and known[1].statement is None}
    return bool(traces) and traces[0].api in ends and len(ends) > 1


def _connects(catalog: Catalog, deed: Deed) -> bool:
    """Does it only make the connection over which something is asked?"""
    known = catalog.call(deed.api)
    return known is not None and known[1].returns is not None and catalog.object(known[1].returns) is not None


def _is_statement(catalog: Catalog, deed: Deed) -> bool:
    known = catalog.call(deed.api)
    return known is not None and known[1].effect is Effect.DATABASE and not deed.guessed


def _flow(program: Program, catalog: Catalog, site: Site) -> Flow:
    return flow_of(site, partial(tells, program, catalog, site.function))


def _walked_once(site: Site) -> tuple[code.Expr, ...]:
    """What a `map` walks: it is worked out once, before the first item."""
    node = site.node
    return node.arguments[1:] if site.kind is SiteKind.MAP and isinstance(node, code.Call) else ()


def _is_one_statement(program: Program, catalog: Catalog, site: Site, proof: Proof, trace: EffectTrace) -> bool:
    """May one call stand for those of all rounds? Not far down the calls, nor where each round says something else."""
    if len(trace.trace) > _NEAR or _steps_through(program, catalog, site):
        return False
    statement = next((call.arguments[0] for call in calls_of(site) if call.uid == proof.uid and call.arguments), None)
    if proof.effect is Effect.SUBPROCESS:
        return isinstance(statement, code.Display) and _ends_with_the_item(statement, site)
    if proof.callee is not None or not proof.api.rpartition(".")[2].startswith("execute") or statement is None:
        return True
    return site.targets.isdisjoint(node.id for node in tree.every(statement) if isinstance(node, code.Name))


def _ends_with_the_item(command: code.Display, site: Site) -> bool:
    """`gzip FILE`: only the last word of a command may become many, and no other may be of the item as well."""
    of_the_item = [
        not site.targets.isdisjoint(node.id for node in tree.every(word) if isinstance(node, code.Name))
        for word in command.items
    ]
    return sum(of_the_item) == 1 and of_the_item[-1]


def _steps_through(program: Program, catalog: Catalog, site: Site) -> bool:
    """`range(0, n, size)`: the loop takes one batch after another already."""
    if site.iterable is None:
        return False
    walked = behind_bar(program, catalog, site.function, site.iterable)
    stepping = isinstance(walked, code.Call) and len(walked.arguments) > 2
    return stepping and is_counter(program, catalog, site.function, walked)


def _worker_known(program: Program, site: Site) -> bool:
    """Is it known what a pool or thread is handed to run?"""
    return any(target.callback for call in calls_of(site) for target in program.targets(site.function, call))


def _state(summaries: Summaries, site: Site, piece: Piece) -> State:
    """The state that an iteration touches. A while's test reads what decides its end; `counted` and `drained` judge that."""
    if not isinstance(site.node, code.While):
        return summaries.state(piece)
    body, test = summaries.state(replace(piece, expressions=())), summaries.state(replace(piece, statements=()))
    return replace(body, writes=(*body.writes, *test.writes), ambient=(*body.ambient, *test.ambient),
                   deeds=(*body.deeds, *test.deeds), uses=(*body.uses, *test.uses))  # fmt: skip


def _summary(summaries: Summaries, site: Site, piece: Piece) -> Summary:
    """What an iteration does; where there is none, what a run of the function does there."""
    return summaries.piece(piece) if site.kind.has_rounds else summaries.in_runs(piece)


def _without_answers(catalog: Catalog, summary: Summary) -> Summary:
    """The round without the time that a person takes to answer where one is asked: that is neither work nor a wait that
    workers could share."""
    thinking = sum(proof.seconds.expected for proof in summary.proofs if asks(catalog, proof))
    if not thinking:
        return summary
    spent = summary.cost.interpreter
    left = Range(spent.low, max(spent.low, spent.expected - thinking), max(spent.low, spent.expected - thinking) * 10)
    return structs.replace(summary, cost=structs.replace(summary.cost, interpreter=left))


def _taken(program: Program, summaries: Summaries, catalog: Catalog, site: Site) -> Taken | None:
    """What the loop does with each result, where one takes them one by one."""
    loop = taker(program.functions[site.function], site)
    if loop is None:
        return None
    ways = flow_of(loop, partial(tells, program, catalog, site.function))
    return ways, settled(summaries.state(iteration(loop, ways)), frozenset(ways.bound))


def _dependence(
    program: Program, catalog: Catalog, summaries: Summaries, site: Site, ways: Flow, summary: Summary, state: State,
    kept_names: Mapping[str, int],
) -> Dependence:  # fmt: skip
    if site.unproven:
        because = f"not all that `{site.unproven}` and the others call could be followed"
        return Dependence(DependenceKind.UNKNOWN, (Detail(site.unproven, site.line, because),))
    if not site.kind.has_rounds:
        return Dependence(DependenceKind.NONE)
    known = [*walked(program, catalog, summaries, site, summary, state), *lasting(kept_names)]
    known += [(DependenceKind.CARRIED, detail) for detail in written_back(program, catalog, site)]
    known += doubted(program, site, summary, state)
    taken = _taken(program, summaries, catalog, site)
    if _is_copied(program, catalog, site):  # which item is next was settled before the first iteration
        reads = (read for read in state.reads if read.place.path or read.place.root.name not in site.targets)
        state = replace(state, reads=tuple(reads))
    if site.kind.is_concurrent:  # what they do outside meets there already, whatever runs them
        state = replace(state, deeds=())
    found = dependence(catalog, site, ways, summary, state, view(program, site), taken, known)
    last = ends_with(site.body, summary.proofs, summary.cost.total.expected) if site.kind is SiteKind.FOR else None
    if last is not None:
        because = f"the loop ends with `{last.api}` (line {last.line}), which so runs once"
        return Dependence(DependenceKind.CARRIED, (Detail(last.api, last.line, because),), found.also | {found.kind})
    open_ended = _knows_no_end(program, catalog, site) or (
        isinstance(site.node, code.While) and not site.filled and not drained(site) and not counted(site, ways)
    )
    if open_ended and found.kind is not DependenceKind.CARRIED:
        detail = Detail(site.kind.value, site.line, "whether there is another iteration is known only after this one")
        return Dependence(DependenceKind.CARRIED, (detail,), found.also | {found.kind})
    return found


def _is_copied(program: Program, catalog: Catalog, site: Site) -> bool:
    """Does the site walk what was put into a new collection before: `for x in list(xs)`?"""
    if not isinstance(site.iterable, code.Call):
        return False
    known = entries(program, catalog, site.function, site.iterable)
    return any(entry.elements is Elements.PASSED and not entry.lazy for _, entry in known)


def _knows_no_end(program: Program, catalog: Catalog, site: Site) -> bool:
    if site.kind is not SiteKind.FOR or site.iterable is None:
        return False
    return is_endless(program, site.function, behind_bar(program, catalog, site.function, site.iterable))


# ---- costs


def _work(program: Program, catalog: Catalog, site: Site, summary: Summary) -> Work:
    items, known = _items(program, catalog, site)
    cost = summary.cost
    if site.kind in (SiteKind.STATEMENTS, SiteKind.AWAITS):
        each = Range.exactly(1.0 / max(1, len(site.body)))
        cost = cost * each
    payload, flat = _payload(program, catalog, site)
    return Work(
        items=items,
        items_known=known,
        interpreter=cost.interpreter,
        native=cost.native,
        waiting=cost.waiting,
        child=cost.child,
        payload=payload,
        flat=flat,
        parallel_native=_share(summary.proofs, frozenset({Effect.PARALLEL_NATIVE}), cost.total.expected) > _PARALLEL,
        inner=_inner(program, catalog, site, cost.total.expected),
    )


def _inner(program: Program, catalog: Catalog, site: Site, seconds: float) -> Inner | None:
    """The first loop in the body whose length is not known, taken to be where the `seconds` of an iteration go."""
    for statement in tree.statements(site.body):
        if isinstance(statement, code.For) and program.length(site.function, statement.iterable) is None:
            return Inner(statement.line, seconds / rounds(program, catalog, site.function, statement.iterable).expected)
    return None


def _payload(program: Program, catalog: Catalog, site: Site) -> tuple[Range, Range]:
    """The bytes of one item and of what comes of it, and those of them that are one text or array; what the source does not
    tell may be anything that items are."""
    whole, flat = ZERO, ZERO
    for size, is_flat in _travelling(program, catalog, site):
        whole += size
        flat += size if is_flat else ZERO
    return whole, flat


def _travelling(program: Program, catalog: Catalog, site: Site) -> Iterator[tuple[Range, bool]]:
    for result in _results(site):
        weight = program.weight(site.function, result)
        size = _UNKNOWN_ITEM if weight is None else Range.exactly(weight)
        yield size, _is_flat(program.values(site.function, result))
    walked = _walks(program, catalog, site)
    if walked is None:
        return
    if is_counter(program, catalog, site.function, walked):
        yield _A_NUMBER, True
        return
    weight, items = program.weight(site.function, walked), program.length(site.function, walked)
    size = Range.exactly(weight / items) if weight is not None and items else _UNKNOWN_ITEM
    yield size, _is_flat(item for value in program.values(site.function, walked) for item in value.args)


def _walks(program: Program, catalog: Catalog, site: Site) -> code.Expr | None:
    """What gives the items: what a loop walks, or the argument whose elements a pool's `map` hands out."""
    if site.iterable is not None or not site.kind.is_concurrent or not isinstance(site.node, code.Call):
        return site.iterable
    for _, entry in entries(program, catalog, site.function, site.node):
        if entry.passes in (Passes.EACH, Passes.UNPACKED) and isinstance(entry.callback, int):
            return argument(site.node, entry.callback + 1)
    return None


def _results(site: Site) -> Iterator[code.Expr]:
    """What an iteration gives: the element of a comprehension, or what a loop appends or stores."""
    if isinstance(site.node, code.Comprehension):
        yield site.node.element
    for statement in site.body:
        match statement:
            case code.Evaluate(value=code.Call(function=code.Attribute(name="append" | "add"), arguments=(result,))):
                yield result
            case code.Assign(targets=(code.Subscript(),), value=result) if result is not None:
                yield result


def _is_flat(values: Iterable[Value]) -> bool:
    """Are these texts, bytes or arrays?"""
    known = list(values)
    return bool(known) and all(value.kind == "object" and value.name in _FLAT for value in known)


def _items(program: Program, catalog: Catalog, site: Site) -> tuple[Range, bool]:
    """How many items there are, and whether the source tells; else as many as its like usually has."""
    if site.kind is SiteKind.BLOCKING_IN_ASYNC:
        return Range.exactly(1.0), True
    if site.kind in (SiteKind.STATEMENTS, SiteKind.AWAITS):
        return Range.exactly(float(len(site.body))), True
    if isinstance(site.node, code.Comprehension):
        each = [_elements(program, catalog, site.function, clause.iterable) for clause in site.node.clauses]
        return reduce(mul, (elements for elements, _ in each)), all(known for _, known in each)
    walked = _walks(program, catalog, site)
    if walked is not None:
        elements, known = _elements(program, catalog, site.function, walked)
        if elements.expected:
            return elements, known
        usual = catalog.rounds.of(walked_by(program, catalog, site.function, walked))
        return usual, False  # filled in a way that was not understood
    if isinstance(site.node, code.While):
        for name in sorted(drained(site)):
            first: code.Expr = code.Name(name.partition(".")[0])
            for attribute in name.split(".")[1:]:
                first = code.Attribute(first, attribute)
            length = program.length(site.function, first)
            if length is not None:
                return Range.exactly(length), True
        return catalog.rounds.of(Walked.TEST), False
    return catalog.rounds.of(Walked.OTHER), False


def _elements(program: Program, catalog: Catalog, function: str, iterable: code.Expr) -> tuple[Range, bool]:
    return rounds(program, catalog, function, iterable), program.length(function, iterable) is not None


def _telling(catalog: Catalog, summary: Summary, kind: SiteKind) -> tuple[Proof, ...]:
    """The proofs worth telling, heaviest first; what happens only after a failure comes behind what was tried, and its time counts
    for nothing beside that."""
    after = sum(p.seconds.expected for p in summary.proofs if _after_failure(p))
    total = max(summary.cost.total.expected - after, 1e-9)
    endings = catalog.words.endings
    ranked = sorted(
        summary.proofs,
        key=lambda p: (
            _after_failure(p),
            -p.seconds.expected,
            p.guessed,
            p.effect,
            p.api.rpartition(".")[2] in endings,
            p.api,
        ),
    )
    if kind is SiteKind.BLOCKING_IN_ASYNC:
        # what blocks counts, not what the blocking function may drive an event loop of its own for
        ranked = [p for p in ranked if p.effect is not Effect.ASYNC]
    told = [p for p in ranked if p.seconds.expected >= _WORTH_SAYING * total or p.effect is Effect.TERMINAL]
    return tuple(told[:_MOST_EFFECTS])


def _after_failure(proof: Proof) -> bool:
    return any(condition.kind is ConditionKind.FAILURE for condition in proof.conditions)


def _async_counterpart(site: Site, entry: tuple[str, CallEntry] | None, traces: tuple[EffectTrace, ...]) -> str | None:
    """What can be awaited in place of the call. Not of one that makes an object, nor, where a coroutine is blocked, of one in a
    function that it calls: plain code may call that as well."""
    if entry is None or entry[1].returns == entry[0]:
        return None
    below = site.kind is SiteKind.BLOCKING_IN_ASYNC and len(traces[0].trace) > 1
    return None if below else entry[1].async_


def _starting(summary: Summary) -> tuple[Proof, ...]:
    """What the first of many rounds does and the others need not, where it takes long beside a round."""
    total = summary.cost.total.expected
    told = [p for p in summary.once if p.seconds.expected >= _WORTH_SAYING * total and p.seconds.expected >= _A_START]
    return tuple(told[:_MOST_STARTS])


def _work_kind(summary: Summary, work: Work, proofs: tuple[Proof, ...], *, concurrent: bool, known: bool) -> str:
    """The effect that takes most of the time, `mixed`, `tiny`, or `unknown`."""
    cost = summary.cost
    total = cost.total.expected
    if is_too_little(work.per_item, work.per_item * work.items):
        return "unknown" if concurrent and not known and not proofs else "tiny"  # what a worker does is hardly nothing
    if (summary.unresolved or (concurrent and not known)) and not proofs and total * work.items.expected < TINY:
        return "unknown"  # what is known of it is too little, and the rest is not known
    if _share(proofs, frozenset({Effect.PARALLEL_NATIVE}), total) > _PARALLEL:
        return "parallel-native"
    waiting, native, child = (part.expected / total for part in (cost.waiting, cost.native, cost.child))
    computing = cost.interpreter.expected / total
    if child >= 0.5:
        return "subprocess"
    if waiting + child >= 0.65 or (waiting >= 0.25 and computing < 0.2):  # what frees the GIL overlaps like a wait
        return _heaviest(proofs, _WAITS | {Effect.SUBPROCESS}, "unknown")
    if waiting + child >= 0.25:
        return "mixed"
    if native > computing:
        return _heaviest(proofs, _NATIVE, "cpu-native-nogil")
    if _share(proofs, frozenset({Effect.DISK}), total) > 0.5:
        return "disk"
    return (
        "cpu-native"
        if _share(proofs, frozenset({Effect.CPU_NATIVE}), cost.interpreter.expected) > 0.5
        else "cpu-python"
    )


def _waits_for_the_disk(catalog: Catalog, proof: Proof) -> bool:
    known = None if proof.guessed else catalog.call(proof.api)
    return known is not None and known[1].device


def _share(proofs: tuple[Proof, ...], effects: frozenset[Effect], seconds: float) -> float:
    return sum(p.seconds.expected for p in proofs if p.effect in effects) / seconds if seconds else 0.0


def _heaviest(proofs: tuple[Proof, ...], effects: frozenset[Effect], default: str) -> str:
    return next((p.effect.value for p in proofs if p.effect in effects), default)


# ---- surroundings


def _blast_radius(program: Program, function: str) -> int:
    """How many functions would have to become coroutines, from this one up to the entry."""
    seen: set[str] = set()
    waiting = [function]
    while waiting and len(seen) < 50:
        here = waiting.pop()
        info = program.functions.get(here)
        if info is None or here in seen or info.is_module or info.is_async:
            continue
        seen.add(here)
        waiting.extend(caller for caller, _ in program.callers(here)[:10])
    return len(seen)


def _subject(site: Site) -> str:
    """The names in the head of the site: a fingerprint of them survives moves and changes elsewhere."""
    head: tuple[code.Expr, ...]
    match site.node:
        case code.For(target=target, iterable=iterable):
            head = (target, iterable)
        case code.While(test=test):
            head = (test,)
        case code.Comprehension(element=element):
            head = (element, *(clause.iterable for clause in site.node.clauses))
        case code.Call():
            head = (site.node,)
        case _:
            head = tuple(h for s in site.body for h in tree.heads(s))
    words = []
    for expression in head:
        for node in tree.every(expression):
            match node:
                case code.Name(id=word) | code.Attribute(name=word):
                    words.append(word)
                case code.Literal(value=value):
                    words.append(str(value)[:40])
    return " ".join(words)


def _model_in_use(program: Program, catalog: Catalog, site: Site) -> Model | None:
    """The model that a pool, thread or gather already uses."""
    if site.kind is SiteKind.GATHER:
        return Model.ASYNCIO
    if site.kind is SiteKind.THREAD:
        return Model.THREADING
    if site.kind is not SiteKind.POOL:
        return None
    found = {kind for call in calls_of(site) for kind in _runs_on(program, catalog, site.function, call)}
    if Waiter.PROCESS in found:
        return Model.MULTIPROCESSING
    return Model.THREADING if Waiter.THREAD in found else None


def _starts_workers(program: Program, catalog: Catalog, summaries: Summaries, site: Site) -> frozenset[Context]:
    """Do the processes that a site hands work to start threads of their own, for whose end they then wait?"""
    if _model_in_use(program, catalog, site) is not Model.MULTIPROCESSING:
        return frozenset()
    reached = sorted(summaries.reached(site.function, tuple(calls_of(site))))
    starts = any(
        handed is not None and handed.where == "thread"
        for function in reached
        if program.functions[function].called_names & (catalog.starting | catalog.starting_threads)
        for call in program.functions[function].calls
        for handed in (pools.hand_over(program, catalog, function, call),)
    )
    return frozenset({Context.STARTS_WORKERS}) if starts else frozenset()


def _runs_on(program: Program, catalog: Catalog, function: str, call: code.Call) -> Iterator[Waiter | None]:
    """What a call that makes a pool, or hands work to one or to a thread or process, runs it on."""
    yield pools.pool_of(program, catalog, function, call)
    owner = receiver(call)
    if owner is not None:
        yield pools.pool_of(program, catalog, function, owner)
    handed = pools.hand_over(program, catalog, function, call)
    if handed is not None and handed.runs_elsewhere and not handed.guessed:
        yield Waiter(handed.where)
    yield from (
        Waiter(target.callback)
        for target in program.targets(function, call)
        if target.callback in ("thread", "process")
    )


def _pool_size(program: Program, catalog: Catalog, site: Site) -> int | None:
    """The workers of the pool that the site hands its rounds to, where it is made in the same function."""
    if site.kind is not SiteKind.POOL:
        return None
    for call in program.functions[site.function].calls:
        if pools.pool_of(program, catalog, site.function, call) in (Waiter.THREAD, Waiter.PROCESS):
            number = pools.size(program, site.function, call)
            if number is not None and number >= 1:
                return int(number)
    return None
