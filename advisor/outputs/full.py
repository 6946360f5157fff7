"""Everything that is known of each finding, in the order of the report, and a summary.

Deterministic, of a given width, and free of control characters whatever the analysed files contain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from advisor.model.report import EffectReport, Finding, MeasuredReport, Report, SpeedupReport
from advisor.model.site import DependenceKind
from advisor.outputs import phrases
from advisor.outputs.characters import visible
from advisor.outputs.excerpt import excerpt
from advisor.outputs.phrases import count
from advisor.outputs.terminal import LEVEL_STYLE, MODEL_STYLE, header, laid_out
from advisor.outputs.text import left
from advisor.outputs.view import View

_EVIDENCE_SHOWN = 3
_PLACES_SHOWN = 5
_SKIPPED_SHOWN = 10
_SURELY = 0.9  # odds from which nothing is left to decide
_LABEL = 13  # columns
_BINDS = {DependenceKind.REDUCTION: "results", DependenceKind.ORDERED: "keeps order"}
_BASIS = {"static": "static estimate", "profile": "from the profile", "measured": "measured"}


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
    for label, text in _facts(finding, view, once, cores):
        rows.add_row(Text(f"  {label}", "dim"), text)
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


def _facts(finding: Finding, view: View, once: _Once, cores: int) -> Iterator[tuple[str, Text]]:
    """The rows below a finding's source: label and text, a label only where it begins something new."""
    place = phrases.place_of(view.shown_path)
    here = place(finding.path, finding.line)
    sure = phrases.confidence(finding), LEVEL_STYLE[finding.confidence]
    if finding.misuse:
        yield from _row("fix", once([finding.fix], here))
        yield "confidence", Text(finding.confidence.value, sure[1])
    else:
        way = phrases.executed(finding)
        yield "advice", Text.assemble((way, MODEL_STYLE[finding.model]), ", ", sure)
    yield from _gains(finding, cores)
    yield from _row("why", once([finding.why], here))
    yield from _row("evidence", _evidence(finding, place, None if once.everything else _EVIDENCE_SHOWN))
    yield from _row("also at", _also(finding, place, None if once.everything else _PLACES_SHOWN))
    if finding.share_of_run is not None:
        yield from _row("measured", _measured(finding.share_of_run, finding.measured))
    hazards = [f"{phrases.named(hazard)} [{hazard.kind.value}]" for hazard in phrases.hazards(finding)]
    yield from _row("hazards", hazards)
    bonds = [phrases.named(detail) for detail in phrases.dependences(finding)]
    yield from _row(_BINDS.get(finding.dependence.kind, "depends"), bonds)
    others = [f"{phrases.executed(other)}{_about(other.speedup)}: {other.because}" for other in finding.alternatives]
    yield from _row("alternative", once(others, here))
    yield from _row("rejected", once([f"{models}: {because}" for models, because in phrases.rejected(finding)], here))
    yield from _row("check first", once(finding.ask_first, here))
    yield from _generate(finding, view, here)
    yield "help", Text(f"advisor explain {finding.rule}", "cyan")


def _row(label: str, texts: Sequence[str]) -> Iterator[tuple[str, Text]]:
    for index, text in enumerate(texts):
        yield "" if index else label, Text(visible(text))


def _gains(finding: Finding, cores: int) -> Iterator[tuple[str, Text]]:
    speedup = finding.speedup
    if speedup.high <= 1:
        return
    yield from _row("speed-up", [f"{phrases.gain(speedup)}; {_BASIS[speedup.basis]} for {count(cores, 'core')}"])
    if finding.change and finding.model.value != "sequential":
        if finding.saved is not None and finding.saved.expected > 0:
            low, high = phrases.duration(finding.saved.low), phrases.duration(finding.saved.high)
            about = phrases.duration(finding.saved.expected)
            yield from _row("saves", [f"about {about} each time this runs ({low} to {high})"])
        yield from _row("workers", _workers(speedup))
        yield from _row("depends on", _decides(speedup))
    yield from _row("on cores", list(filter(None, [phrases.on_cores(speedup)])))


def _workers(speedup: SpeedupReport) -> list[str]:
    """How many, why so many, and from how many items on they are worth it."""
    if speedup.workers is None or speedup.workers < 2:
        return []
    why = f" ({speedup.workers_because})" if speedup.workers_because else ""
    worth = "" if speedup.break_even is None else f"; worth it from {_roughly(speedup.break_even):,} items"
    return [f"{speedup.workers}{why}{worth}"]


def _decides(speedup: SpeedupReport) -> list[str]:
    """What the source does not say, where that decides whether it is worth it."""
    if speedup.pays is None or speedup.pays >= _SURELY or speedup.break_even_seconds is None:
        return []
    inner, seconds = speedup.inner, phrases.duration(speedup.break_even_seconds)
    loop = "" if inner is None else f" (about {_roughly(inner.rounds):,} iterations of the loop in line {inner.line})"
    return [f"the time of one iteration: worth it from {seconds}{loop}; `advisor profile` measures it"]


def _roughly(number: int) -> int:
    """The number to one significant digit, or two below a hundred."""
    digits = max(0, len(str(number)) - (1 if number >= 100 else 2))
    return int(round(number, -digits))


def _measured(share: float, measured: MeasuredReport | None) -> list[str]:
    """Where the run's time went here, and where that contradicts the code."""
    if measured is None:
        return [f"{share:.0%} of the run is spent here"]
    said = [f"{share:.0%} of the run ({measured.seconds:.1f} s), {measured.waiting:.0%} of that waiting"]
    if measured.rounds is not None and measured.entries is not None:
        each = "" if measured.entries < 2 else f" in {count(measured.entries, 'run')} of it"
        said[0] += f", {count(measured.rounds, 'iteration')}{each}"
    return [*said, *([f"but {measured.disagrees}"] if measured.disagrees else [])]


def _about(speedup: float | None) -> str:
    return f" ({speedup:.1f}×)" if speedup is not None else ""


def _evidence(finding: Finding, place: Callable[[str, int], str], most: int | None) -> list[str]:
    effects = finding.work.effects
    shown = [_effect(effect, finding.path, place) for effect in effects[:most]]
    hidden = len(effects) - len(shown)
    return [*shown, f"and {hidden} more (`advisor explain PATH:LINE` lists all)"] if hidden else shown


def _effect(effect: EffectReport, here: str, place: Callable[[str, int], str]) -> str:
    when = f", {effect.condition}" if effect.condition else ""
    return f"{effect.effect.value}: {phrases.chain(effect, here, place)}{when}"


def _also(finding: Finding, place: Callable[[str, int], str], most: int | None) -> list[str]:
    """The other places that have the same cause."""
    if not finding.also:
        return []
    shown = [f"{place(other.path, other.line)} {other.function}" for other in finding.also[:most]]
    hidden = len(finding.also) - len(shown)
    rest = f" and {hidden} more (`advisor explain PATH:LINE` lists all)" if hidden else ""
    return [f"{count(len(finding.also), 'more call')} with the same cause: {', '.join(shown)}{rest}"]


def _generate(finding: Finding, view: View, here: str) -> Iterator[tuple[str, Text]]:
    change = view.changes.get(finding.id)
    if change is None:
        return
    if change.files:
        yield "generate", Text(f"advisor generate {here}", "cyan")
    else:
        yield "generate", Text(visible(f"refused: {change.refused}"))


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
