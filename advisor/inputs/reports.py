"""Reports of earlier runs: the same question about the same files gets the same answer, without asking again.

A report rests on the question (paths, settings, rules, machine, this code), on the text of every file that was read, on which names
stand in the folders where imports were looked for, and on nothing else. All of that is held against the present
before a report counts. What cannot be read or written here costs time and nothing else.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticSerializationError

from advisor.files import put, read_bytes
from advisor.inputs.code import digest_of, state_of_code
from advisor.model.change import Change, FileChange
from advisor.model.report import Remark, Report
from advisor.questions.imports import Outline

_FOLDER = "reports"
_MOST = 100_000_000  # bytes: beyond, the reports that were used longest ago go


class World(BaseModel):
    """What a report rests on beside its question: a digest of each file by path from the project's root, one of the names in
    each folder (absolute), and the files `around` in outline."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    files: dict[str, str]
    folders: dict[str, str]
    around: dict[str, Outline]


class KeptReport(BaseModel):
    """A report with what its JSON leaves out: of each finding whether it advises a `change`. `changes` says by the ids of
    findings what `generate` makes of them, without the texts of files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    world: World
    report: Report
    change: tuple[bool, ...]
    left_out: dict[str, int]
    remarks: tuple[Remark, ...]
    changes: dict[str, Change]

    @classmethod
    def of(cls, world: World, report: Report, changes: dict[str, Change]) -> KeptReport:
        left_out = {name: getattr(report, name) for name in _LEFT_OUT}
        change = tuple(finding.change for finding in report.findings)
        marks = {finding: _without_texts(made) for finding, made in changes.items()}
        return cls(world=world, report=report, change=change, left_out=left_out, remarks=report.remarks, changes=marks)

    def whole(self) -> Report:
        """The report as it was."""
        findings = tuple(
            finding.model_copy(update={"change": change})
            for finding, change in zip(self.report.findings, self.change, strict=True)
        )
        return self.report.model_copy(update={"findings": findings, "remarks": self.remarks, **self.left_out})


def _without_texts(change: Change) -> Change:
    """That something is written, and where: the texts of whole files are made anew by those who want them."""
    return Change(tuple(FileChange(each.path, "", "") for each in change.files), change.refused)


_LEFT_OUT = tuple(name for name, field in Report.model_fields.items() if field.exclude and name != "remarks")


def question(*parts: object) -> str:
    """Names a question: what is asked, by whose code. Equal parts give equal names, in every process."""
    return digest_of([state_of_code(), *map(repr, parts)])


def recall(cache: Path, asked: str) -> KeptReport | None:
    """The report that was kept for a question, whatever has become of the files since."""
    file = _file(cache, asked)
    try:
        data = read_bytes(file, _MOST)
        kept = KeptReport.model_validate_json(data)
    except (OSError, ValidationError):
        return None
    with suppress(OSError):
        os.utime(file)
    return kept if len(kept.change) == len(kept.report.findings) else None


def keep(cache: Path, asked: str, kept: KeptReport) -> None:
    """Keeps a report in place of an earlier one for the same question; not one that names files in no valid Unicode."""
    try:
        data = kept.model_dump_json().encode("utf-8")
    except (PydanticSerializationError, UnicodeError):
        return
    file = _file(cache, asked)
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        put(file, data)
        _drop_oldest(file.parent)


def names_in(folder: str) -> str:
    """A digest of the names in a folder, with what is a folder itself; of none where there is no such folder."""
    try:
        with os.scandir(folder) as entries:
            told = sorted(f"{entry.name}{'/' if entry.is_dir() else ''}" for entry in entries)
    except OSError:
        told = []
    return digest_of(told)


def size(cache: Path) -> tuple[int, int]:
    """How many reports are kept, and their bytes."""
    sizes = [status.st_size for _, status in _kept(cache / _FOLDER)]
    return len(sizes), sum(sizes)


def forget(cache: Path) -> int:
    """Removes all reports that are kept; how many there were."""
    kept = list(_kept(cache / _FOLDER))
    for file, _ in kept:
        with suppress(OSError):
            file.unlink()
    return len(kept)


def _drop_oldest(folder: Path) -> None:
    kept = sorted(_kept(folder), key=lambda each: each[1].st_mtime_ns, reverse=True)
    total = 0
    for file, status in kept:
        total += status.st_size
        if total > _MOST:
            file.unlink(missing_ok=True)


def _kept(folder: Path) -> Iterable[tuple[Path, os.stat_result]]:
    for file in folder.glob("*.json"):
        with suppress(OSError):
            yield file, file.stat()


def _file(cache: Path, asked: str) -> Path:
    return cache / _FOLDER / f"{asked}.json"
