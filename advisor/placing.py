"""Placing: what is known of one place in the source, which a person names as PATH:LINE."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.errors import AdvisorError
from advisor.model.report import Finding, Report

_PLACE = re.compile(r"(?P<path>.+?):(?P<line>\d+)(?::\d+)?")  # the column of a report may stand behind it
_NEAREST = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, as it was given."""

    path: Path
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


def place_in(text: str) -> Place | None:
    """The place that the text names; None where it is no PATH:LINE. Raises AdvisorError where there is no such file."""
    match = _PLACE.fullmatch(text)
    if match is None or int(match["line"]) < 1:
        return None
    path = Path(match["path"])
    if not path.is_file():
        raise AdvisorError(f"no such file: {path}", "paths count from this folder")
    return Place(path, int(match["line"]))


def findings_at(place: Place, report: Report, path: str) -> Sequence[Finding]:
    """What the report has on the line of the file that it calls `path`: what begins there, else the innermost around it.

    Raises AdvisorError, with the nearest places, where that is nothing.
    """
    here = [finding for finding in report.findings if finding.path == path]
    begin = [finding for finding in here if finding.line == place.line]
    around = [finding for finding in here if finding.line <= place.line <= finding.end_line]
    if begin or around:
        shortest = min((finding.end_line - finding.line for finding in around), default=0)
        return begin or [finding for finding in around if finding.end_line - finding.line == shortest]
    for skipped in report.skipped:
        if skipped.path == path and not here:  # of a notebook, one cell may be
            raise AdvisorError(f"{place.path}: {skipped.why}", "`advisor analyze` lists what it skips")
    near = sorted({finding.line for finding in here}, key=lambda line: abs(line - place.line))[:_NEAREST]
    hint = (
        f"nearest: {', '.join(f'{os.fspath(place.path)}:{line}' for line in near)}"
        if near
        else "`advisor analyze --all` lists every place"
    )
    raise AdvisorError(f"{place}: nothing was examined on this line", hint)
