"""One line for each finding, in the order of the report, as linters print them: easy to grep, and to jump to from an editor."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from advisor.model.report import Finding, Report
from advisor.outputs import phrases
from advisor.outputs.characters import visible
from advisor.outputs.terminal import laid_out
from advisor.outputs.view import View


def render(report: Report, view: View) -> str:
    """`path:line:column: rule [*] message (what to do)`, the files that were skipped, and a line that counts. Never wrapped."""
    return laid_out(_lines(report, view), view)


def _lines(report: Report, view: View) -> Iterator[Text]:
    for finding in report.findings:
        yield _line(finding, view)
    for skipped in report.skipped:
        place = f"{visible(view.shown_path(skipped.path))}:{skipped.line or 1}:1"
        yield _unwrapped((place, "bold"), f": skipped: {visible(skipped.why)}")
    writable = sum(map(view.writable, report.findings))
    marked = f" {writable} marked [*] can be written by `advisor generate`." if writable else ""
    hidden = filter(None, (phrases.not_shown(report), phrases.silenced(report)))
    yield _unwrapped(" ".join([phrases.counted(report) + marked, *hidden]))


def _line(finding: Finding, view: View) -> Text:
    place = f"{visible(view.shown_path(finding.path))}:{finding.line}:{finding.column}"
    mark = (" [*]", "green") if view.writable(finding) else ""
    message = visible(finding.message.removesuffix("."))
    return _unwrapped((place, "bold"), ": ", (finding.rule, "cyan"), mark, f" {message}", _consequence(finding))


def _consequence(finding: Finding) -> str:
    if not finding.change:
        return ""
    parts = [finding.confidence.value]
    if not finding.misuse:
        parts = [finding.model.value, phrases.gain(finding.speedup), *parts]
    return f" ({', '.join(filter(None, parts))})"


def _unwrapped(*parts: str | tuple[str, str]) -> Text:
    return Text.assemble(*parts, no_wrap=True, overflow="ignore")
