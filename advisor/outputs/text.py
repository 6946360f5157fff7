"""The report as a person wants to read it: each finding with its source, its reason and its next step, then a summary.

Deterministic, of a given width, and free of control characters whatever the analysed files contain.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from io import StringIO
from itertools import groupby
from textwrap import fill

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from advisor.model.concurrency import Executor, Level, Model
from advisor.model.report import DependenceDetail, EffectReport, Finding, HazardReport, Report, SpeedupReport
from advisor.model.site import DependenceKind
from advisor.outputs.characters import to_ascii, visible
from advisor.outputs.excerpt import excerpt

Sources = Callable[[str], list[str] | None]

_SKIPPED_SHOWN = 10
_PROOFS_SHOWN = 3
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
    """All findings, file by file, and a summary.

    `sources` gives a file's lines by its path in the report (None: show no excerpt); `shown_path` turns that path into
    one that opens from where the reader stands; `ascii_only` is for terminals that cannot show more.
    """
    out = StringIO()
    console = Console(
        file=out, width=width, force_terminal=color, color_system="standard" if color else None,
        highlight=False, markup=False, emoji=False, legacy_windows=False,
    )  # fmt: skip
    ordered = sorted(report.findings, key=lambda finding: (finding.path, finding.line, finding.column))
    for (path, change), findings in groupby(ordered, key=lambda finding: (finding.path, finding.change)):
        lines, place = sources(path) if change else None, visible(shown_path(path))
        for finding in findings:
            if change:
                console.print(*_finding(finding, place, lines, report.target.cores), sep="\n", crop=False)
            else:
                console.print(_stays(finding, place, width))
        if not change:
            console.print()
    for sentence in _summary(report, shown_path):
        console.print(sentence)
    text = "\n".join(line.rstrip() for line in out.getvalue().split("\n"))
    return to_ascii(text) if ascii_only else text


def _finding(finding: Finding, place: str, lines: list[str] | None, cores: int) -> Iterator[RenderableType]:
    yield Text.assemble(
        (f"{place}:{finding.line}:{finding.column}", "bold"),
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
    for label, text in _facts(finding, cores):
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
    mentioned = [*(hazard.line for hazard in finding.hazards), *proofs]
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


def _times(low: float, high: float) -> str:
    first, last = (f"{value:.1f}" if value < 10 else f"{value:.0f}" for value in (low, high))
    if low < 1:
        return f"up to {last}× faster, at worst slower"
    return f"{first}× faster" if first == last else f"{first}–{last}× faster"


def _facts(finding: Finding, cores: int) -> Iterator[tuple[str, Text]]:
    """The rows below a finding's source: label and text, a label only where it begins something new."""
    yield "advice", Text.assemble(
        (finding.model.value, _MODEL_STYLE[finding.model]),
        "" if finding.executor is Executor.NONE else f" with {finding.executor.value}",
        ", ", (f"{finding.confidence.value} confidence", _LEVEL_STYLE[finding.confidence]),
    )  # fmt: skip
    if finding.speedup.high > 1:
        yield from _row("gain", [_gain(finding.speedup, cores)])
    yield from _row("why", [finding.why])
    yield from _row("proof", _proofs(finding))
    if finding.share_of_run is not None:
        yield from _row("measured", [f"{finding.share_of_run:.0%} of the run is spent here"])
    yield from _row("in the way", [f"{_named(hazard)} [{hazard.kind.value}]" for hazard in finding.hazards])
    yield from _row(_BINDS.get(finding.dependence.kind, "in the way"), _bonds(finding))
    yield from _row("or", [f"{_way(other.model, other.executor)}: {other.because}" for other in finding.alternatives])
    yield from _row("not", _rejected(finding))
    yield from _row("ask first", finding.ask_first)
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


def _way(model: Model, executor: Executor) -> str:
    return model.value if executor is Executor.NONE else f"{model.value} with {executor.value}"


def _proofs(finding: Finding) -> list[str]:
    effects = finding.work.effects
    shown = [f"{effect.effect.value}: {_chain(effect, finding.path)}" for effect in effects[:_PROOFS_SHOWN]]
    hidden = len(effects) - len(shown)
    return [*shown, f"and {hidden} more (--format json lists all)"] if hidden else shown


def _chain(effect: EffectReport, path: str) -> str:
    steps = (f"{step.function} ({_position(step.path, step.line, path)})" for step in effect.trace)
    return " → ".join([*steps, effect.api])


def _position(path: str, line: int, here: str) -> str:
    return f"line {line}" if path == here else f"{path}:{line}"


def _bonds(finding: Finding) -> list[str]:
    """What binds one iteration to the next, unless a hazard has said it."""
    told = {(hazard.name, hazard.line) for hazard in finding.hazards}
    return [_named(detail) for detail in finding.dependence.details if (detail.name, detail.line) not in told]


def _named(fact: HazardReport | DependenceDetail) -> str:
    return f"{fact.name} (line {fact.line}): {fact.because}"


def _summary(report: Report, shown_path: Callable[[str], str]) -> Iterator[Text]:
    summary, target = report.summary, report.target
    python = target.python if target.gil or target.python.endswith("t") else f"{target.python}t"
    yield Text(
        f"Examined {_count(summary.sites, 'site')} in {_count(summary.files, 'file')} ({_count(summary.lines, 'line')})"
        f" for Python {python} on {_count(target.cores, 'core')}."
    )
    changes = Counter(finding.model for finding in report.findings if finding.change)
    if changes:
        models = ", ".join(f"{changes[model]} {model.value}" for model in Model if changes[model])
        yield Text(f"{_count(changes.total(), 'finding')}: {models}.", "bold")
    elif not summary.files:
        yield Text("No Python files found.", "bold")
    elif len(report.findings) or not summary.sites:
        yield Text("Nothing to change.", "bold")
    else:
        yield Text("Nothing to change. `advisor analyze --all` shows each site with the reason why it stays.", "bold")
    yield from _skipped(report, shown_path)


def _skipped(report: Report, shown_path: Callable[[str], str]) -> Iterator[Text]:
    if not report.skipped:
        return
    yield Text(f"Skipped {_count(len(report.skipped), 'file')}:", "bold yellow")
    for skipped in report.skipped[:_SKIPPED_SHOWN]:
        line = "" if skipped.line is None else f":{skipped.line}"
        yield Text(f"  {visible(shown_path(skipped.path))}{line}: {visible(skipped.why)}")
    hidden = len(report.skipped) - _SKIPPED_SHOWN
    if hidden > 0:
        yield Text(f"  and {hidden:,} more: --format json lists all")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
