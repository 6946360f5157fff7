"""Doing: each kind of job carried out, with a memory that lasts as long as the process."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial, singledispatchmethod
from pathlib import Path
from typing import Any

from advisor import refactoring
from advisor.errors import AdvisorError
from advisor.inputs.guides import read_guides
from advisor.inputs.knowledge import builtin_rules, load_knowledge, user_cache
from advisor.inputs.memory import Memory
from advisor.inputs.project import Project
from advisor.inputs.view import View
from advisor.model.report import Finding, Report
from advisor.outputs.explain import explain_slug
from advisor.outputs.markdown import explained
from advisor.outputs.phrases import best_first
from advisor.pipeline import examine, report
from advisor.placing import Place, findings_at
from advisor.refactoring import ChangedFile, Refactored, Wanted, refactor, wanted
from advisor.serving.confined import inside, lies_in
from advisor.serving.jobs import Analyse, Analysed, Explain, Files, Fix, Fixed, Generate, Job, Survey
from advisor.settings import Settings, load_settings
from advisor.stages.extract import check_site

_MARK = "\ufeff"  # editors keep the byte order mark to themselves


@dataclass(slots=True)
class Doing:
    memory: Memory = field(default_factory=Memory)

    def do(self, job: Job) -> object:
        """The value that this kind of job gives. AdvisorError for what a person can correct."""
        return self._do(job)

    @singledispatchmethod
    def _do(self, job: Job) -> object:
        raise TypeError(f"no such job: {job}")

    def _settings_at(self, files: Files, paths: Sequence[str | Path], **overrides: Any) -> Settings:
        """Those of the project around `paths`; where its root lies above the folder that was opened, this folder's."""
        root = str(Project.around(paths).root)
        self._look_at(files if files.folders else Files((root,), files.unsaved))
        around = [folder for folder in files.folders if lies_in(str(paths[0]), folder)]
        folder = max(around, key=len, default=root)
        if not lies_in(root, folder):
            return load_settings(Path(folder), {"project": Path(folder), **overrides})
        return load_settings(Path(root), overrides)

    def _look_at(self, files: Files) -> None:
        self.memory.view = View(dict(files.unsaved), tuple(map(os.path.realpath, files.folders)))

    # ---- for editors

    @_do.register
    def _analyse(self, job: Analyse) -> Analysed:
        settings = self._settings_in(job.files, job.file)
        seen = examine((Path(job.file),), settings, every=False, memory=self.memory)
        found = report(seen, settings)
        path = seen.project.relative(job.file)
        why_not = next((skipped.why for skipped in found.skipped if skipped.path == path), "")
        return Analysed(str(seen.project.root), found.findings, why_not, found.target.cores)

    @_do.register
    def _fix(self, job: Fix) -> Fixed:
        settings = self._settings_in(job.files, job.file)
        started, paths = time.time_ns(), (Path(job.file),)
        seen = examine(paths, settings, every=False, memory=self.memory)
        made = refactor(Wanted(paths[0], job.line), settings, known=(seen, started))
        return Fixed(tuple(self._change(changed) for changed in made.files), made.notes)

    def _change(self, changed: ChangedFile) -> tuple[str, str, str]:
        file, before, after = os.path.normpath(changed.original.file), changed.original.text, changed.text
        if file not in self.memory.view.unsaved:
            before, after = before.removeprefix(_MARK), after.removeprefix(_MARK)
        return file, before, after

    def _settings_in(self, files: Files, file: str) -> Settings:
        """Those of the project around a file. One outside of all folders is only looked at in passing: nothing around it is
        read, and nothing configured."""
        if files.folders and not any(lies_in(file, folder) for folder in files.folders):
            self._look_at(files)
            return Settings(project=Path(os.path.dirname(file)))
        return self._settings_at(files, (file,))

    # ---- for assistants

    @_do.register
    def _survey(self, job: Survey) -> dict[str, Any]:
        paths = tuple(inside(job.folder, path) for path in job.paths)
        settings = self._settings_at(Files((job.folder,)), paths, confidence=job.confidence, select=job.select)
        seen = examine(paths, settings, every=False, memory=self.memory)
        return _in_short(report(seen, settings), seen.project.root, Path(job.folder), job.most)

    @_do.register
    def _explain(self, job: Explain) -> str:
        path, colon, line = job.topic.rpartition(":")
        if colon and line.isdigit():
            return self._explain_place(job.folder, path, int(line))
        guides = read_guides()
        settings = self._settings_at(Files((job.folder,)), (job.folder,))
        directories = (builtin_rules(), *settings.rules)
        knowledge = self.memory.knowledge(directories, lambda: load_knowledge(directories, check_site, user_cache()))
        return guides.get(job.topic) or explain_slug(job.topic, knowledge, tuple(guides))

    def _explain_place(self, folder: str, path: str, line: int) -> str:
        file = inside(folder, path)
        settings = self._settings_at(Files((folder,)), (file,), all=True)
        seen = examine((file,), settings, every=True, memory=self.memory)
        found = report(seen, settings)
        shown = partial(_shown, seen.project.root, Path(folder))
        here = findings_at(Place(Path(path), line), found, seen.project.relative(str(file)))
        return "\n\n---\n\n".join(explained(each, found.target.cores, shown) for each in here)

    @_do.register
    def _generate(self, job: Generate) -> dict[str, Any]:
        path, colon, line = job.place.rpartition(":")
        if not colon or not line.isdigit():
            raise AdvisorError(f"{job.place}: no line given", "say PATH:LINE, for example src/app.py:42")
        file = inside(job.folder, path)
        settings = self._settings_at(Files((job.folder,)), (file,))
        wish, started = wanted(f"{file}:{line}", job.model, job.executor), time.time_ns()
        made = refactor(wish, settings, known=(examine((wish.path,), settings, memory=self.memory), started))
        return {"diff": _diff(made, Path(job.folder)), "notes": refactoring.remarks(made)}


def _in_short(found: Report, root: Path, folder: Path, most: int) -> dict[str, Any]:
    """What an assistant needs to choose from, with paths from the workspace's folder: `explain` tells more of each."""
    best = best_first(found.findings)
    return {
        "summary": found.summary.model_dump(mode="json"),
        "target": found.target.model_dump(mode="json"),
        "findings": [_row(finding, root, folder) for finding in best[:most]],
        "left_out": max(0, len(best) - most),
        "skipped": [{"path": each.path, "why": each.why} for each in found.skipped],
    }


def _row(finding: Finding, root: Path, folder: Path) -> dict[str, Any]:
    chosen = ("rule", "function", "line", "end_line", "kind", "model", "executor", "confidence", "message", "fix")
    row = finding.model_dump(mode="json")
    shown = _shown(root, folder, finding.path)
    speedup = {key: row["speedup"][key] for key in ("low", "expected", "high", "basis")}
    return {"path": shown} | {key: row[key] for key in chosen} | {"speedup": speedup, "ask_first": row["ask_first"]}


def _shown(root: Path, folder: Path, path: str) -> str:
    """A path of the report as it counts from the workspace's folder."""
    return os.path.relpath(root / path, folder).replace(os.sep, "/")


def _diff(made: Refactored, folder: Path) -> str:
    shown = [os.path.relpath(changed.original.file, folder).replace(os.sep, "/") for changed in made.files]
    return "".join(map(refactoring.diff, made.files, shown))
