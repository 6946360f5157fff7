"""Recalling: the report on some paths, as the run before gave it where nothing has changed since."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from advisor.files import read_text
from advisor.inputs import reports
from advisor.inputs.baseline import read_baseline
from advisor.inputs.discover import discover, read
from advisor.inputs.knowledge import builtin_rules, user_cache
from advisor.inputs.machine import this_machine, this_target
from advisor.inputs.project import Project
from advisor.inputs.races import read_races
from advisor.inputs.reports import KeptReport, World
from advisor.inputs.rule_folders import state_of
from advisor.model.change import Change
from advisor.model.report import Report
from advisor.model.source import digest
from advisor.settings import Settings

if TYPE_CHECKING:
    from advisor.reading import Progress

_DECLARATIONS = ("pyproject.toml", "setup.cfg", "setup.py")
_LARGEST = 500_000_000  # bytes, as of a profile
_NO_MATTER = {"format", "output", "jobs", "executor"}  # settings that change nothing of what is found


@dataclass(frozen=True, slots=True)
class Told:
    """A report on a `project`, with what `generate` makes of its findings, by their ids, but for the texts of the files."""

    report: Report
    project: Project
    changes: dict[str, Change]


def advise_again(
    paths: tuple[Path, ...], settings: Settings, progress: Progress | None = None, *, changes: bool = False
) -> Told:
    """What `pipeline.advise` gives, from the cache of this user where that is known to be the same; with `changes` also what
    `generate` can write. A format that draws curves needs an analysis: they are not kept.

    Raises AdvisorError as `pipeline.advise` does.
    """
    cache = user_cache()
    project = Project.around(paths, settings.project)
    asked = _question(paths, settings, project, cache, changes)
    kept = reports.recall(cache, asked)
    if kept is not None and _holds(kept.world, paths, settings, project):
        return Told(kept.whole(), project, kept.changes)
    from advisor.fixes import changes_for  # with all the stages, which an answer that is known can spare
    from advisor.pipeline import examine, report

    seen = examine(paths, settings, progress, every=settings.all, cache=cache)
    found = report(seen, settings)
    made = changes_for(found.findings, seen, settings) if changes else {}
    world = _world(seen.project, seen.facts.seen)
    if world is not None:
        reports.keep(cache, asked, KeptReport.of(world, found, made))
    return Told(found, seen.project, made)


def _question(paths: tuple[Path, ...], settings: Settings, project: Project, cache: Path, changes: bool) -> str:
    """All that a report rests on besides the sources. Files that are given as options, and those that say which Python a project
    is for, count by their content."""
    target = this_target(settings.target_python, settings.cores)
    rules = state_of((builtin_rules(), *settings.rules))
    declared = [project.root / name for name in _DECLARATIONS]
    given = [None if file is None else _content(file) for file in (settings.profile, settings.baseline, *declared)]
    listed = () if settings.baseline is None else read_baseline(settings.baseline)
    gone = sorted({entry.path for entry in listed if not os.path.exists(project.root / entry.path)})
    return reports.question(
        changes, sorted(settings.model_dump(exclude=_NO_MATTER).items()), [str(path.absolute()) for path in paths], str(project.root),
        target, this_machine(cache), sorted(read_races(cache, project.root).items()), rules, given,
        gone,
    )  # fmt: skip


def _content(file: Path) -> str:
    try:
        return read_text(file, errors="surrogateescape", largest=_LARGEST)
    except OSError as error:
        return repr(error)


def _holds(world: World, paths: tuple[Path, ...], settings: Settings, project: Project) -> bool:
    """Is all as it was?"""
    named = {
        each.path: digest(each)
        for each in discover(paths, project, settings.exclude, force_exclude=settings.force_exclude)
    }
    return (
        named.items() <= world.files.items()
        and all(reports.names_in(folder) == names for folder, names in world.folders.items())
        and all(digest(read(project, path)) == known for path, known in world.files.items() if path not in named)
        and project.beside(world.files) == world.around
    )


def _world(project: Project, files: dict[str, str]) -> World | None:
    """What the report rests on; None where a folder has changed meanwhile."""
    folders = project.looked_at()
    if any(_names(folder) != names for folder, names in folders.items()):
        return None
    told = {folder: reports.names_in(folder) for folder in folders}
    return World(files=files, folders=told, around=project.beside(files))


def _names(folder: str) -> frozenset[str]:
    try:
        return frozenset(os.listdir(folder))
    except OSError:
        return frozenset()
