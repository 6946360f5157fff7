"""The report as a person wants to read it: each finding with its source, its reason and its next step, then a summary.

Deterministic, of a given width, and free of control characters whatever the analysed files contain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from itertools import groupby
from textwrap import fill

from rich.cells import cell_len, set_cell_size
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from advisor.model.concurrency import Executor, Level, Model
from advisor.model.report import (
    DependenceDetail,
    EffectReport,
    Finding,
    HazardReport,
    MeasuredReport,
    Report,
    SpeedupReport,
)
from advisor.model.site import DependenceKind
from advisor.outputs.characters import to_ascii, visible
from advisor.outputs.excerpt import excerpt

Sources = Callable[[str], list[str] | None]

_SKIPPED_SHOWN = 10
_PROOFS_SHOWN = 3
_PLACES_SHOWN = 5
_SEEN_AT_A_GLANCE = 5
_SURELY = 0.9  # odds from which nothing is left to decide
_BEGIN_WITH = 10
_MODEL_STYLE = {
    Model.SEQUENTIAL: "bold yellow",
    Model.THREADING: "bold green",
    Model.MULTIPROCESSING: "bold magenta",
    Model.ASYNCIO: "bold blue",
}
_LEVEL_STYLE = {Level.HIGH: "green", Level.MEDIUM: "yellow", Level.LOW: "red"}
_BINDS = {DependenceKind.REDUCTION: "combine", DependenceKind.ORDERED: "keep order"}
_BASIS = {"static": "static estimate", "profile": "from the profile", "measured": "measured"}


def render(
    report: Report,
    sources: Sources,
    width: int,
    color: bool,
    ascii_only: bool = False,
    shown_path: Callable[[str], str] = str,
) -> str:
    """All findings in the order of the report, and a summary.

    `sources` gives a file's lines by its path in the report (None: show no excerpt); `shown_path` turns that path into
    one that opens from where the reader stands; `ascii_only` is for terminals that cannot show more.
    """
    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=color, color_system="standard" if color else None,
        highlight=False, markup=False, emoji=False, legacy_windows=False,
    )  # fmt: skip
    place = _Place(shown_path)
    for (path, change), findings in groupby(report.findings, key=lambda finding: (finding.path, finding.change)):
        lines = sources(path) if change else None
        for finding in findings:
            if change:
                for part in _finding(finding, place, lines, report.target.cores):
                    _print(console, part)
            else:
                console.print(_stays(finding, place.of(path), width))
        if not change:
            console.print()
    for sentence in (*_summary(report), *_most_to_gain(report, place), *_skipped(report, place)):
        _print(console, sentence)
    text = "\n".join(line.rstrip() for line in out.getvalue().split("\n"))
    return to_ascii(text) if ascii_only else text


class _Place:
    """Where things are as the reader sees it, and where a text was told first: it is not told in full again."""

    def __init__(self, shown_path: Callable[[str], str]) -> None:
        self._shown_path = shown_path
        self._told: dict[tuple[str, ...], str] = {}

    def of(self, path: str, line: int | None = None) -> str:
        return visible(self._shown_path(path)) + ("" if line is None else f":{line}")

    def once(self, texts: Sequence[str], here: str) -> Sequence[str]:
        first = self._told.setdefault(tuple(texts), here)
        return texts if first == here or not texts else [f"as at {first}"]


def _print(console: Console, part: RenderableType) -> None:
    """What may not be wrapped is told here: the console forgets it of a text."""
    keeps = isinstance(part, Text) and part.no_wrap
    console.print(part, crop=False, no_wrap=keeps, overflow=part.overflow if isinstance(part, Text) else None)


def _finding(finding: Finding, place: _Place, lines: list[str] | None, cores: int) -> Iterator[RenderableType]:
    yield Text.assemble(
        (f"{place.of(finding.path, finding.line)}:{finding.column}", "bold"),
        "  ",
        (finding.rule, "cyan"),
        no_wrap=True,
        overflow="ignore",
    )
    yield Padding(Text(visible(finding.message), "bold"), (0, 0, 0, 2))
    if lines is not None:
        yield _excerpt(finding, lines)
    rows = Table.grid(padding=(0, 1, 0, 0))
    rows.add_column(width=12, no_wrap=True)
    rows.add_column()
    for label, text in _facts(finding, place, cores):
        rows.add_row(Text(f"  {label}", "dim"), text)
    yield rows
    yield Text()


def _stays(finding: Finding, place: str, width: int) -> Text:
    line = f"{place}:{finding.line}  {finding.site.value}  {visible(finding.message)}"
    text = Text(fill(line, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False))
    text.stylize("dim", len(place))
    return text


def _excerpt(finding: Finding, lines: list[str]) -> Text:
    """The site's lines with `>` before each; the line above them for context."""
    last = min(finding.end_line, len(lines))
    proofs = (effect.trace[0].line for effect in finding.work.effects if effect.trace)
    mentioned = [*(hazard.line for hazard in _in_the_way(finding)), *proofs]
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
        text.append("> " if inside else "  ", "bold red")
        text.append(f"{row:>{digits}} │ ", "dim")
        text.append(f"{visible(lines[row - 1].rstrip())}\n", "" if inside else "dim")
    return text


def _gain(speedup: SpeedupReport, cores: int) -> str:
    gain = f"{_times(speedup.low, speedup.high)} ({_BASIS[speedup.basis]}, {_count(cores, 'core')})"
    if speedup.program_low is None or speedup.program_high is None:
        return gain
    return f"{gain}; the whole program {_times(speedup.program_low, speedup.program_high)}"


def _workers(speedup: SpeedupReport) -> list[str]:
    """How many, why so many, and from how many items on they pay."""
    if speedup.workers is None or speedup.workers < 2:
        return []
    why = f" ({speedup.workers_because})" if speedup.workers_because else ""
    pays = "" if speedup.break_even is None else f"; pays from about {_roughly(speedup.break_even):,} items"
    return [f"{speedup.workers}{why}{pays}"]


def _decides(speedup: SpeedupReport) -> list[str]:
    """What the source does not tell, where that decides whether it pays."""
    if speedup.pays is None or speedup.pays >= _SURELY or speedup.break_even_seconds is None:
        return []
    inner, seconds = speedup.inner, speedup.break_even_seconds
    rounds = "" if inner is None else f" (about {_roughly(inner.rounds):,} rounds of the loop in line {inner.line})"
    return [f"how long a round takes: it pays from {_duration(seconds)}{rounds}; `advisor profile` tells"]


def _duration(seconds: float) -> str:
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.2g} {unit}"
    return f"{seconds / 1e-6:.2g} µs"


def _roughly(number: int) -> int:
    """The number to one significant digit, or two below a hundred."""
    digits = max(0, len(str(number)) - (1 if number >= 100 else 2))
    return int(round(number, -digits))


def _on_cores(speedup: SpeedupReport) -> list[str]:
    compared = [f"{other.cores}: {other.expected:.1f}×" for other in speedup.on_cores]
    return [" · ".join(compared)] if compared else []


def _measured(share: float, measured: MeasuredReport | None) -> list[str]:
    """Where the run's time went here, and where that contradicts the code."""
    if measured is None:
        return [f"{share:.0%} of the run is spent here"]
    told = [f"{share:.0%} of the run ({measured.seconds:.1f} s), {measured.waiting:.0%} of that waiting"]
    if measured.rounds is not None and measured.entries is not None:
        each = "" if measured.entries < 2 else f" in {_count(measured.entries, 'run')} of it"
        told[0] += f", {_count(measured.rounds, 'round')}{each}"
    return [*told, *([f"but {measured.disagrees}"] if measured.disagrees else [])]


def _times(low: float, high: float) -> str:
    first, last = (f"{value:.1f}" if value < 10 else f"{value:.0f}" for value in (low, high))
    if low < 1:
        return f"up to {last}× faster, at worst slower"
    return f"{first}× faster" if first == last else f"{first}–{last}× faster"


def _facts(finding: Finding, place: _Place, cores: int) -> Iterator[tuple[str, Text]]:
    """The rows below a finding's source: label and text, a label only where it begins something new."""
    here = place.of(finding.path, finding.line)
    sure = finding.confidence.value, _LEVEL_STYLE[finding.confidence]
    if finding.misuse:
        yield from _row("fix", place.once([finding.fix], here))
        yield "confidence", Text(*sure)
    else:
        way = _way(finding.model, finding.executor)
        likely = f" ({finding.probability:.0%})" if finding.probability is not None else ""
        yield "advice", Text.assemble((way, _MODEL_STYLE[finding.model]), ", ", sure, f" confidence{likely}")
    if finding.speedup.high > 1:
        yield from _row("gain", [_gain(finding.speedup, cores)])
        if finding.model is not Model.SEQUENTIAL:
            yield from _row("workers", _workers(finding.speedup))
            yield from _row("decides", _decides(finding.speedup))
        yield from _row("on cores", _on_cores(finding.speedup))
    yield from _row("why", place.once([finding.why], here))
    yield from _row("proof", _proofs(finding, place))
    yield from _row("also", _also(finding, place))
    if finding.share_of_run is not None:
        yield from _row("measured", _measured(finding.share_of_run, finding.measured))
    yield from _row("in the way", [f"{_named(hazard)} [{hazard.kind.value}]" for hazard in _in_the_way(finding)])
    yield from _row(_BINDS.get(finding.dependence.kind, "in the way"), _bonds(finding))
    others = [
        f"{_way(other.model, other.executor)}{_about(other.speedup)}: {other.because}" for other in finding.alternatives
    ]
    yield from _row("or", place.once(others, here))
    yield from _row("not", place.once(_rejected(finding), here))
    yield from _row("ask first", place.once(finding.ask_first, here))
    yield "next", Text.assemble((f"advisor explain {finding.rule}", "cyan"))


def _row(label: str, texts: Sequence[str]) -> Iterator[tuple[str, Text]]:
    for index, text in enumerate(texts):
        yield "" if index else label, Text(visible(text))


def _rejected(finding: Finding) -> list[str]:
    """Each reason once, after all the models it turns down."""
    models: dict[str, list[str]] = {}
    for other in finding.rejected:
        models.setdefault(other.because, []).append(other.model.value)
    return [f"{', '.join(dict.fromkeys(names))}: {because}" for because, names in models.items()]


def _about(speedup: float | None) -> str:
    return f" ({speedup:.1f}×)" if speedup is not None else ""


def _way(model: Model, executor: Executor) -> str:
    return model.value if executor is Executor.NONE else f"{model.value} with {executor.value}"


def _proofs(finding: Finding, place: _Place) -> list[str]:
    effects = finding.work.effects
    shown = [f"{effect.effect.value}: {_chain(effect, finding.path, place)}" for effect in effects[:_PROOFS_SHOWN]]
    hidden = len(effects) - len(shown)
    return [*shown, f"and {hidden} more (--format json lists all)"] if hidden else shown


def _also(finding: Finding, place: _Place) -> list[str]:
    """The other places that have the same cause."""
    if not finding.also:
        return []
    shown = [f"{place.of(other.path, other.line)} {other.function}" for other in finding.also[:_PLACES_SHOWN]]
    hidden = len(finding.also) - len(shown)
    rest = f" and {hidden} more (--format json lists all)" if hidden else ""
    return [f"reached from {_count(len(finding.also), 'more call')}: {', '.join(shown)}{rest}"]


def _chain(effect: EffectReport, here: str, place: _Place) -> str:
    at = (f"line {step.line}" if step.path == here else place.of(step.path, step.line) for step in effect.trace)
    steps = (f"{step.function} ({where})" for step, where in zip(effect.trace, at, strict=True))
    when = f", {effect.condition}" if effect.condition else ""
    return " → ".join([*steps, effect.api]) + when


def _in_the_way(finding: Finding) -> list[HazardReport]:
    """The hazards that concern what is advised."""
    return [hazard for hazard in finding.hazards if hazard.kind.concerns(finding.model, finding.site)]


def _bonds(finding: Finding) -> list[str]:
    """What binds one iteration to the next, unless a hazard has said it."""
    told = {(hazard.name, hazard.line) for hazard in finding.hazards}
    return [_named(detail) for detail in finding.dependence.details if (detail.name, detail.line) not in told]


def _named(fact: HazardReport | DependenceDetail) -> str:
    return f"{fact.name} (line {fact.line}): {fact.because}"


def _summary(report: Report) -> Iterator[Text]:
    summary, target = report.summary, report.target
    python = target.python if target.gil or target.python.endswith("t") else f"{target.python}t"
    yield Text(
        f"Examined {_count(summary.sites, 'site')} in {_count(summary.files, 'file')} ({_count(summary.lines, 'line')})"
        f" for Python {python} on {_count(target.cores, 'core')}."
    )
    changes = Counter(_advised(finding) for finding in report.findings if finding.change)
    if changes:
        counts = [f"{changes[model]} {model}" for model in Model if changes[model]]
        counts += [_count(changes["misuse"], "misuse")] if changes["misuse"] else []
        yield Text(f"{_count(changes.total(), 'finding')}: {', '.join(counts)}.", "bold")
    elif not summary.files:
        yield Text("No Python files found.", "bold")
    elif len(report.findings) or not summary.sites:
        yield Text("Nothing to change.", "bold")
    else:
        yield Text("Nothing to change. `advisor analyze --all` shows each site with the reason why it stays.", "bold")
    if report.silenced:
        yield Text(f"{report.silenced:,} silenced by comments.")
    if summary.not_shown == 1:
        yield Text("1 more place may gain, but is less likely worth a change: `--all` shows it.")
    elif summary.not_shown:
        yield Text(
            f"{summary.not_shown:,} more places may gain, but are less likely worth a change: `--all` shows them."
        )


def _advised(finding: Finding) -> str:
    return "misuse" if finding.misuse else finding.model.value


def _most_to_gain(report: Report, place: _Place) -> Iterator[Text]:
    """Where to begin when there is more than a screenful: what is surely wrong, then the surest, and of these what
    gains most."""
    changes = [finding for finding in report.findings if finding.change]
    if len(changes) <= _SEEN_AT_A_GLANCE:
        return
    yield Text("Where to begin:", "bold")
    levels = list(Level)
    ranked = sorted(
        changes,
        key=lambda f: (-levels.index(f.confidence), not f.misuse, -f.speedup.expected, f.path, f.line),
    )
    first = [(finding, place.of(finding.path, finding.line)) for finding in ranked[:_BEGIN_WITH]]
    width = max(cell_len(where) for _, where in first)
    for finding, where in first:
        gain = f"{finding.speedup.expected:.1f}×" if finding.speedup.expected > 1 else ""
        yield Text(
            f"  {finding.confidence.value:<6} {gain:>5}  {_advised(finding):<15} {set_cell_size(where, width)}  {finding.rule}",
            no_wrap=True,
            overflow="ignore",
        )
    hidden = len(changes) - len(first)
    if hidden:
        yield Text(f"  and {hidden:,} more")


def _skipped(report: Report, place: _Place) -> Iterator[Text]:
    if not report.skipped:
        return
    yield Text(f"Skipped {_count(len(report.skipped), 'file')}:", "bold yellow")
    for skipped in report.skipped[:_SKIPPED_SHOWN]:
        yield Text(f"  {place.of(skipped.path, skipped.line)}: {visible(skipped.why)}")
    hidden = len(report.skipped) - _SKIPPED_SHOWN
    if hidden > 0:
        yield Text(f"  and {hidden:,} more: --format json lists all")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
