"""The report as JSON Lines: an object a line, which tells its kind in `type`.

First `report` (versions and target), then a `finding` or a `skipped` each, in the order of the report, last the `summary`.
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel

from advisor.model.report import Report
from advisor.outputs.view import View


def render(report: Report, _view: View | None = None) -> str:
    """Fields are those of `--format json`. A byte of a file name that is not UTF-8 is `\\udcNN`."""
    head = {"schema_version": report.schema_version, **_values(report, "advisor"), **_values(report, "target")}
    lines = [
        _line("report", head),
        *(_line("finding", finding) for finding in report.findings),
        *(_line("skipped", skipped) for skipped in report.skipped),
        _line("summary", report.summary),
    ]
    return "".join(lines)


def _values(report: Report, part: str) -> dict[str, Any]:
    return report.model_dump(mode="json", include={part})


def _line(kind: str, value: BaseModel | dict[str, Any]) -> str:
    fields = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    return json.dumps({"type": kind, **fields}) + "\n"
