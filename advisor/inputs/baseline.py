"""Baseline: the findings that are known already, in a file: written once, read from then on, and never reported again.

A finding is known by its `id`, which stays the same while the lines around it move. The file holds no line numbers, so it
changes only when findings come or go.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from advisor.errors import AdvisorError
from advisor.files import read_bytes
from advisor.inputs.project import Project
from advisor.model.report import Finding

_LARGEST = 50_000_000  # bytes
_VERSION = 1


class Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    path: str
    rule: str


class _Baseline(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    findings: tuple[Entry, ...]


def read_baseline(file: Path) -> tuple[Entry, ...]:
    """The entries of `file`. AdvisorError where it does not exist or is no baseline."""
    again = "`advisor analyze --write-baseline` writes it"
    try:
        data = read_bytes(file, _LARGEST)
    except OSError as error:
        raise AdvisorError(f"baseline {file}: cannot be read: {error.strerror}", again) from error
    try:
        baseline = _Baseline.model_validate_json(data)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise AdvisorError(f"baseline {file}: not a baseline{f' (at {where})' if where else ''}", again) from error
    if baseline.version != _VERSION:
        raise AdvisorError(f"baseline {file}: version {baseline.version} is not known", again)
    return baseline.findings


def stale(
    entries: Iterable[Entry], project: Project, reported: Collection[str], ids: Collection[str]
) -> tuple[Entry, ...]:
    """The entries for which there is no finding any more: of the files that were `reported` on, and of those that are gone."""
    return tuple(
        entry
        for entry in entries
        if entry.id not in ids and (entry.path in reported or not os.path.exists(project.root / entry.path))
    )


def to_baseline(findings: Iterable[Finding], kept: Iterable[Entry] = ()) -> str:
    """The text of a baseline with these findings and entries, each once, in one order."""
    entries = {*kept, *(Entry(id=each.id, path=each.path, rule=each.rule) for each in findings)}
    ordered = sorted(entries, key=lambda entry: (entry.path, entry.rule, entry.id))
    lines = ",\n".join(f"    {json.dumps(entry.model_dump(), ensure_ascii=True)}" for entry in ordered)
    return f'{{\n  "version": {_VERSION},\n  "findings": [{f"{chr(10)}{lines}{chr(10)}  " if lines else ""}]\n}}\n'
