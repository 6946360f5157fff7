"""Walked: ties through what the loop walks, which goes on by what the rounds leave behind, or is changed beside them."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model.catalog import Catalog
from advisor.model.program import Program
from advisor.model.site import DependenceKind, Detail, Site
from advisor.model.state import How, State
from advisor.model.summary import Summaries, Summary
from advisor.questions.calls import calls_of, entries
from advisor.questions.flow import walking
from advisor.questions.interference import View, clashes, view
from advisor.questions.walks import asked_for_position, decided, looked_at_again, spoilt
from advisor.stages.weigh.dependence import Tie, costly_calls, in_work


def walked(
    program: Program, catalog: Catalog, summaries: Summaries, site: Site, summary: Summary, state: State
) -> Iterator[Tie]:
    """Ties between a round and what the next ones are about."""
    yield from _folders(program, catalog, site, summary, state)
    yield from _pages(program, catalog, site, state)
    yield from _spoilt(program, catalog, summaries, site, state, costly_calls(summary))
    for label, where, because in asked_for_position(program, catalog, site, state):
        if not costly_calls(summary).isdisjoint(where.calls):
            yield DependenceKind.CARRIED, Detail(label, where.line, because)
    yield from _drawn(state, summaries.state(walking(program, site)), view(program, site), costly_calls(summary))


def _folders(program: Program, catalog: Catalog, site: Site, summary: Summary, state: State) -> Iterator[Tie]:
    """What an iterator looks at again: where the costly calls change it, it cannot go on before they have."""
    again = looked_at_again(program, catalog, site)
    costly = costly_calls(summary)
    for write, because in decided(again, state):
        kind = DependenceKind.CARRIED if in_work(write, costly) else DependenceKind.REDUCTION
        yield kind, Detail(write.place.label, write.where.line, because)


def _spoilt(
    program: Program, catalog: Catalog, summaries: Summaries, site: Site, state: State, costly: frozenset[int]
) -> Iterator[Tie]:
    """Items that are of no use to work that is still at them when the next one is drawn."""
    gone = spoilt(program, catalog, summaries, site)
    if gone is None:
        return
    if gone.is_read(read for read in state.reads if in_work(read, costly)):
        yield DependenceKind.CARRIED, Detail(site.kind.value, site.line, gone.because)


def _pages(program: Program, catalog: Catalog, site: Site, state: State) -> Iterator[Tie]:
    """Pages that are cut out of a query which is asked anew each time: what one round changes may move the others."""
    changes = state.opaque or any(deed.access is None or not deed.access.looks for deed in state.deeds)
    for call in calls_of(site) if changes else ():
        for name, entry in entries(program, catalog, site.function, call):
            if entry.cuts:
                because = f"`{name}` asks a query anew and takes its page by position, which what an iteration changes may move"
                yield DependenceKind.UNKNOWN, Detail(name, call.line, because)


def _drawn(state: State, walk: State, seen: View, costly: frozenset[int]) -> Iterator[Tie]:
    """What drawing the next item changes and the work reads: a buffer that each item is a view of."""
    drawing = State(writes=tuple(write for write in walk.writes if write.how is not How.TAKE))
    for clash in clashes(seen, drawing, State(reads=tuple(read for read in state.reads if in_work(read, costly)))):
        label, line = clash.write.place.label, clash.write.where.line
        because = f"the next item changes `{label}` (line {line}), which the work reads (line {clash.second.line})"
        yield DependenceKind.CARRIED, Detail(label, line, because)
