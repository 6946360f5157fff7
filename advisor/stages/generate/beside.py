"""Beside: what timers, other tasks and threads change while the iterations run, each iteration of a loop sees in its turn."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.effect import Effect
from advisor.model.program import ClassInfo
from advisor.model.state import Ambient, RootKind, State, Write
from advisor.questions.calls import entries
from advisor.questions.drains import Drain
from advisor.questions.interference import clashes
from advisor.questions.lineage import lineage, methods
from advisor.questions.tests import is_test
from advisor.stages.generate.apart import parts_of, work_state
from advisor.stages.generate.draft import Draft
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.work import Cut

_BESIDE = ("loop", "thread")
_ASKING = frozenset({Effect.NETWORK, Effect.ASYNC})


def check_beside(draft: Draft, made: Cut) -> None:
    """Refused where something that runs beside the loop changes what the work reads: side by side all items would see it as it
    was at the beginning."""
    reads = [
        read for read in work_state(draft, made).reads if read.exposed and read.place.root.kind is not RootKind.ITEM
    ]
    names = {_last(read.place.path, read.place.root.name): read for read in reads if not read.bare}
    if not names:
        return
    own = {draft.order.site.function, *draft.inquiry.reached(made.nodes)}
    for call, function in _started(draft):
        if function in own:
            continue
        for write in _lasting(draft, function):
            read = names.get(_last(write.place.path, write.place.root.name))
            if read is not None:
                because = f"the work reads `{read.place.label}` (line {read.where.line})"
                because += f", which what line {call.line} starts may change meanwhile"
                raise Refused("carried-dependence", because, draft.loop)


def check_own_server(draft: Draft, made: Cut) -> None:
    """Refused where the program answers the requests of the work itself, and keeps what they change."""
    asked = (proof.effect for node in made.nodes for proof in draft.inquiry.summary(node).ever)
    if not any(effect in _ASKING for effect in asked):
        return
    for function in _answering(draft):
        for write in _lasting(draft, function):
            if write.place.root.kind is not RootKind.SELF or len(write.target) > 1:
                because = (
                    f"the program answers these requests itself, and line {write.where.line} changes what it answers by"
                )
                raise Refused("shared-write", because, draft.loop)


def check_takers(draft: Draft) -> None:
    """Refused where whoever takes the values one by one changes meanwhile what the next one is made of."""
    order = draft.order
    info, node = order.program.functions[order.site.function], order.site.node
    lazy = node if isinstance(node, code.Comprehension) and node.kind == "generator" else None
    if lazy is None and not info.is_generator:
        return
    line = Drain(order.program, order.summaries, order.catalog).disturbed(info, lazy)
    if line is not None:
        because = f"the loop in line {line} takes the values one by one, and changes what the next ones are made of"
        raise Refused("carried-dependence", because, draft.loop)


def check_logged(draft: Draft, made: Cut) -> None:
    """Refused where what the program does with its log changes what the work reads: each record does, from wherever it comes."""
    parts = parts_of(draft, made)
    if not any(use.what is Ambient.LOG for use in (*parts.work.ambient, *parts.rest.ambient)):
        return
    for method in _told(draft):
        changed = State(writes=tuple(write for write in _lasting(draft, method)))
        for clash in clashes(parts.seen, changed, parts.work, apart=False):
            because = (
                f"line {clash.write.where.line} changes `{clash.write.place.label}` for each record that is logged"
            )
            raise Refused("carried-dependence", f"{because}, and the work reads it", draft.loop)


def _told(draft: Draft) -> Iterator[str]:
    """The methods of the program that run for each log record."""
    program, catalog = draft.order.program, draft.order.catalog
    for cls in program.classes.values():
        above = lineage(program, cls)
        known = (catalog.object(base) for each in above for base in _bases(draft, each))
        names = {name for entry in known if entry is not None for name in entry.told}
        own = methods(program, cls)
        yield from (own[name] for name in sorted(names) if name in own)


def check_watched(draft: Draft) -> None:
    """Refused where the program is told of each call that its thread makes: those of a worker it would not be told of."""
    program, catalog = draft.order.program, draft.order.catalog
    if draft.way.tasks and not draft.way.through:
        return
    for watcher in sorted(catalog.watching):
        for function, call in program.objects.calls_named(watcher.rpartition(".")[2]):
            off = call.arguments and isinstance(call.arguments[0], code.Literal)
            known = any(name == watcher for name, _ in entries(program, catalog, function, call))
            if known and not off and not is_test(program.functions[function].path):
                because = f"line {call.line} has the calls of this thread watched, and workers run in others"
                raise Refused("thread-state", because, draft.loop)


def _answering(draft: Draft) -> Iterator[str]:
    """The functions that answer requests to a server of the program's own."""
    program, catalog = draft.order.program, draft.order.catalog
    for info in program.functions.values():
        owner = None if info.owner is None else program.classes[info.owner]
        above = () if owner is None else lineage(program, owner)
        if any(_answers(draft, base) for cls in above for base in _bases(draft, cls)):
            yield info.id
    for last in sorted(catalog.called_back):
        for caller, call in program.objects.calls_named(last):
            if any(entry.returns == "asyncio.Server" for _, entry in entries(program, catalog, caller, call)):
                yield from (t.name for t in program.targets(caller, call) if t.kind == "function" and t.callback)


def _bases(draft: Draft, cls: ClassInfo) -> Iterator[str]:
    values = (value for base in cls.bases for value in draft.order.program.values(cls.parent, base))
    return (value.name for value in values if value.kind == "external")


def _answers(draft: Draft, base: str) -> bool:
    known = draft.order.catalog.object(base)
    return known is not None and known.answers


def _started(draft: Draft) -> Iterator[tuple[code.Call, str]]:
    """The calls that have a function run beside what goes on, with the function: timers, callbacks, tasks and threads."""
    program, catalog = draft.order.program, draft.order.catalog
    for last in sorted(catalog.called_back | catalog.starting | catalog.starting_threads):
        for caller, call in program.objects.calls_named(last):
            for target in program.targets(caller, call):
                if target.kind == "function" and target.callback in _BESIDE:
                    yield call, target.name
            handed = (
                [each for each in call.arguments if isinstance(each, code.Call)] if last in catalog.starting else []
            )
            for coroutine in handed:
                yield from ((call, t.name) for t in program.targets(caller, coroutine) if t.kind == "function")


def _lasting(draft: Draft, function: str) -> Iterator[Write]:
    return (write for write in draft.order.summaries.function_state(function).writes if not write.memo)


def _last(path: tuple[str, ...], name: str) -> str:
    return path[-1] if path else name
