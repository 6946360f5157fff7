"""What continuous integration reads: commands of GitHub, Code Quality of GitLab, JUnit XML; each as its reader takes it."""

from __future__ import annotations

import json
from io import StringIO

from jsonschema import validate  # type: ignore[import-untyped]
from junitparser import Failure, JUnitXml, Skipped

from advisor.model.concurrency import Level
from advisor.model.report import Report, SkippedReport
from advisor.outputs import github, gitlab, junit
from advisor.outputs.view import View
from tests.outputs.reports import finding, kept, misuse, report

SKIPPED = (SkippedReport(path="bad.py", why="invalid syntax", line=3),)


def command(line: str) -> tuple[str, dict[str, str], str]:
    """A workflow command as the runner reads it: `::name key=value,key=value::message`, unescaped in the runner's order."""
    _, head, message = line.split("::", 2)
    name, _, given = head.partition(" ")
    properties = dict(pair.split("=", 1) for pair in given.split(","))

    def plain(text: str, more: tuple[tuple[str, str], ...] = ()) -> str:
        for code, character in (("%0D", "\r"), ("%0A", "\n"), *more, ("%25", "%")):
            text = text.replace(code, character)
        return text

    in_property = (("%3A", ":"), ("%2C", ","))
    return name, {key: plain(value, in_property) for key, value in properties.items()}, plain(message)


def commands(told: Report) -> list[tuple[str, dict[str, str], str]]:
    return [command(line) for line in github.render(told, View()).splitlines()]


def test_github_reads_place_title_and_message() -> None:
    [(name, properties, message)] = commands(report(finding(path="a,b:c%0A.py", probability=0.84)))
    assert name == "warning"
    assert properties == {
        "file": "a,b:c%0A.py",
        "line": "7",
        "endLine": "10",
        "title": "advisor: independent-waits-in-a-loop, high confidence (84%)",
    }
    assert message.splitlines() == [
        "Threads would overlap these waits.",
        "Advice: threading with ThreadPoolExecutor, 2.1–12×.",
        "Check before changing: Does the server limit how many requests may run at once?",
    ]


def test_github_gets_a_column_only_where_it_takes_one() -> None:
    assert "col" not in commands(report(finding()))[0][1]
    assert commands(report(misuse()))[0][1]["col"] == "5"


def test_github_sees_the_best_first_and_nothing_of_what_stays() -> None:
    told = report(finding(confidence=Level.LOW), kept(), finding(), misuse(), skipped=SKIPPED)
    assert [name for name, _, _ in commands(told)] == ["error", "warning", "notice", "warning"]
    assert commands(told)[-1] == (
        "warning", {"file": "bad.py", "line": "3", "title": "advisor: skipped"}, "invalid syntax",
    )  # fmt: skip


CODE_QUALITY = {  # what GitLab's documentation asks of each object
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": r"^[^./]"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def test_gitlab_gets_what_it_asks_for() -> None:
    told = report(finding(), misuse(id="m"), finding(id="l", confidence=Level.LOW), kept(id="k"), skipped=SKIPPED)
    issues = json.loads(gitlab.render(told, View()))
    validate(issues, CODE_QUALITY)
    assert [(issue["check_name"], issue["severity"], issue["fingerprint"]) for issue in issues] == [
        ("independent-waits-in-a-loop", "minor", "4f1d"),
        ("coroutine-never-awaited", "major", "m"),
        ("independent-waits-in-a-loop", "info", "l"),
        ("skipped", "info", "skipped bad.py"),
    ]
    assert issues[0]["location"] == {"path": "net/crawler.py", "lines": {"begin": 7, "end": 10}}
    assert json.loads(gitlab.render(report(), View())) == []


def read(told: Report) -> JUnitXml:
    return JUnitXml.fromroot(JUnitXml.fromstring(junit.render(told, View()).encode())._elem)


def test_junit_counts_failures_and_what_was_skipped() -> None:
    suites = read(report(finding(), kept(), misuse(), skipped=SKIPPED))
    assert (suites.tests, suites.failures, suites.skipped, suites.errors) == (4, 2, 1, 0)
    [suite] = suites
    assert (suite.tests, suite.failures, suite.skipped) == (4, 2, 1)
    first, stays, _, skipped = suite
    assert (first.classname, first.name) == ("net/crawler.py", "independent-waits-in-a-loop (line 7, column 5)")
    assert isinstance(first.result[0], Failure)
    assert first.result[0].message == "Threads would overlap these waits."
    assert "Advice: threading" in first.result[0].text
    assert stays.is_passed
    assert isinstance(skipped.result[0], Skipped)


def test_junit_of_nothing_is_a_test_that_passes() -> None:
    suites = read(report())
    assert (suites.tests, suites.failures) == (1, 0)
    assert StringIO(junit.render(report(), View())).readline() == '<?xml version="1.0" encoding="UTF-8"?>\n'
