"""The real pipeline on a folder, for tests: every site with its verdict, on a target that is the same everywhere."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.model.report import Finding, Report
from advisor.pipeline import advise
from advisor.settings import Settings

ROOT = Path(__file__).parents[1]
PYTHON = "3.12"


def analyse(folder: Path, **settings: Any) -> Report:
    """All sites of the project in `folder`, judged for Python 3.12 on four cores."""
    chosen = {"all": True, "project": folder, "target_python": PYTHON, "cores": 4, "jobs": 1, **settings}
    return advise((folder,), Settings(**chosen))


@dataclass(frozen=True, slots=True)
class Said:
    """What the advisor says of one place; `at` is the source line, so that other lines may come and go."""

    path: str
    function: str
    at: str
    site: str
    model: str
    rule: str
    confidence: str


def said(report: Report, folder: Path) -> list[Said]:
    """Each finding in short."""
    return [_short(finding, folder) for finding in report.findings]


def _short(finding: Finding, folder: Path) -> Said:
    line = (folder / finding.path).read_text(encoding="utf-8").splitlines()[finding.line - 1].strip()
    return Said(
        finding.path, finding.function, line, finding.site, finding.model, finding.rule, finding.confidence
    )  # fmt: skip
