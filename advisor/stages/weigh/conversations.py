"""Conversations: connections and sessions of a database that an iteration uses and does not open, so that all share them.

How they come to the iteration is often past following: through a framework, a repository object, an attribute of a base
class. That it opens none itself can be seen all the same.
"""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model import code
from advisor.model.catalog import Catalog
from advisor.model.effect import Effect
from advisor.model.program import Program
from advisor.model.site import Hazard, HazardKind, Site
from advisor.model.state import CONVERSATION, RootKind, State
from advisor.model.summary import Summaries, Summary
from advisor.questions.calls import calls_of, entries
from advisor.questions.thresholds import THE_POINT


def shared_conversations(
    program: Program, catalog: Catalog, summaries: Summaries, site: Site, summary: Summary, state: State
) -> Iterator[Hazard]:
    """The conversations with a database in which an iteration spends its time, and which it does not open."""
    yield from _sessions_by_name(state)
    spoken = [(proof, _speaker(catalog, proof.api)) for proof in summary.proofs if proof.effect is Effect.DATABASE]
    spoken = [(proof, kind) for proof, kind in spoken if kind and not proof.guessed]
    if sum(proof.seconds.expected for proof, _ in spoken) <= THE_POINT * summary.cost.total.expected:
        return
    opened = {kind.partition(".")[0] for kind in _opened(program, catalog, summaries, site)}
    for proof, kind in spoken:
        if kind.partition(".")[0] not in opened:
            because = f"`{kind}` is one conversation, which no iteration opens for itself"
            yield Hazard(HazardKind.STATEFUL_CAPTURE, kind, proof.line, because)


def _sessions_by_name(state: State) -> Iterator[Hazard]:
    """What is a session of a database by its name and methods, and comes to the iteration from elsewhere."""
    for use in state.uses:
        if use.type == CONVERSATION and use.place.root.kind is not RootKind.ITEM:
            label = use.place.label
            because = f"`{label}` looks like one session of a database, which no iteration opens for itself"
            yield Hazard(HazardKind.STATEFUL_CAPTURE, label, use.where.line, because)


def _speaker(catalog: Catalog, api: str) -> str:
    """The class of the conversation that the method speaks in; empty where it is that of something else."""
    kind = catalog.canonical(api.rpartition(".")[0])
    known = catalog.object(kind)
    return kind if known is not None and known.conversation else ""


def _opened(program: Program, catalog: Catalog, summaries: Summaries, site: Site) -> Iterator[str]:
    """The conversations that an iteration opens: those that it is given by something that is none itself."""
    for function, call in _calls(program, summaries, site):
        for name, entry in entries(program, catalog, function, call):
            given = entry.enters or entry.returns or entry.yields
            if given and _speaker(catalog, f"{given}.") and not _speaker(catalog, name):
                yield catalog.canonical(given)


def _calls(program: Program, summaries: Summaries, site: Site) -> Iterator[tuple[str, code.Call]]:
    calls = calls_of(site)
    yield from ((site.function, call) for call in calls)
    for function in sorted(summaries.reached(site.function, calls)):
        yield from ((function, call) for call in program.functions[function].calls)
