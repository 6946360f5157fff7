"""Facts: all that is known of one finding but its message and source, as labels with sentences, in the order of interest.

The formats that tell everything (for terminals, editors and assistants, summaries) share them: each only lays them out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum

from advisor.model.change import Change
from advisor.model.report import EffectReport, Finding, MeasuredReport, SpeedupReport
from advisor.model.site import DependenceKind
from advisor.outputs import phrases
from advisor.outputs.characters import visible
from advisor.outputs.phrases import count

_SURELY = 0.9  # odds from which nothing is left to decide
_BASIS = {"static": "static estimate", "profile": "from the profile", "measured": "measured"}


class Label(StrEnum):
    """What a fact is about."""

    FIX = "fix"
    CONFIDENCE = "confidence"
    ADVICE = "advice"
    SPEEDUP = "speed-up"
    SAVES = "saves"
    WORKERS = "workers"
    DEPENDS_ON = "depends on"
    ON_CORES = "on cores"
    WHY = "why"
    EVIDENCE = "evidence"
    ALSO = "also at"
    MEASURED = "measured"
    HAZARDS = "hazards"
    RESULTS = "results"
    KEEPS_ORDER = "keeps order"
    DEPENDS = "depends"
    ALTERNATIVE = "alternative"
    REJECTED = "rejected"
    CHECK = "check first"
    GENERATE = "generate"
    HELP = "help"


_BINDS = {DependenceKind.REDUCTION: Label.RESULTS, DependenceKind.ORDERED: Label.KEEPS_ORDER}

Told = tuple[Label, Sequence[str]]
"""A label and its sentences, in which code stands between backticks; those of the evidence are plain text."""


def facts(
    finding: Finding,
    cores: int,
    shown_path: Callable[[str], str],
    change: Change | None = None,
    most: tuple[int | None, int | None] = (None, None),
) -> Iterator[Told]:
    """Each label that has something to say, once. `change` is what `generate` would write, `most` how many effects and how
    many other places are listed (None: all)."""
    for label, texts in _all(finding, cores, shown_path, change, most):
        if texts:
            yield label, [visible(text) for text in texts]


def _all(
    finding: Finding,
    cores: int,
    shown_path: Callable[[str], str],
    change: Change | None,
    most: tuple[int | None, int | None],
) -> Iterator[Told]:
    place = phrases.place_of(shown_path)
    sure = phrases.confidence(finding)
    if finding.misuse:
        yield Label.FIX, [finding.fix]
        yield Label.CONFIDENCE, [sure.replace(" confidence", "", 1)]
    else:
        yield Label.ADVICE, [f"{phrases.executed(finding)}, {sure}"]
    yield from _gains(finding, cores)
    yield Label.WHY, [finding.why]
    yield Label.EVIDENCE, _evidence(finding, place, most[0])
    yield Label.ALSO, _also(finding, place, most[1])
    yield Label.MEASURED, [] if finding.share_of_run is None else _measured(finding.share_of_run, finding.measured)
    yield Label.HAZARDS, [f"{phrases.named(hazard)} [{hazard.kind.value}]" for hazard in phrases.hazards(finding)]
    bond = _BINDS.get(finding.dependence.kind, Label.DEPENDS)
    yield bond, [phrases.named(detail) for detail in phrases.dependences(finding)]
    others = [f"{phrases.executed(other)}{_about(other.speedup)}: {other.because}" for other in finding.alternatives]
    yield Label.ALTERNATIVE, others
    yield Label.REJECTED, [f"{models}: {because}" for models, because in phrases.rejected(finding)]
    yield Label.CHECK, finding.ask_first
    yield Label.GENERATE, _generate(change, place(finding.path, finding.line))
    yield Label.HELP, [f"advisor explain {finding.rule}"]


def _gains(finding: Finding, cores: int) -> Iterator[Told]:
    speedup = finding.speedup
    if speedup.high <= 1:
        return
    yield Label.SPEEDUP, [f"{phrases.gain(speedup)}; {_BASIS[speedup.basis]} for {count(cores, 'core')}"]
    if finding.change and finding.model.value != "sequential":
        yield Label.SAVES, _saves(finding)
        yield Label.WORKERS, _workers(speedup)
        yield Label.DEPENDS_ON, _decides(speedup)
    yield Label.ON_CORES, list(filter(None, [phrases.on_cores(speedup)]))


def _saves(finding: Finding) -> list[str]:
    saved = finding.saved
    if saved is None or saved.expected <= 0:
        return []
    low, about, high = map(phrases.duration, (saved.low, saved.expected, saved.high))
    when = "each time this runs" if finding.share_of_run is None else "of the whole run"
    return [f"about {about} {when} ({low} to {high})"]


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


def _generate(change: Change | None, here: str) -> list[str]:
    if change is None:
        return []
    return [f"advisor generate {here}" if change.files else f"refused: {change.refused}"]
