"""How facts of a finding are said, in the words that all formats share."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from advisor.model.concurrency import Executor, Level, Model
from advisor.model.report import (
    AlternativeReport,
    DependenceDetail,
    EffectReport,
    Finding,
    HazardReport,
    Report,
    SpeedupReport,
    TargetReport,
)
from advisor.model.site import SiteKind
from advisor.model.spoken import spoken
from advisor.outputs.characters import visible

_LEVELS = tuple(Level)
_A_HEAVY_LOSS = 0.15
_SENTENCE = re.compile(r".+?[.?!](?=\s+[A-Z`]|$)", re.DOTALL)


def count(number: int, noun: str) -> str:
    """`1 file`, `1,234 files`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def verdict(finding: Finding) -> str:
    """The message as one sentence: what is only the second best is left to what is advised below it."""
    first, second, _ = finding.message.partition("; if not: ")
    return f"{first}; else as below." if second else first


def executed(finding: Finding | AlternativeReport) -> str:
    """The model and what runs the work; one call that blocks a coroutine needs no group of tasks."""
    model, executor = finding.model, finding.executor
    alone = isinstance(finding, Finding) and finding.site is SiteKind.BLOCKING_IN_ASYNC
    if executor is Executor.NONE or (alone and executor is Executor.TASK_GROUP):
        return model.value
    return f"{model.value} with {executor.value}"


def advised(finding: Finding) -> str:
    """The model, or `misuse`."""
    return "misuse" if finding.misuse else finding.model.value


def times(low: float, high: float) -> str:
    """A speed-up as a range: `1.4–18×`, `3.0×`, and `0.8–1.9×, may be slower` where it may be a loss. Far below one nobody
    counts how much: `up to 1.9×, may be slower`."""
    first, last = (f"{value:.1f}" if value < 9.95 else f"{value:.0f}" for value in (low, high))
    shown = f"up to {last}×" if low < _A_HEAVY_LOSS else f"{first}×" if first == last else f"{first}–{last}×"
    return f"{shown}, may be slower" if low < 1 else shown


def gain(speedup: SpeedupReport) -> str:
    """The speed-up of the place, and of the whole program where a profile tells; empty where none is expected."""
    if speedup.high <= 1:
        return ""
    if speedup.program_low is None or speedup.program_high is None:
        return times(speedup.low, speedup.high)
    whole = times(speedup.program_low, speedup.program_high)
    return f"{times(speedup.low, speedup.high)} (whole program {whole})"


def on_cores(speedup: SpeedupReport) -> str:
    """The expected speed-up on each number of cores that was asked about; empty where none was."""
    return " · ".join(f"{other.cores}: {other.expected:.1f}×" for other in speedup.on_cores)


def saved(finding: Finding) -> str:
    """`saves about 2.1 s`, each time the place runs, or with a profile of the whole run; empty where nothing is expected to
    be saved."""
    if finding.saved is None or finding.saved.expected <= 0:
        return ""
    whole = "" if finding.share_of_run is None else " of the run"
    return f"saves about {duration(finding.saved.expected)}{whole}"


def confidence(finding: Finding) -> str:
    likely = f" ({finding.probability:.0%})" if finding.probability is not None else ""
    return f"{finding.confidence.value} confidence{likely}"


def duration(seconds: float) -> str:
    for unit, size in (("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3)):
        if seconds >= (2 * size if size > 1 else size):
            return f"{_figures(seconds / size)} {unit}"
    return f"{_figures(seconds / 1e-6)} µs"


def _figures(value: float) -> str:
    """Two figures, never an exponent."""
    return f"{float(f'{value:.2g}'):,.{0 if value >= 9.95 else 1}f}"


def first_sentence(text: str) -> str:
    found = _SENTENCE.match(text)
    return found[0] if found else text


def chain(effect: EffectReport, here: str, place: Callable[[str, int], str]) -> str:
    """The calls that lead to an effect, each with its line; of other files than `here` with their path."""
    at = (f"line {step.line}" if step.path == here else place(step.path, step.line) for step in effect.trace)
    steps = [f"{step.function} ({where})" for step, where in zip(effect.trace, at, strict=True)]
    return " → ".join([*steps, spoken(effect.api)])


def named(fact: HazardReport | DependenceDetail) -> str:
    return f"{fact.name} (line {fact.line}): {fact.because}"


def hazards(finding: Finding) -> list[HazardReport]:
    """The hazards that concern what is advised."""
    return [hazard for hazard in finding.hazards if hazard.kind.concerns(finding.model, finding.site)]


def dependences(finding: Finding) -> list[DependenceDetail]:
    """What one iteration needs from another, unless a hazard has said it."""
    known = {(hazard.name, hazard.line) for hazard in finding.hazards}
    return [detail for detail in finding.dependence.details if (detail.name, detail.line) not in known]


def rejected(finding: Finding) -> list[tuple[str, str]]:
    """Each reason once, after all the models that it rejects."""
    models: dict[str, list[str]] = {}
    for other in finding.rejected:
        models.setdefault(other.because, []).append(other.model.value)
    return [(", ".join(dict.fromkeys(names)), because) for because, names in models.items()]


def severity(finding: Finding) -> Level:
    """How loudly to report it: high for what is surely wrong, medium for what is worth a change, low for the rest."""
    if finding.misuse:
        return finding.confidence
    return Level.LOW if finding.confidence is Level.LOW else Level.MEDIUM


def best_first(findings: Sequence[Finding]) -> list[Finding]:
    """By whole-program gain where a profile tells, then by confidence, what is wrong as it stands first (misuses, an event loop
    that is blocked), then by seconds saved and gain."""

    def rank(finding: Finding) -> tuple[float | int | bool | str, ...]:
        whole, seconds = finding.speedup.program_high or 1.0, finding.saved.expected if finding.saved else 0.0
        level = _LEVELS.index(finding.confidence)
        wrong = finding.misuse or finding.site is SiteKind.BLOCKING_IN_ASYNC
        return (-whole, -level, not wrong, -seconds, -finding.speedup.expected, finding.path, finding.line)

    return sorted(findings, key=rank)


def target(report: TargetReport) -> str:
    free = "" if report.gil or report.python.endswith("t") else "t"
    calibrated = ", calibrated" if report.calibrated else ""
    return f"Python {report.python}{free}, {count(report.cores, 'core')}{calibrated}"


def examined(report: Report) -> str:
    summary = report.summary
    return (
        f"Examined {count(summary.sites, 'site')} in {count(summary.files, 'file')} ({count(summary.lines, 'line')})"
        f" for {target(report.target)}."
    )


def counted(report: Report) -> str:
    """`3 findings: 1 threading, 2 misuses.`, or why there are none."""
    changes = Counter(advised(finding) for finding in report.findings if finding.change)
    if changes:
        counts = [f"{changes[model]} {model}" for model in Model if changes[model]]
        counts += [count(changes["misuse"], "misuse")] if changes["misuse"] else []
        return f"{count(changes.total(), 'finding')}: {', '.join(counts)}."
    if not report.summary.files:
        return "No file could be analysed." if report.skipped else "No Python files found."
    if report.summary.not_shown or report.summary.not_examined:
        return "No finding at this confidence."
    if report.known or report.unchanged:
        return "Nothing new."
    if report.findings or not report.summary.sites:
        return "Nothing to change."
    return "Nothing to change. `advisor analyze --all` lists each site and why it stays."


def not_shown(report: Report) -> str:
    """What is below the confidence that was asked for; empty where that is nothing."""
    hidden, unseen = report.summary.not_shown, report.summary.not_examined
    more = [f"{hidden:,} more"] if hidden else []
    more += [f"{count(unseen, 'place')} to look into"] if unseen else []
    return f"{' and '.join(more)} with `--confidence low`." if more else ""


def silenced(report: Report) -> str:
    return f"{report.silenced:,} silenced by comments." if report.silenced else ""


def place_of(shown_path: Callable[[str], str]) -> Callable[[str, int], str]:
    return lambda path, line: f"{visible(shown_path(path))}:{line}"


def in_brief(finding: Finding) -> list[str]:
    """What to do and what to check before that, a sentence a line, for formats that have room for a few lines."""
    if finding.misuse:
        lines = [f"Fix: {finding.fix}"]
    else:
        facts = [executed(finding), gain(finding.speedup), saved(finding)]
        lines = [f"Advice: {', '.join(filter(None, facts))}."]
    return lines + [f"Check before changing: {question}" for question in finding.ask_first[:1]]
