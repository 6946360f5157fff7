"""Connections: those that each thread would open for itself by the work of a site, and that nobody would close."""

from __future__ import annotations

from collections.abc import Iterator

from advisor.model.catalog import Catalog
from advisor.model.effect import Effect
from advisor.model.program import Program
from advisor.model.site import Hazard, HazardKind, Site
from advisor.model.summary import Summaries, Summary
from advisor.questions.calls import calls_of
from advisor.questions.connections import closes


def left_open(
    program: Program, catalog: Catalog, summaries: Summaries, site: Site, summary: Summary
) -> Iterator[Hazard]:
    """What the work asks over the connection of its thread. The caller's is closed for it, that of a worker is not."""
    for proof in summary.ever:
        closers = catalog.closers_of(proof.api) if proof.effect is Effect.DATABASE else ()
        if not closers:
            continue
        reached = (program.functions[each] for each in summaries.reached(site.function, calls_of(site)))
        if not any(closes(program, catalog, info, closers) for info in reached):
            short = proof.api.rpartition(".")[0]
            because = f"each thread that uses `{short}` opens a connection, which `{closers[0]}` alone closes"
            yield Hazard(HazardKind.THREAD_CONNECTION, closers[0], proof.line, because)
        return
