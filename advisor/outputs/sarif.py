"""SARIF 2.1.0, the format of code scanning: rules with their pages, results with the calls that lead to an effect, and fixes.

Columns count UTF-16 code units, as the log says in `columnKind`. Paths are relative to `SRCROOT`: where the advisor was started.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from advisor.model.concurrency import Level
from advisor.model.report import EffectReport, Finding, Report, SkippedReport
from advisor.model.spoken import spoken
from advisor.outputs import phrases
from advisor.outputs.characters import visible
from advisor.outputs.replacements import replacements, utf16
from advisor.outputs.view import View

Json = dict[str, Any]

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Level.HIGH: "error", Level.MEDIUM: "warning", Level.LOW: "note"}
_ROOT = "SRCROOT"


def render(report: Report, view: View) -> str:
    """A log with one run. What stays as it is (with `--all`) is a result of kind `pass`."""
    slugs = sorted({finding.rule for finding in report.findings})
    index = {slug: number for number, slug in enumerate(slugs)}
    run = {
        "tool": {
            "driver": {
                "name": "advisor",
                "fullName": "concurrency-advisor",
                "version": report.advisor.version,
                "semanticVersion": report.advisor.version,
                "rules": [_rule(slug, view) for slug in slugs],
            }
        },
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The folder in which the advisor was started."}}},
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(skipped, view) for skipped in report.skipped],
            }
        ],
        "results": [_result(finding, index[finding.rule], view) for finding in report.findings],
        "properties": {"target": report.target.model_dump(mode="json"), "notShown": report.summary.not_shown},
    }
    text = json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)
    return text.encode("utf-8", "backslashreplace").decode("utf-8") + "\n"  # as in `--format json`


def _rule(slug: str, view: View) -> Json:
    page = view.page(slug)
    if page is None:
        return {"id": slug}
    return {
        "id": slug,
        "shortDescription": {"text": visible(page.title)},
        "fullDescription": {"text": visible(page.why or page.title)},
        "help": {"text": f"{page.title}\n\n{page.why}\n\nMore: advisor explain {slug}", "markdown": page.markdown},
        "properties": {"tags": ["concurrency", "performance"]},
    }


def _result(finding: Finding, rule: int, view: View) -> Json:
    kind = {"level": _LEVELS[phrases.severity(finding)]} if finding.change else {"kind": "pass", "level": "none"}
    lines = [finding.message, *(phrases.in_brief(finding) if finding.change else [])]
    optional = {
        "codeFlows": [_code_flow(effect, view) for effect in finding.work.effects if effect.trace],
        "relatedLocations": list(_related(finding, view)),
        "fixes": _fixes(finding, view),
    }
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        **kind,
        "message": {"text": "\n".join(map(visible, lines))},
        "locations": [_place(finding, view)],
        "partialFingerprints": {"advisorFindingId/v1": finding.id},
        **{key: value for key, value in optional.items() if value},
        **({} if finding.probability is None else {"rank": round(100 * finding.probability, 1)}),
        "properties": _properties(finding),
    }


def _properties(finding: Finding) -> Json:
    kept = {"kind", "confidence", "model", "executor", "speedup", "saved", "share_of_run", "dependence"}
    return {"precision": finding.confidence.value, **finding.model_dump(mode="json", include=kept)}


def _place(finding: Finding, view: View) -> Json:
    column = _column(finding, view)
    region = {"startLine": finding.line, "startColumn": column, "endLine": finding.end_line}
    where = _location(finding.path, region, view)
    return where | {"logicalLocations": [{"fullyQualifiedName": visible(finding.function), "kind": "function"}]}


def _column(finding: Finding, view: View) -> int:
    """The column in UTF-16 code units, from 1; that of the report counts characters."""
    lines = view.sources(finding.path)
    if lines is None or finding.line > len(lines):
        return finding.column
    return utf16(lines[finding.line - 1][: finding.column - 1]) + 1


def _location(path: str, region: Json, view: View, message: str = "") -> Json:
    place: Json = {"physicalLocation": {"artifactLocation": _artifact(path, view), "region": region}}
    return place | ({"message": {"text": visible(message)}} if message else {})


def _artifact(path: str, view: View) -> Json:
    shown = view.shown_path(path).encode("utf-8", "surrogateescape")
    return {"uri": quote(shown), "uriBaseId": _ROOT}


def _code_flow(effect: EffectReport, view: View) -> Json:
    """The calls from the site to the effect; each step says what it calls."""
    called = [*(step.function for step in effect.trace[1:]), spoken(effect.api)]
    when = f", {effect.condition}" if effect.condition else ""
    steps = [
        {
            "location": _location(step.path, {"startLine": step.line}, view, f"{step.function} calls {name}"),
            "nestingLevel": depth,
        }
        for depth, (step, name) in enumerate(zip(effect.trace, called, strict=True))
    ]
    return {
        "message": {"text": visible(f"{effect.effect.value}: {spoken(effect.api)}{when}")},
        "threadFlows": [{"locations": steps}],
    }


def _related(finding: Finding, view: View) -> Iterator[Json]:
    """Hazards, dependences and the other places of the same cause, numbered as viewers refer to them."""
    here = finding.path
    places = [
        (here, hazard.line, f"{hazard.kind.value}: {phrases.named(hazard)}") for hazard in phrases.hazards(finding)
    ]
    places += [(here, detail.line, phrases.named(detail)) for detail in phrases.dependences(finding)]
    places += [(other.path, other.line, f"same cause: {other.function}") for other in finding.also]
    for number, (path, line, message) in enumerate(places):
        yield {"id": number, **_location(path, {"startLine": max(line, 1)}, view, message)}


def _fixes(finding: Finding, view: View) -> list[Json]:
    """What `generate` writes for the finding, as replacements in each file that it changes."""
    if not view.writable(finding):
        return []
    changes = [
        {
            "artifactLocation": _artifact(file.path, view),
            "replacements": [
                {"deletedRegion": each.region, "insertedContent": {"text": each.text}}
                for each in replacements(file.before, file.after)
            ],
        }
        for file in view.changes[finding.id].files
    ]
    return [{"description": {"text": f"advisor generate: {phrases.advised(finding)}"}, "artifactChanges": changes}]


def _notification(skipped: SkippedReport, view: View) -> Json:
    region = {"region": {"startLine": skipped.line}} if skipped.line else {}
    where = {"physicalLocation": {"artifactLocation": _artifact(skipped.path, view), **region}}
    return {"level": "warning", "message": {"text": f"Skipped: {visible(skipped.why)}"}, "locations": [where]}
