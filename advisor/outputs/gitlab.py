"""A Code Quality report, which GitLab shows in merge requests: a JSON list with an object for each finding."""

from __future__ import annotations

import json
from typing import Any

from advisor.model.concurrency import Level
from advisor.model.report import Finding, Report
from advisor.outputs import phrases
from advisor.outputs.characters import visible
from advisor.outputs.view import View

_SEVERITIES = {Level.HIGH: "major", Level.MEDIUM: "minor", Level.LOW: "info"}


def render(report: Report, view: View) -> str:
    """The findings that advise a change, and each skipped file as information, since the format has no other place for it."""
    issues = [_issue(finding, view) for finding in report.findings if finding.change]
    for skipped in report.skipped:
        path = visible(view.shown_path(skipped.path))
        issues.append(
            {
                "description": f"Skipped: {visible(skipped.why)}",
                "check_name": "skipped",
                "fingerprint": f"skipped {path}",
                "severity": "info",
                "location": {"path": path, "lines": {"begin": skipped.line or 1}},
            }
        )
    return json.dumps(issues, indent=2, ensure_ascii=False) + "\n"


def _issue(finding: Finding, view: View) -> dict[str, Any]:
    return {
        "type": "issue",
        "description": " ".join(map(visible, [finding.message, *phrases.in_brief(finding)])),
        "check_name": finding.rule,
        "categories": ["Bug Risk" if finding.misuse else "Performance"],
        "fingerprint": finding.id,
        "severity": _SEVERITIES[phrases.severity(finding)],
        "location": {
            "path": visible(view.shown_path(finding.path)),
            "lines": {"begin": finding.line, "end": finding.end_line},
        },
    }
