"""Assemble: a case, its forecast and its verdict, or a misuse and its rule, become one finding of the report, ready to be printed.

Numbers are rounded and everything has one order, so that the same input gives the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import cast

from advisor.model.case import Case
from advisor.model.concurrency import DEFAULT_EXECUTOR, Executor, Model
from advisor.model.confidence import Calibration, Fact
from advisor.model.effect import EffectTrace, Range
from advisor.model.estimate import Curves, Forecast, Inner, Outlook, Speedup
from advisor.model.evidence import Evidence
from advisor.model.fault import Fault
from advisor.model.report import (
    AlternativeReport,
    CurvesReport,
    DependenceDetail,
    DependenceReport,
    EffectReport,
    Finding,
    FindingKind,
    GainAt,
    HazardReport,
    InnerReport,
    MeasuredReport,
    OnCores,
    Place,
    RejectedReport,
    SavedReport,
    SpeedupReport,
    TraceStep,
    WorkReport,
)
from advisor.model.rule import PLACEHOLDER, SiteRule, WorkKind
from advisor.model.site import DependenceKind
from advisor.model.spoken import spoken
from advisor.model.verdict import Alternative, Verdict


def assemble(
    case: Case,
    verdict: Verdict,
    forecast: Forecast,
    outlook: Outlook | None = None,
    also: Sequence[Case] = (),
    curves: Curves | None = None,
) -> Finding:
    """The finding for one site and for those that have the same cause (`also`); columns count from 1 here.

    Its `id` is made unique by `with_unique_ids`.
    """
    return Finding(
        id=fingerprint(case),
        rule=verdict.rule,
        path=case.path,
        function=case.function,
        line=case.line,
        end_line=max(case.line, case.end_line),
        column=case.column + 1,
        site=case.kind,
        model=verdict.model,
        executor=verdict.executor,
        alternatives=tuple(
            AlternativeReport(
                model=other.model,
                executor=other.executor,
                because=spoken(other.because),
                speedup=_gain_of(other, forecast, outlook or Outlook()),
            )
            for other in verdict.alternatives
        ),
        rejected=tuple(
            RejectedReport(model=other.model, rule=other.rule, because=spoken(other.because))
            for other in verdict.rejected
        ),
        confidence=verdict.confidence,
        work=WorkReport(kind=cast(WorkKind, case.work_kind), effects=tuple(map(_effect, (*case.effects, *case.once)))),
        dependence=DependenceReport(
            kind=case.dependence.kind,
            details=tuple(
                DependenceDetail(name=spoken(detail.name), line=detail.line, because=spoken(detail.because))
                for detail in case.dependence.details
            ),
        ),
        hazards=tuple(
            HazardReport(kind=hazard.kind, name=spoken(hazard.name), line=hazard.line, because=spoken(hazard.because))
            for hazard in case.hazards
        ),
        speedup=_speedup(forecast.by_model[verdict.model], outlook or Outlook(), case.work.inner),
        share_of_run=None if case.evidence is None else _rounded(case.evidence.share, 4),
        measured=None if case.evidence is None else _measured(case.evidence),
        message=spoken(verdict.message),
        why=spoken(verdict.why),
        ask_first=tuple(map(spoken, verdict.ask_first)),
        change=verdict.change,
        kind=FindingKind.ADVICE if verdict.change else FindingKind.LEFT,
        model_now=case.model_now,
        probability=None if verdict.probability is None else _rounded(verdict.probability),
        facts=tuple(sorted(verdict.facts)),
        saved=_saved(forecast, verdict.model, case.evidence) if verdict.change else None,
        also=tuple(Place(path=other.path, function=other.function, line=other.line) for other in also),
        curves=None if curves is None else _curves(curves),
    )


def assemble_fault(fault: Fault, rule: SiteRule, calibration: Calibration) -> Finding:
    """The finding for a misuse: what `rule` says of it, with the proof filled in. What it would gain is not forecast."""
    probability = calibration.misuse(rule.id, rule.confidence, aside=fault.aside)
    model = fault.model or rule.advise or Model.SEQUENTIAL
    return Finding(
        id=sha256(
            "\0".join((fault.path, fault.function, fault.rule, fault.name)).encode("utf-8", "surrogatepass")
        ).hexdigest()[:16],
        rule=rule.id,
        path=fault.path,
        function=fault.function,
        line=fault.line,
        end_line=fault.end_line,
        column=fault.column + 1,
        site=rule.site,
        model=model,
        executor=DEFAULT_EXECUTOR[model] if model is not rule.advise else rule.executor or DEFAULT_EXECUTOR[model],
        alternatives=(),
        rejected=(),
        confidence=calibration.level(probability),
        probability=probability,
        facts=(Fact.HARDLY_MATTERS,) if fault.aside else (),
        work=WorkReport(kind="unknown", effects=()),
        dependence=DependenceReport(kind=DependenceKind.NONE, details=()),
        hazards=(),
        speedup=_speedup(_NO_FORECAST, Outlook()),
        share_of_run=None,
        message=_sentence(_filled(rule.message, fault)),
        why=_filled(rule.why, fault),
        ask_first=tuple(_filled(question, fault) for question in rule.ask_first),
        fix=_filled(rule.fix, fault),
        kind=FindingKind.MISUSE,
    )


_NO_FORECAST = Speedup(low=1.0, expected=1.0, high=1.0, basis="static", workers=1)


def _filled(text: str, fault: Fault) -> str:
    words = {"name": fault.name, "line": str(fault.proof), "because": fault.because}
    return spoken(" ".join(PLACEHOLDER.sub(lambda match: words[match[1]], text).split()))


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."


def with_unique_ids(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings in their order; of several with one fingerprint, the second in the file gets `-2`, and so on."""
    seen: Counter[str] = Counter()
    ordinal: dict[int, int] = {}
    numbered = list(findings)
    for index, finding in sorted(enumerate(numbered), key=lambda pair: (pair[1].path, pair[1].line, pair[1].column)):
        seen[finding.id] += 1
        ordinal[index] = seen[finding.id]
    return tuple(
        finding if ordinal[index] == 1 else finding.model_copy(update={"id": f"{finding.id}-{ordinal[index]}"})
        for index, finding in enumerate(numbered)
    )


def fingerprint(case: Case) -> str:
    """What stays the same while lines move and advice changes: where the place is in the program, and its text."""
    parts = (case.path, case.function, case.rule, case.kind.value, " ".join(case.subject.split()))
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _effect(trace: EffectTrace) -> EffectReport:
    steps = tuple(TraceStep(function=step.function, path=step.path, line=step.line) for step in trace.trace)
    return EffectReport(effect=trace.effect, api=trace.api, trace=steps, condition=trace.condition)


def _speedup(speedup: Speedup, outlook: Outlook, inner: Inner | None = None) -> SpeedupReport:
    seconds = outlook.break_even_seconds
    return SpeedupReport(
        low=_rounded(speedup.low),
        expected=_rounded(speedup.expected),
        high=_rounded(speedup.high),
        basis=speedup.basis,
        program_low=None if speedup.program_low is None else _rounded(speedup.program_low),
        program_high=None if speedup.program_high is None else _rounded(speedup.program_high),
        workers=speedup.workers,
        workers_because=speedup.because,
        break_even=outlook.break_even,
        break_even_seconds=None if seconds is None else float(f"{seconds:.2g}"),
        pays=_rounded(speedup.pays),
        inner=None
        if inner is None or seconds is None
        else InnerReport(line=inner.line, rounds=max(1, round(seconds / inner.seconds))),
        on_cores=tuple(
            OnCores(
                cores=cores,
                low=_rounded(other.low),
                expected=_rounded(other.expected),
                high=_rounded(other.high),
                workers=other.workers,
            )
            for cores, other in outlook.on_cores.items()
        ),
    )


def _curves(curves: Curves) -> CurvesReport:
    return CurvesReport(
        cores=tuple(_gain_at(number, gain) for number, gain in curves.by_cores.items()),
        items=tuple(_gain_at(number, gain) for number, gain in curves.by_items.items()),
        items_low=max(1, round(curves.items.low)),
        items_expected=max(1, round(curves.items.expected)),
        items_high=max(1, round(curves.items.high)),
    )


def _gain_at(number: int, gain: Speedup) -> GainAt:
    low, expected, high = (_rounded(value) for value in (gain.low, gain.expected, gain.high))
    return GainAt(number=number, low=low, expected=expected, high=high)


def _saved(forecast: Forecast, model: Model, measured: Evidence | None) -> SavedReport:
    """The seconds that are spared in each run of the site, or in the whole run that was measured; none where it would take
    longer."""
    gain = forecast.by_model.get(model, _NO_FORECAST)
    now = forecast.sequential_seconds if measured is None else Range(*[measured.seconds] * 3)

    def spared(seconds: float, factor: float) -> float:
        return float(f"{seconds - seconds / factor:.3g}") if factor > 1 else 0.0

    return SavedReport(
        low=spared(now.low, gain.low), expected=spared(now.expected, gain.expected), high=spared(now.high, gain.high)
    )


def _gain_of(other: Alternative, forecast: Forecast, outlook: Outlook) -> float | None:
    """What the alternative would gain; None for what no forecast was made of."""
    if other.executor is Executor.INTERPRETER_POOL:
        return None if outlook.interpreters is None else _rounded(outlook.interpreters.expected)
    usual = (DEFAULT_EXECUTOR[other.model], Executor.TO_THREAD)
    return _rounded(forecast.by_model[other.model].expected) if other.executor in usual else None


def _measured(evidence: Evidence) -> MeasuredReport:
    waits = evidence.waiting / evidence.share if evidence.share > 0 else 0.0
    return MeasuredReport(
        seconds=_rounded(evidence.seconds),
        waiting=_rounded(waits),
        computing=_rounded(1 - waits) if evidence.share > 0 else 0.0,
        entries=None if evidence.counted is None else evidence.counted.entries,
        rounds=None if evidence.counted is None else evidence.counted.rounds,
        disagrees=evidence.disagrees,
    )


def _rounded(value: float, digits: int = 2) -> float:
    return round(value, digits)
