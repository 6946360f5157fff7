"""The report as JSON: the public contract of `advisor.model.report`, the same bytes for the same findings."""

from __future__ import annotations

import json

from advisor.model.report import Report
from advisor.outputs.view import View


def render(report: Report, _view: View | None = None) -> str:
    """The whole report, indented, with a newline at the end. A byte of a file name that is not UTF-8 is `\\udcNN`."""
    text = json.dumps(report.model_dump(mode="json"), indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"
