"""The report as Markdown for job summaries and comments: a table of the findings, best first, and details to unfold.

Prose keeps its code spans; everything else that Markdown, HTML or a mention would make something of is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from advisor.model.change import Change
from advisor.model.report import Finding, Report
from advisor.outputs import phrases
from advisor.outputs.characters import visible
from advisor.outputs.excerpt import excerpt
from advisor.outputs.facts import facts
from advisor.outputs.view import View

_SPAN = re.compile(r"(`[^`]+`)")
_BACKTICKS = re.compile(r"`+")
_SPECIAL = re.compile(r"([\\`*\[\]<>&|~#@]|(?<!\w)_|_(?!\w))")
_EXCERPT_LINES = 12


def render(report: Report, view: View) -> str:
    """A heading, what was counted, the table, the details of each finding, and the files that were skipped."""
    changes = phrases.best_first([finding for finding in report.findings if finding.change])
    parts = ["## advisor", f"**{prose(phrases.counted(report))}** {prose(phrases.examined(report))}"]
    parts += [prose(hidden) for hidden in (phrases.not_shown(report), phrases.silenced(report)) if hidden]
    if changes:
        parts.append("\n".join([*_TABLE, *(_row(finding, view) for finding in changes)]))
        parts += ["\n\n".join(_details(finding, view, report.target.cores)) for finding in changes]
    stay = [finding for finding in report.findings if not finding.change]
    if stay:
        parts.append("\n".join(["Left as they are:", "", *(f"- {_place(f, view)} {prose(f.message)}" for f in stay)]))
    if report.skipped:
        parts.append("\n".join(["Skipped files:", "", *_skipped(report, view)]))
    return "\n\n".join(parts) + "\n"


_TABLE = ("| Place | Rule | Advice | Speed-up | Confidence |", "| --- | --- | --- | --- | --- |")


def _row(finding: Finding, view: View) -> str:
    mark = " \\[\\*\\]" if view.writable(finding) else ""
    level = finding.confidence.value
    likely = "" if finding.probability is None else f" ({finding.probability:.0%})"
    cells = [
        _place(finding, view),
        code(finding.rule) + mark,
        prose(phrases.advised(finding)),
        prose(phrases.gain(finding.speedup)),
        f"{level}{likely}",
    ]
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _details(finding: Finding, view: View, cores: int) -> Iterator[str]:
    """The blank lines matter: inside of HTML, Markdown is read again only after one."""
    place = f"{visible(view.shown_path(finding.path))}:{finding.line}"
    yield f"<details><summary><code>{_html(place)}</code> {_html(visible(finding.message))}</summary>"
    yield from _source(finding, view)
    yield "\n".join(listed(finding, cores, view.shown_path, view.changes.get(finding.id)))
    yield "</details>"


def explained(finding: Finding, cores: int, shown_path: Callable[[str], str] = str) -> str:
    """Everything known of one finding, for an editor or an assistant: the message, then what `listed` gives."""
    heading = f"**{prose(finding.message)}**"
    return "\n\n".join([heading, code(finding.rule), "\n".join(listed(finding, cores, shown_path))]) + "\n"


def listed(
    finding: Finding, cores: int, shown_path: Callable[[str], str] = str, change: Change | None = None
) -> Iterator[str]:
    """An item for each fact, of several sentences with a list of its own."""
    for label, texts in facts(finding, cores, shown_path, change):
        name = f"**{label.value[0].upper()}{label.value[1:]}**"
        written = [code(text) if text.startswith("advisor ") else prose(text) for text in texts]
        if len(written) == 1:
            yield f"- {name}: {written[0]}"
        else:
            yield from (f"- {name}:", *(f"  - {each}" for each in written))


def _source(finding: Finding, view: View) -> Iterator[str]:
    lines = view.sources(finding.path)
    if lines is None or finding.line > len(lines):
        return
    last = min(finding.end_line, len(lines))
    rows = excerpt(finding.line, last, [], _EXCERPT_LINES)
    shown = [visible(lines[row - 1].rstrip()) if row is not None else "..." for row in rows]
    fence = _fence("\n".join(shown), 3)
    yield "\n".join([f"{fence}python", *shown, fence])


def _skipped(report: Report, view: View) -> Iterator[str]:
    for skipped in report.skipped:
        line = "" if skipped.line is None else f":{skipped.line}"
        yield f"- {code(view.shown_path(skipped.path) + line)}: {prose(skipped.why)}"


def _place(finding: Finding, view: View) -> str:
    return code(f"{view.shown_path(finding.path)}:{finding.line}")


def prose(text: str) -> str:
    """A sentence of ours, in which code stands between backticks: that stays code, the rest means nothing special."""
    parts = _SPAN.split(visible(text))
    return "".join(code(part[1:-1]) if part and index % 2 else _escaped(part) for index, part in enumerate(parts))


def code(text: str) -> str:
    """A code span that holds `text` whatever backticks are in it."""
    text = visible(text)
    fence = _fence(text, 1)
    padding = " " if "`" in text or text != text.strip() or not text else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _cell(text: str) -> str:
    """A pipe ends a cell even in a code span, unless a backslash stands before it; escaped prose has one already."""
    return re.sub(r"(?<!\\)\|", r"\\|", text)


def _fence(text: str, least: int) -> str:
    runs = [len(run) for run in _BACKTICKS.findall(text)]
    return "`" * max(least, *(run + 1 for run in runs), least)


def _html(text: str) -> str:
    """A sentence in a tag, where Markdown is not read; backticks would stay as they are."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
    return _SPAN.sub(lambda span: f"<code>{span[0][1:-1]}</code>", escaped)
