"""The table of formats is whole, and nothing that comes from outside breaks out of any of them."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree

import pytest

from advisor.model.change import Change, FileChange
from advisor.model.format import Format
from advisor.model.report import Finding, Place, Report, SkippedReport
from advisor.outputs.formats import FORMATS
from advisor.outputs.view import RulePage, View
from tests.outputs.reports import finding, kept, misuse, report

# What may stand in names of files and in source: ends of lines, escape codes, a bidirectional override, a lone surrogate,
# characters that XML forbids, and what GitHub, Markdown, HTML and XML would take for their own.
HOSTILE = "a\n::error::b\r\x1b[31m\x07\x0b\ufffe\u202e\u2028\u2066|c`d``e]]><f>&%0A,:\udce9\"'@x*_[y](z)\x85"
FORBIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def hostile() -> Report:
    odd = {"path": f"{HOSTILE}.py", "message": HOSTILE, "why": HOSTILE, "function": HOSTILE, "ask_first": (HOSTILE,)}
    also = (Place(path=HOSTILE, function=HOSTILE, line=3),)
    skipped = (SkippedReport(path=HOSTILE, why=HOSTILE, line=None),)
    return report(finding(**odd, also=also), misuse(**odd, fix=HOSTILE), kept(**odd), skipped=skipped)


def shown(format: Format, told: Report, ascii_only: bool = False) -> str:
    change = Change((FileChange(f"{HOSTILE}.py", "a\n", f"# {HOSTILE.encode('utf-8', 'replace').decode()}\n"),))
    view = View(
        sources=lambda _: [HOSTILE.replace("\n", "")] * 30,
        ascii_only=ascii_only,
        page=lambda slug: RulePage(slug, "why", "# page"),
        changes={"4f1d": change},
    )
    return FORMATS[format].render(told, view)


def test_every_format_is_in_the_table_once_and_in_its_own_file() -> None:
    assert list(FORMATS) == list(Format)
    assert len({output.module for output in FORMATS.values()}) == len(Format)


@pytest.mark.parametrize("format", [each for each in Format if each not in (Format.SARIF, Format.JSON)])  # those: below
def test_nothing_from_outside_is_sent_as_a_control_character(format: Format) -> None:
    text = shown(format, hostile())
    assert not FORBIDDEN.search(text)
    assert text.endswith("\n")
    text.encode()


def strings(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inner for text in strings(each)]


@pytest.mark.parametrize("format", [Format.JSON, Format.SARIF, Format.GITLAB])
def test_json_is_utf_8_without_control_characters_and_keeps_what_programs_need(format: Format) -> None:
    text = shown(format, hostile())
    json.loads(text.encode())
    assert not re.search("[\x00-\x09\x0b-\x1f]", text)
    if format is Format.GITLAB:
        assert not any(FORBIDDEN.search(value) or "\n" in value for value in strings(json.loads(text)))


def test_json_lines_hold_a_value_each() -> None:
    lines = shown(Format.JSONL, hostile()).splitlines()
    values = [json.loads(line) for line in lines]
    assert [value["type"] for value in values] == ["report", *["finding"] * 3, "skipped", "summary"]
    whole = json.loads(shown(Format.JSON, hostile()))
    assert [{**value, "type": None} for value in values[1:4]] == [{**each, "type": None} for each in whole["findings"]]
    assert values[0]["schema_version"] == whole["schema_version"]
    assert {"type": "summary", **whole["summary"]} == values[-1]


def test_lines_of_workflow_commands_are_commands_and_nothing_else() -> None:
    lines = shown(Format.GITHUB, hostile()).split("\n")[:-1]
    assert [line.split(" ")[0] for line in lines] == ["::error", "::warning", "::warning"]
    for line in lines:
        properties = line.split("::")[1].split(" ", 1)[1]
        assert {pair.split("=")[0] for pair in properties.split(",")} <= {"file", "line", "endLine", "col", "title"}
        assert "a\\n%3A%3Aerror" in properties


def test_xml_is_well_formed() -> None:
    suites = ElementTree.fromstring(shown(Format.JUNIT, hostile()).encode())
    assert suites.get("tests") == "4"


def test_a_finding_takes_one_line_in_concise() -> None:
    told = report(finding(), misuse(line=9), skipped=(SkippedReport(path="x.py", why="not UTF-8", line=None),))
    assert shown(Format.CONCISE, told).splitlines() == [
        "net/crawler.py:7:5: independent-waits-in-a-loop [*] Threads would overlap these waits"
        " (threading, 2.1–12×, high)",
        "net/crawler.py:9:5: coroutine-never-awaited [*] `fetch(…)` only makes a coroutine (high)",
        "x.py:1:1: skipped: not UTF-8",
        "2 findings: 1 threading, 1 misuse. 2 marked [*] can be written by `advisor generate`.",
    ]
    assert len(shown(Format.CONCISE, hostile()).splitlines()) == 5
    assert shown(Format.CONCISE, told, ascii_only=True).isascii()


def seen(told: Finding) -> set[str]:
    return {format for format in Format if told.rule in shown(format, report(told))}


def test_what_stays_is_reported_only_where_it_does_not_alarm() -> None:
    assert seen(finding()) == set(Format)
    assert seen(kept(rule="stays-so", id="x")) == {
        Format.JSON,
        Format.JSONL,
        Format.SARIF,
        Format.JUNIT,
        Format.CONCISE,
        Format.HTML,
    }
