"""Generate: a site and a model in, the rewrite of its file out, or the refusal that says what forbids it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from advisor.model.concurrency import Model
from advisor.model.refactor import Order, Outcome, Refusal, Rewrite
from advisor.model.site import DependenceKind, HazardKind, SiteKind
from advisor.model.spoken import spoken
from advisor.questions.calls import decorations, entries
from advisor.questions.pools import daemonic
from advisor.stages.generate.awaiting import awaiting
from advisor.stages.generate.blocking import rewrite_blocking
from advisor.stages.generate.carry import Read, as_rewrites, carry
from advisor.stages.generate.comprehensions import rewrite_comprehension, rewrite_map
from advisor.stages.generate.finish import finish
from advisor.stages.generate.guard import done_at_import
from advisor.stages.generate.inquiry import Inquiry
from advisor.stages.generate.live import check_live_walk
from advisor.stages.generate.loops import rewrite_loop
from advisor.stages.generate.mending import MENDED, ON_PURPOSE, mend
from advisor.stages.generate.names import dotted, fresh, mark_acting, taken
from advisor.stages.generate.pools import rewrite_pool
from advisor.stages.generate.refused import Refused
from advisor.stages.generate.runs import rewrite_run
from advisor.stages.generate.section import check_section
from advisor.stages.generate.source import EditsOverlap, Source

__all__ = ["MENDED", "ON_PURPOSE", "combine", "generate", "parse"]

_ALWAYS = frozenset(
    {HazardKind.POLLING, HazardKind.RETRY, HazardKind.PAGINATION, HazardKind.LOCK_HELD, HazardKind.TRANSACTION,
     HazardKind.BATCHED,
     HazardKind.RATE_LIMIT, HazardKind.PROCESS_STATE, HazardKind.INTERACTIVE, HazardKind.MAY_ASK, HazardKind.MESSAGE_ORDER,
     HazardKind.INSIDE_POOL, HazardKind.STATEFUL_CAPTURE}
)  # fmt: skip
_NOTEBOOK = ".ipynb"
TOO_LITTLE = "too-little-work"
_SHARED_OUT = frozenset({SiteKind.FOR, SiteKind.WHILE, SiteKind.COMPREHENSION, SiteKind.MAP, SiteKind.STATEMENTS})
_CUT = frozenset({SiteKind.FOR, SiteKind.COMPREHENSION})  # of these a part may stay with the caller
_NEEDS = frozenset({"carried-dependence", "shared-write", "rate-limit"})  # hazards by which one iteration needs another
# Of these it is told again, of the part that is handed over, what the iterations need from each other.
_TAKEN_APART = frozenset({SiteKind.FOR, SiteKind.POOL, SiteKind.THREAD, SiteKind.GATHER})


def parse(text: str) -> Source | Refusal:
    """The file as a tree, or why this Python cannot read it."""
    try:
        return Source(text)
    except (SyntaxError, ValueError) as error:
        return Refusal("syntax", f"this Python cannot parse the file: {error}", getattr(error, "lineno", None) or 1)


def generate(order: Order, source: Source, read: Read) -> Outcome:
    """The rewrite of one site, checked by making it; or why there is none. `read` gives the other files of the project."""
    if order.site.path.endswith(_NOTEBOOK):
        because = "a cell of a notebook is not rewritten: change it by hand, or save the notebook as a script"
        return Outcome(order, None, Refusal("notebook", because, order.site.line))
    try:
        _check(order)
    except Refused as refused:
        return Outcome(order, None, refused.refusal)
    scripts: Read = lambda path: None if path.endswith(_NOTEBOOK) else read(path)  # noqa: E731
    for await_work in (True, False):  # clients that await are better than threads that wait, where both do the same
        try:
            rewrite = _rewrite(order, source, scripts, await_work=await_work)
            if rewrite is None:
                continue
            if rewrite.guard:
                rewrite = replace(rewrite, acts=done_at_import(order, source))
            _check_version(order, source, finish(source, [rewrite]))
            for path, other in rewrite.elsewhere:
                beside = scripts(path)
                if beside is not None:
                    finish(beside, [other])
            _check_worth(order)
        except Refused as refused:
            refusal = _best_told(order, refused.refusal)
            if refusal.hazard == "no-main-guard":  # told of the text that would have been
                refusal = replace(refusal, line=order.site.line)
        except EditsOverlap:
            refusal = Refusal("layout", "parts of the code would have to change twice", order.site.line)
        else:
            return Outcome(order, rewrite)
    return Outcome(order, None, refusal)


def _check_worth(order: Order) -> None:
    """Asked last, for it is the one reason that only costs time: the work is surely less than handing it over."""
    tiny = order.case.work_kind == "tiny" and order.site.kind in _SHARED_OUT
    if tiny and not order.advised and TOO_LITTLE not in order.accepted:
        because = "the work surely takes less time than handing it to workers would"
        raise Refused(TOO_LITTLE, because, order.site.line)


def _check_version(order: Order, source: Source, text: str) -> None:
    """What is written needs no newer Python than the project says it runs on."""
    if order.oldest is None:
        return
    for name in sorted(_dotted_names(ast.parse(text)) - _dotted_names(source.tree)):
        known = order.catalog.call(name)
        if known is not None and known[1].since is not None and (3, known[1].since) > order.oldest:
            allowed = ".".join(map(str, order.oldest))
            because = (
                f"it would need `{name}`, new in Python 3.{known[1].since}, and the project says it runs on {allowed}"
            )
            raise Refused("python-version", because, order.site.line)


def _dotted_names(tree: ast.AST) -> set[str]:
    return {dotted(node) or "" for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def combine(source: Source, rewrites: Sequence[Rewrite]) -> tuple[str, tuple[Rewrite, ...], tuple[Rewrite, ...]]:
    """The text with all rewrites that do not touch each other; with it those made, and those left out."""
    made: list[Rewrite] = []
    written: list[Rewrite] = []  # the same, with names of their own
    left: list[Rewrite] = []
    along: list[Rewrite] = []
    text = source.text
    for rewrite in sorted(rewrites, key=lambda r: r.start):
        if any(set(rewrite.edits) <= set(other.edits) and rewrite.helpers <= other.helpers for other in made):
            along.append(rewrite)  # another site of the same client
            continue
        apart = all(
            not _overlap(a.start, a.end, b.start, b.end) for other in made for a in rewrite.edits for b in other.edits
        )
        if apart:
            renamed = _named_apart(source, rewrite, written)
            try:
                text = finish(source, [*written, renamed])
            except (Refused, EditsOverlap):
                left.append(rewrite)
            else:
                made.append(rewrite)
                written.append(renamed)
            continue
        left.append(rewrite)
    return text, (*made, *along), tuple(left)


def _named_apart(source: Source, rewrite: Rewrite, made: Sequence[Rewrite]) -> Rewrite:
    """The rewrite, with other names for what it defines where one of those made has given them already."""
    used = frozenset[str]().union(*(other.invents for other in made))
    edits = rewrite.edits
    names = rewrite.invents
    for name in sorted(rewrite.invents & used):
        free = fresh(name, used | names | taken(source.tree))
        edits = tuple(replace(edit, text=re.sub(rf"\b{re.escape(name)}\b", free, edit.text)) for edit in edits)
        names = names - {name} | {free}
    return rewrite if names == rewrite.invents else replace(rewrite, edits=edits, invents=names)


def _overlap(start: int, end: int, other_start: int, other_end: int) -> bool:
    return start < other_end and other_start < end


def _check(order: Order) -> None:
    """What forbids the model whatever the code looks like."""
    case = order.case
    for hazard in case.hazards:
        apart = hazard.kind is HazardKind.STATEFUL_CAPTURE and order.site.kind in _CUT
        if hazard.kind in _ALWAYS and not order.advised and not apart:
            raise Refused(hazard.kind.value, hazard.because, hazard.line)
        if hazard.kind is HazardKind.THREAD_CONNECTION:
            raise Refused(hazard.kind.value, f"{hazard.because}: end the work with that, and try again", hazard.line)
        if hazard.kind is HazardKind.DAEMONIC_WORKER and order.model is Model.MULTIPROCESSING:
            raise Refused(hazard.kind.value, hazard.because, hazard.line)
    if order.model is Model.MULTIPROCESSING:
        line = daemonic(order.program, order.catalog, order.summaries).get(order.site.function)
        if line is not None:
            because = f"line {line} has this run in a daemonic process, which may start no others"
            raise Refused(HazardKind.DAEMONIC_WORKER.value, because, order.site.line)
    kind = case.dependence.kind
    unsure = kind is DependenceKind.UNKNOWN and not order.advised
    if (kind is DependenceKind.CARRIED or unsure) and order.site.kind not in _TAKEN_APART:
        raise Refused("carried-dependence", *_tie(order))
    _check_end(order)
    check_section(order)
    check_live_walk(order)


def _check_end(order: Order) -> None:
    """What runs when the interpreter ends can start no workers any more."""
    here = order.site.function
    for last, line in _called_at_end(order):
        if here == last or here in order.summaries.reached(last, order.program.functions[last].calls):
            because = f"line {line} has this called when the interpreter ends, where no worker can be started"
            raise Refused("process-state", because, order.site.line)


def _called_at_end(order: Order) -> Iterator[tuple[str, int]]:
    """The functions that are called when the interpreter ends, with the line that has it so."""
    program, catalog = order.program, order.catalog
    for name in sorted(catalog.ending):
        for function, call in program.objects.calls_named(name):
            if call.arguments and any(entry.at_exit for _, entry in entries(program, catalog, function, call)):
                given = program.values(function, call.arguments[0])
                yield from ((value.name, call.line) for value in sorted(given) if value.kind == "function")
    for info in program.functions.values():
        if any(entry.at_exit for entry in decorations(program, catalog, info, catalog.ending)):
            yield info.id, info.line


def _tie(order: Order) -> tuple[str, int]:
    """What ties the iterations together, as the advice found it, and its line."""
    detail = next(iter(order.case.dependence.details), None)
    return (spoken(detail.because), detail.line) if detail else ("iterations depend on each other", order.case.line)


def _best_told(order: Order, refusal: Refusal) -> Refusal:
    """The refusal, in the words of the advice where that is about the same: it looked at the whole iteration."""
    if refusal.hazard in _NEEDS and order.case.dependence.kind is DependenceKind.CARRIED and order.fault is None:
        return Refusal("carried-dependence", *_tie(order))
    return refusal


def _rewrite(order: Order, source: Source, read: Read, *, await_work: bool) -> Rewrite | None:
    """The site rewritten; with `await_work` only where all its work can await, else None."""
    lines = [source.line(number) for number in range(1, len(source.starts) + 1)]
    inquiry = Inquiry(order, lines)
    beside = [path for path in order.program.modules if path != order.site.path]
    inquiry.others = lambda: (other.text for path in beside if (other := read(path)) is not None)
    _tell_acting(source, inquiry)
    if order.fault is not None:
        return None if await_work else mend(order, source, inquiry, read)
    writer = _WRITERS.get(order.site.kind)
    if writer is None or order.model is Model.SEQUENTIAL:
        raise Refused("layout", f"there is no refactor of {order.site.kind} for {order.model}", order.site.line)
    if await_work:
        region = _region(order, source)
        found = awaiting(order, source, inquiry, region) if region else None
        if found is None:
            return None
        _tell_acting(found.source, found.inquiry)
        rewrite = found.back(writer(found.order, found.source, found.inquiry))
    else:
        rewrite = writer(order, source, inquiry)
    info = order.program.functions[order.site.function]
    if order.model is not Model.ASYNCIO or info.is_async or order.site.kind.is_concurrent:
        return rewrite
    if info.is_module:
        raise Refused(
            "event-loop", "the work stands at the level of the module, where nothing can be awaited", order.site.line
        )
    carried = carry(order, lambda path: source if path == order.site.path else read(path), info.id)
    edits, needs, elsewhere = as_rewrites(carried, order.site.path)
    return replace(rewrite, edits=(*rewrite.edits, *edits), needs=rewrite.needs | needs, elsewhere=elsewhere,
                   notes=(*rewrite.notes, *carried.notes))  # fmt: skip


def _tell_acting(source: Source, inquiry: Inquiry) -> None:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and inquiry.acts(node):
            mark_acting(node)  # told once, for all who ask whether an expression is calm


def _region(order: Order, source: Source) -> list[ast.AST]:
    """The nodes that a site is made of, where its work may be awaited: those of a loop's rounds, not of what it walks."""
    match order.site.kind:
        case SiteKind.FOR:
            for node in ast.walk(source.tree):
                if isinstance(node, ast.For) and node.lineno == order.site.line:
                    return list(node.body)
        case SiteKind.COMPREHENSION:
            return list(_at(order, source, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp))[:1]
        case SiteKind.STATEMENTS:
            lines = {statement.line for statement in order.site.body if hasattr(statement, "line")}
            return [n for n in ast.walk(source.tree) if isinstance(n, ast.stmt) and n.lineno in lines
                    and not hasattr(n, "body")]  # fmt: skip
    return []


def _loop(order: Order, source: Source, inquiry: Inquiry) -> Rewrite:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.For | ast.AsyncFor | ast.While) and node.lineno == order.site.line:
            return rewrite_loop(order, source, inquiry, node)
    raise Refused("layout", "the loop was not found in the source", order.site.line)


def _comprehension(order: Order, source: Source, inquiry: Inquiry) -> Rewrite:
    for node in _at(order, source, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp):
        assert isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp)
        return rewrite_comprehension(order, source, inquiry, node)
    raise Refused("layout", "the comprehension was not found in the source", order.site.line)


def _map(order: Order, source: Source, inquiry: Inquiry) -> Rewrite:
    for node in _at(order, source, ast.Call):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            return rewrite_map(order, source, inquiry, node)
    because = "what `apply` gives keeps the index of what it walks: make it anew of `list(pool.map(function, series))`"
    raise Refused("layout", because, order.site.line)


def _at(order: Order, source: Source, *kinds: type[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of these kinds at the place of the site, outermost first."""
    site = order.site
    place = source.line_start(site.line) + site.column
    for node in ast.walk(source.tree):
        if isinstance(node, kinds) and getattr(node, "lineno", 0) == site.line:
            start = source.span(node)[0]
            if start == place or (isinstance(node, ast.GeneratorExp) and abs(start - place) <= 1):
                yield node


_WRITERS: dict[SiteKind, Callable[[Order, Source, Inquiry], Rewrite]] = {
    SiteKind.FOR: _loop,
    SiteKind.WHILE: _loop,
    SiteKind.COMPREHENSION: _comprehension,
    SiteKind.MAP: _map,
    SiteKind.STATEMENTS: rewrite_run,
    SiteKind.AWAITS: rewrite_run,
    SiteKind.POOL: rewrite_pool,
    SiteKind.THREAD: rewrite_pool,
    SiteKind.GATHER: rewrite_pool,
    SiteKind.BLOCKING_IN_ASYNC: rewrite_blocking,
}
