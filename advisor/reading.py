"""Reading: the files that were named, and those of the project that they import, as facts.

Files are extracted by a pool of processes where there is enough to do (ast-grep holds the GIL, so threads would
gain nothing); the facts and their order are the same for any number of workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from advisor.children import safe_starts
from advisor.inputs.discover import read
from advisor.inputs.kept_facts import KeptFacts
from advisor.inputs.memory import Memory
from advisor.inputs.project import Project
from advisor.model.facts import ModuleFacts, decode
from advisor.model.rule import SiteRule
from advisor.model.source import Skipped, Source, digest
from advisor.questions.imports import imported
from advisor.stages.extract import extract_encoded
from advisor.workers import by_processes

Progress = Callable[[int, int], None]
Hands = Callable[[Callable[[list[Source]], bytes], Sequence[list[Source]]], Iterator[bytes]]
"""Gives what a function makes of each batch of files, in their order."""

_WORTH_A_POOL = 600_000  # characters: below, starting processes costs more than they save
_BATCH = 250_000  # characters a task: large enough to be worth sending, small enough to spread


@dataclass(slots=True)
class Facts:
    """`reported` are the files that were named, `modules` these and what they import, both by path. `seen` is what was read,
    or tried to be read, by path: a digest of each text, or the reason why there is none."""

    modules: dict[str, ModuleFacts] = field(default_factory=dict)
    reported: dict[str, ModuleFacts] = field(default_factory=dict)
    skipped: list[Skipped] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)


def read_facts(
    project: Project,
    named: Iterable[Source | Skipped],
    sites: tuple[SiteRule, ...],
    hands: Hands,
    progress: Progress | None,
    memory: Memory | None = None,
    kept: KeptFacts | None = None,
) -> Facts:
    """The facts of `named` files and, wave by wave, of the project's files that they import.

    They are extracted by `hands`. What `memory` has of them, or earlier runs have `kept`, is not extracted again.
    """
    facts = Facts()
    wave: list[Source] = []
    for each in named:
        facts.seen[each.path] = digest(each)
        if isinstance(each, Skipped):
            facts.skipped.append(each)
        else:
            wave.append(each)
            facts.skipped.extend(each.unread)
    known = {source.path for source in wave} | {skipped.path for skipped in facts.skipped}
    while wave:
        reported = {source.path for source in wave if source.reported}
        fresh: list[ModuleFacts] = []
        for extracted in _recalled(project, wave, sites, hands, progress, memory, kept):
            if isinstance(extracted, ModuleFacts):
                facts.modules[extracted.path] = extracted
                fresh.append(extracted)
            elif extracted.path in reported:
                facts.skipped.append(extracted)
        facts.reported.update((each.path, each) for each in fresh if each.path in reported)
        wanted = sorted({path for each in fresh for path in imported(each, project.candidates)} - known)
        known.update(wanted)
        further = {path: read(project, path) for path in wanted}
        facts.seen.update((path, digest(source)) for path, source in further.items())
        wave = [source for source in further.values() if isinstance(source, Source)]
    return facts


def _recalled(
    project: Project,
    wave: Sequence[Source],
    sites: tuple[SiteRule, ...],
    hands: Hands,
    progress: Progress | None,
    memory: Memory | None,
    kept: KeptFacts | None,
) -> Iterator[ModuleFacts | Skipped]:
    if memory is None:
        yield from _kept(wave, sites, hands, progress, kept)
        return
    recalled = [memory.facts(project.root, source) for source in wave]
    fresh = [source for source, known in zip(wave, recalled, strict=True) if known is None]
    extracted = zip(fresh, _kept(fresh, sites, hands, progress, kept), strict=True)
    for known in recalled:
        yield known if known is not None else memory.keep_facts(project.root, *next(extracted))


def _kept(
    wave: Sequence[Source],
    sites: tuple[SiteRule, ...],
    hands: Hands,
    progress: Progress | None,
    kept: KeptFacts | None,
) -> Iterator[ModuleFacts | Skipped]:
    """The facts of each file, as an earlier run has kept them where it has."""
    recalled = [None for _ in wave] if kept is None else kept.recall(wave)
    fresh = [source for source, known in zip(wave, recalled, strict=True) if known is None]
    extracted = list(
        _decoded(hands(partial(extract_encoded, sites=sites), list(_batches(fresh))), len(fresh), progress)
    )
    if kept is not None and fresh:
        kept.keep(fresh, extracted)
    rest = iter(extracted)
    yield from (known if known is not None else next(rest) for known in recalled)


def side_by_side(
    work: Callable[[list[Source]], bytes], batches: Sequence[list[Source]], workers: int
) -> Iterator[bytes]:
    """Hands of this machine: so many processes, where there is enough to do."""
    if workers < 2 or sum(len(source.text) for batch in batches for source in batch) < _WORTH_A_POOL:
        yield from map(work, batches)
        return
    with safe_starts():
        yield from by_processes(work, batches, workers)


def _decoded(encoded: Iterable[bytes], total: int, progress: Progress | None) -> Iterator[ModuleFacts | Skipped]:
    done = 0
    for batch in encoded:
        extracted = decode(batch)
        yield from extracted
        done += len(extracted)
        if progress is not None:
            progress(done, total)


def _batches(sources: Sequence[Source]) -> Iterator[list[Source]]:
    batch: list[Source] = []
    size = 0
    for source in sources:
        batch.append(source)
        size += len(source.text)
        if size >= _BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
