"""Workflow commands: what a step of GitHub Actions prints so that findings stand as annotations at the lines of a change.

GitHub shows only the first ten of each level for a step, so the best come first.
"""

from __future__ import annotations

from collections.abc import Sequence

from advisor.model.concurrency import Level
from advisor.model.report import Finding, Report
from advisor.outputs import phrases
from advisor.outputs.characters import visible
from advisor.outputs.view import View

_COMMANDS = {Level.HIGH: "error", Level.MEDIUM: "warning", Level.LOW: "notice"}
_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def render(report: Report, view: View) -> str:
    """A command a finding and a warning a skipped file; what stays as it is is not reported."""
    changes = phrases.best_first([finding for finding in report.findings if finding.change])
    lines = [_annotation(finding, view) for finding in changes]
    for skipped in report.skipped:
        line = {} if skipped.line is None else {"line": str(skipped.line)}
        place = {"file": view.shown_path(skipped.path), **line, "title": "advisor: skipped"}
        lines.append(_command("warning", place, [skipped.why]))
    return "".join(lines)


def _annotation(finding: Finding, view: View) -> str:
    place = {"file": view.shown_path(finding.path), "line": str(finding.line), "endLine": str(finding.end_line)}
    if finding.line == finding.end_line:  # GitHub takes no column of what spans several lines
        place["col"] = str(finding.column)
    place["title"] = f"advisor: {finding.rule}, {phrases.confidence(finding)}"
    command = _COMMANDS[phrases.severity(finding)]
    return _command(command, place, [finding.message, *phrases.in_brief(finding)])


def _command(name: str, properties: dict[str, str], lines: Sequence[str]) -> str:
    given = ",".join(f"{key}={visible(value).translate(_IN_PROPERTY)}" for key, value in properties.items())
    message = "\n".join(map(visible, lines)).translate(_IN_MESSAGE)
    return f"::{name} {given}::{message}\n"
