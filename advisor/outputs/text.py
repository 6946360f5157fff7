"""The report for daily reading: each finding in at most eight lines, the best first, and a summary of at most five.

Everything that is known of one place is in the format `full` and in `advisor explain PATH:LINE`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import fill

from rich.cells import cell_len
from rich.text import Text

from advisor.model.concurrency import DEFAULT_EXECUTOR, Executor
from advisor.model.report import Finding, Place, Report, SkippedReport
from advisor.outputs import phrases
from advisor.outputs.characters import visible
from advisor.outputs.terminal import LEVEL_STYLE, MODEL_STYLE, header, laid_out, numbered, one_line, wrapped
from advisor.outputs.view import View

_LINES = 8  # of a finding
_SOURCE_LINES = 3
_VERDICT_LINES = 2
_LABEL = 10  # columns
_A_SCREENFUL = 5  # findings, after which those that came first are gone from sight
_BEGIN_WITH = 3
_SKIPPED_SHOWN = 2


def render(report: Report, view: View) -> str:
    """The findings, best first; the sites that stay as they are, a line each; the summary."""
    return laid_out(_parts(report, view), view)


def _parts(report: Report, view: View) -> Iterator[Text]:
    changes = phrases.best_first([finding for finding in report.findings if finding.change])
    for finding in changes:
        yield from _finding(finding, view)
        yield Text()
    stay = [finding for finding in report.findings if not finding.change]
    for finding in stay:
        yield left(finding, view)
    if stay:
        yield Text()
    for index, line in enumerate(_summary(report, changes, view)):
        yield Text(line, "bold" if index == 0 else "")


def left(finding: Finding, view: View) -> Text:
    """A site that stays as it is, in a paragraph with its reason."""
    place = f"{visible(view.shown_path(finding.path))}:{finding.line}"
    share = "" if finding.share_of_run is None else f", {finding.share_of_run:.0%} of the run"
    odd = finding.measured.disagrees if finding.measured else ""
    reason = f"{finding.message} {odd[:1].upper()}{odd[1:]}." if odd else finding.message
    line = f"{place}  {finding.site.value}{share}  {visible(reason)}"
    text = Text(fill(line, view.width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False))
    text.stylize("dim", len(place))
    return text


def _finding(finding: Finding, view: View) -> list[Text]:
    """At most eight lines: what does not fit goes from the excerpt first, then from the fix of a misuse."""
    likely = "" if finding.probability is None else f" {finding.probability:.0%}"
    head = header(finding, view).append(f"  {finding.confidence.value}{likely}", LEVEL_STYLE[finding.confidence])
    verdict = wrapped(Text(visible(phrases.verdict(finding)), "bold"), view.width, _VERDICT_LINES, "  ")
    rows = [_row(label, text, view) for label, text in _rows(finding, view) if text]
    room = _LINES - 1 - len(verdict) - len(rows) - (1 if finding.misuse else 0)
    source = _excerpt(finding, view, min(_SOURCE_LINES, room))
    fix = _fix(finding, view, room - len(source) + 1) if finding.misuse else []
    return [head, *verdict, *source, *fix, *rows]


def _row(label: str, text: Text | str, view: View) -> Text:
    return one_line(Text.assemble((f"  {label:<{_LABEL}}", "dim"), text), view.width)


def _fix(finding: Finding, view: View, lines: int) -> list[Text]:
    """What to write instead, in as many lines as there are."""
    first, *rest = wrapped(Text(visible(finding.fix)), view.width, lines, " " * (_LABEL + 2))
    return [_row("fix", first[_LABEL + 2 :], view), *rest]


def _excerpt(finding: Finding, view: View, room: int) -> list[Text]:
    """The head of the site and the lines that its effects start from."""
    lines = view.sources(finding.path)
    if lines is None or finding.line > len(lines) or room < 1:
        return []
    last = min(finding.end_line, len(lines))
    mentioned = [effect.trace[0].line for effect in finding.work.effects[:1] if effect.trace]
    inside = [line for line in dict.fromkeys(mentioned) if finding.line < line <= last]
    rest = [line for line in range(finding.line + 1, last + 1) if lines[line - 1].strip()]
    chosen = sorted(list(dict.fromkeys([finding.line, *inside, *rest]))[:room])
    digits = len(str(last))
    return [one_line(numbered(line, digits, lines[line - 1]), view.width) for line in chosen]


def _rows(finding: Finding, view: View) -> Iterator[tuple[str, Text | str]]:
    """What to do and what it gives, evidence, hazards, other places of the same cause, the first question: a line each."""
    if not finding.misuse:
        yield "advice", _advice(finding)
    yield "evidence", visible(_evidence(finding, view))
    yield "on cores", phrases.on_cores(finding.speedup)
    yield "hazards", ", ".join(dict.fromkeys(hazard.kind.value for hazard in phrases.hazards(finding)))
    yield "also at", _also(finding.also, view)
    yield "check", visible(phrases.first_sentence(finding.ask_first[0])) if finding.ask_first else ""


def _advice(finding: Finding) -> Text:
    """The model, and what runs it where that is not the usual one; the gain, and the seconds that it saves each time."""
    usual = finding.executor in (Executor.NONE, DEFAULT_EXECUTOR[finding.model])
    way = Text(finding.model.value if usual else phrases.executed(finding), MODEL_STYLE[finding.model])
    return Text(", ").join([way, *map(Text, filter(None, [phrases.gain(finding.speedup), phrases.saved(finding)]))])


def _evidence(finding: Finding, view: View) -> str:
    """What share of a run was measured, and the calls that lead to the first effect; without those in the middle where the
    line has no room for all."""
    measured = "" if finding.share_of_run is None else f"{finding.share_of_run:.0%} of the run"
    if not finding.work.effects:
        return measured
    effect = finding.work.effects[0]
    place = phrases.place_of(view.shown_path)
    share = f"{measured}; " if measured else ""
    for short in (effect, effect.model_copy(update={"trace": effect.trace[-1:]})):
        text = f"{share}{effect.effect.value}: {'' if short is effect else '… '}{phrases.chain(short, finding.path, place)}"
        if len(text) + _LABEL + 2 <= view.width:
            break
    return text


def _also(places: Sequence[Place], view: View) -> str:
    if not places:
        return ""
    place = phrases.place_of(view.shown_path)
    first = place(places[0].path, places[0].line)
    return first if len(places) == 1 else f"{first} and {phrases.count(len(places) - 1, 'more place')}"


def _summary(report: Report, changes: Sequence[Finding], view: View) -> Iterator[str]:
    """At most five lines of 80 columns, unless there is much to count."""
    counted, unseen = phrases.counted(report), phrases.not_shown(report)
    yield from ([f"{counted} {unseen}".rstrip()] if changes else filter(None, [counted, unseen]))
    if changes:
        marked = "[*] `advisor generate PATH:LINE` writes it. " if any(map(view.writable, changes)) else ""
        yield f"{marked}More: `advisor explain PATH:LINE`."
    if len(changes) > _A_SCREENFUL:
        yield _begin(changes, view)
    yield phrases.examined(report) + (f" {report.silenced:,} silenced." if report.silenced else "")
    if report.skipped:
        shown = [f"{_at(each, view)}: {visible(each.why)}" for each in report.skipped[:_SKIPPED_SHOWN]]
        hidden = len(report.skipped) - len(shown)
        more = [f"{hidden:,} more (`--format full` lists them)"] if hidden else []
        yield f"Skipped {phrases.count(len(report.skipped), 'file')}: {'; '.join([*shown, *more])}"


def _begin(changes: Sequence[Finding], view: View) -> str:
    """The best places once more, as many as go on a line: they are gone from sight by now."""
    place = phrases.place_of(view.shown_path)
    best = [place(finding.path, finding.line) for finding in changes[:_BEGIN_WITH]]
    lines = [f"Begin with {', '.join(best[:number])}." for number in range(1, len(best) + 1)]
    return next((line for line in reversed(lines) if cell_len(line) <= view.width), lines[0])


def _at(skipped: SkippedReport, view: View) -> str:
    return visible(view.shown_path(skipped.path)) + ("" if skipped.line is None else f":{skipped.line}")
