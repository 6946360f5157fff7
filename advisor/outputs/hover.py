"""Hover: all that is known of one finding, as Markdown for an editor or an assistant."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from advisor.model.report import EffectReport, Finding, FindingKind


def as_markdown(finding: Finding) -> str:
    """A heading, the verdict with its gain, why, evidence, hazards, alternatives, and what to check before changing."""
    return "\n\n".join(part for part in _parts(finding) if part) + "\n"


def headline(finding: Finding) -> str:
    """One line for a list of problems: the message, and the gain where a change is advised."""
    gain = f" ({gain_of(finding)})" if finding.kind is FindingKind.ADVICE else ""
    return f"{finding.message.rstrip('.')}{gain}"


def gain_of(finding: Finding) -> str:
    low, high = finding.speedup.low, finding.speedup.high
    slower = ", may be slower" if low < 1 else ""
    return f"{_times(low)}–{_times(high)}×{slower}"


def _parts(finding: Finding) -> Iterator[str]:
    yield f"**{_sentence(finding.message)}**"
    yield f"`{finding.rule}` · {finding.confidence.value} confidence{_advice(finding)}"
    yield _sentence(finding.why)
    if finding.fix:
        yield f"**Fix:** {_sentence(finding.fix)}"
    yield _section("Evidence", map(_evidence, finding.work.effects))
    yield _section("Hazards", (f"line {each.line}: {each.because}" for each in finding.hazards))
    yield _section("Dependence", (f"line {each.line}: {each.because}" for each in finding.dependence.details))
    yield _section("Alternatives", (f"{each.model.value}: {each.because}" for each in finding.alternatives))
    yield _section("Rejected", (f"{each.model.value}: {each.because}" for each in finding.rejected))
    yield _section("Check before changing", finding.ask_first)


def _advice(finding: Finding) -> str:
    if finding.kind is not FindingKind.ADVICE:
        return ""
    workers = f" · {finding.speedup.workers} workers" if finding.speedup.workers else ""
    return f" · {finding.model.value} with `{finding.executor.value}` · {gain_of(finding)} ({finding.speedup.basis}){workers}"


def _evidence(effect: EffectReport) -> str:
    steps = [f"{step.function} ({step.path}:{step.line})" for step in effect.trace]
    condition = f", {effect.condition}" if effect.condition else ""
    return f"{effect.effect.value}{condition}: {' → '.join([*steps, f'`{effect.api}`'])}"


def _section(title: str, lines: Iterable[str]) -> str:
    listed = "\n".join(f"- {_sentence(line)}" for line in lines)
    return f"**{title}**\n\n{listed}" if listed else ""


def _sentence(text: str) -> str:
    flat = " ".join(text.split())
    return flat[:1].upper() + flat[1:] if flat[:1].isascii() else flat


def _times(factor: float) -> str:
    return f"{factor:.0f}" if factor >= 10 else f"{factor:.1f}".removesuffix(".0")
