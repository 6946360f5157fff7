"""Everything that is known of each finding, in the order of the report, and a summary.

Deterministic, of a given width, and free of control characters whatever the analysed files contain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from advisor.model.report import Finding, Report
from advisor.outputs import phrases
from advisor.outputs.characters import visible
from advisor.outputs.excerpt import excerpt
from advisor.outputs.facts import Label, facts
from advisor.outputs.phrases import count
from advisor.outputs.terminal import LEVEL_STYLE, MODEL_STYLE, header, laid_out
from advisor.outputs.text import left
from advisor.outputs.view import View

_EVIDENCE_SHOWN = 3
_PLACES_SHOWN = 5
_SKIPPED_SHOWN = 10
_LABEL = 13  # columns
_GIVEN_ONCE = {Label.FIX, Label.WHY, Label.ALTERNATIVE, Label.REJECTED, Label.CHECK}
_TYPED = {Label.GENERATE, Label.HELP}


def render(report: Report, view: View) -> str:
    """Every finding with its source, its reasons and its next step; a site that stays as it is in one line."""
    return laid_out(_parts(report, view), view)


def places(findings: Iterable[Finding], cores: int, view: View) -> str:
    """Everything known of these findings, also of those that stay as they are, without a summary."""
    once = _Once(everything=True)
    return laid_out((part for finding in findings for part in _finding(finding, view, once, cores)), view)


def _parts(report: Report, view: View) -> Iterator[RenderableType]:
    once, after_left = _Once(), False
    for finding in report.findings:
        if finding.change:
            yield from [Text()] if after_left else []
            yield from _finding(finding, view, once, report.target.cores)
        else:
            yield left(finding, view)
        after_left = not finding.change
    yield from [Text()] if after_left else []
    yield Text(phrases.examined(report))
    yield Text(phrases.counted(report), "bold")
    yield from map(Text, filter(None, [phrases.not_shown(report), phrases.silenced(report)]))
    yield from _skipped(report, view)


class _Once:
    """Where a text was given first: it is not given in full again. `everything`: no list is cut short."""

    def __init__(self, everything: bool = False) -> None:
        self.everything = everything
        self._given: dict[tuple[str, ...], str] = {}

    def __call__(self, texts: Sequence[str], here: str) -> Sequence[str]:
        first = self._given.setdefault(tuple(texts), here)
        return texts if first == here or not texts else [f"as at {first}"]


def _finding(finding: Finding, view: View, once: _Once, cores: int) -> Iterator[RenderableType]:
    yield header(finding, view)
    yield Padding(Text(visible(finding.message), "bold"), (0, 0, 0, 2))
    lines = view.sources(finding.path)
    if lines is not None:
        yield _excerpt(finding, lines)
    rows = Table.grid(padding=(0, 1, 0, 0))
    rows.add_column(width=_LABEL, no_wrap=True)
    rows.add_column()
    here = f"{visible(view.shown_path(finding.path))}:{finding.line}"
    most = (None, None) if once.everything else (_EVIDENCE_SHOWN, _PLACES_SHOWN)
    for label, texts in facts(finding, cores, view.shown_path, view.changes.get(finding.id), most):
        told = once(texts, here) if label in _GIVEN_ONCE else texts
        for index, text in enumerate(_told(finding, label, told)):
            rows.add_row(Text("" if index else f"  {label.value}", "dim"), text)
    yield rows
    yield Text()


def _excerpt(finding: Finding, lines: list[str]) -> Text:
    """The site's lines with `>` before each; the line above them for context."""
    last = min(finding.end_line, len(lines))
    starts = (effect.trace[0].line for effect in finding.work.effects if effect.trace)
    mentioned = [*(hazard.line for hazard in phrases.hazards(finding)), *starts]
    rows = excerpt(finding.line, last, mentioned) if finding.line <= last else []
    if rows and finding.line > 1 and lines[finding.line - 2].strip():
        rows.insert(0, finding.line - 1)
    digits = len(str(last))
    text = Text(no_wrap=True, overflow="ellipsis")
    for row in rows:
        if row is None:
            text.append(f"  {'⋮':>{digits}} │\n", "dim")
            continue
        inside = row >= finding.line
        text.append("> " if inside else "  ", "bold")
        text.append(f"{row:>{digits}} │ ", "dim")
        text.append(f"{visible(lines[row - 1].rstrip())}\n", "" if inside else "dim")
    return text


def _told(finding: Finding, label: Label, texts: Sequence[str]) -> Iterator[Text]:
    """The sentences of a fact; what is advised and what can be typed stands out."""
    if label is Label.ADVICE:
        way, _, sure = texts[0].partition(", ")
        yield Text.assemble((way, MODEL_STYLE[finding.model]), ", ", (sure, LEVEL_STYLE[finding.confidence]))
    elif label is Label.CONFIDENCE:
        yield Text(texts[0], LEVEL_STYLE[finding.confidence])
    else:
        typed = label in _TYPED and texts[0].startswith("advisor ")
        yield from (Text(text, "cyan" if typed else "") for text in texts)


def _skipped(report: Report, view: View) -> Iterator[Text]:
    if not report.skipped:
        return
    yield Text(f"Skipped {count(len(report.skipped), 'file')}:", "bold yellow")
    for skipped in report.skipped[:_SKIPPED_SHOWN]:
        line = "" if skipped.line is None else f":{skipped.line}"
        yield Text(f"  {visible(view.shown_path(skipped.path))}{line}: {visible(skipped.why)}")
    hidden = len(report.skipped) - _SKIPPED_SHOWN
    if hidden > 0:
        yield Text(f"  and {hidden:,} more: --format json lists all")
