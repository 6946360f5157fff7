"""Formats and places from the command line, through the real analysis: `--format`, `--verbose`, `explain PATH:LINE`, `[*]`."""

from __future__ import annotations

import json
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest

from advisor.model.format import Format
from advisor.outputs.replacements import utf16
from tests.test_cli import CRAWLER, Advisor, advisor

__all__ = ["advisor"]  # the fixture

BLOCKING = """\
import time


async def wait(seconds):
    note = "🧵"; time.sleep(seconds)
    return note
"""
CARRIED = """\
import requests


def walk(url, seen):
    while url:
        url = requests.get(url, timeout=9).json()["next"]


def crawl(urls, totals):
    for url in urls:
        page = requests.get(url, timeout=9)
        totals["bytes"] += len(page.text)
        print(totals["bytes"])
"""


@pytest.fixture
def project(advisor: Advisor) -> Advisor:
    advisor.write("net/crawler.py", CRAWLER)
    advisor.write("net/waits.py", BLOCKING)
    return advisor


def test_each_format_goes_to_the_file_as_to_the_terminal(project: Advisor) -> None:
    for format in (Format.SARIF, Format.CONCISE):
        printed = project("analyze", "--format", format)
        assert (printed.code, printed.err) == (0, "")
        assert project("analyze", "--format", format, "-o", "report") == (0, "", "")
        assert (project.folder / "report").read_text(encoding="utf-8") == printed.out


def test_an_unknown_format_is_named_with_those_that_are_known(project: Advisor) -> None:
    ran = project("analyze", "--format", "serif")
    assert ran.code == 2
    assert ran.err.startswith("error: --format: 'serif' is not valid: it must be one of text, full, concise, markdown")
    assert project("rules", "--format", "sarif").err.startswith(
        "error: --format: 'sarif' is not valid: it must be text"
    )


def test_verbose_is_the_full_text(project: Advisor) -> None:
    assert project("analyze", "--verbose").out == project("analyze", "--format", "full").out
    assert "  check first " in project("analyze", "-v").out
    assert project("analyze", "-v", "--format", "json").err.startswith("error: --verbose is --format full")


def test_sarif_has_the_pages_of_its_rules_and_fixes_that_apply(project: Advisor) -> None:
    [run] = json.loads(project("analyze", "net/waits.py", "--format", "sarif").out)["runs"]
    [result] = run["results"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["help"]["markdown"].startswith("# ")
    line = BLOCKING.splitlines()[4]
    column = result["locations"][0]["physicalLocation"]["region"]["startColumn"]
    assert column == utf16(line[: line.index("time.sleep")]) + 1
    assert column == line.index("time.sleep") + 2  # the thread takes two units
    [change] = result["fixes"][0]["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "net/waits.py"
    assert "await asyncio.sleep(seconds)" in "".join(each["insertedContent"]["text"] for each in change["replacements"])


def test_what_generate_can_write_is_marked_and_what_it_refuses_is_not(advisor: Advisor) -> None:
    advisor.write("waits.py", BLOCKING)
    assert "  [*]  " in advisor("analyze", "waits.py").out
    marked = advisor("generate", "waits.py:5")
    assert marked.code == 0
    advisor.write("carried.py", CARRIED)
    for line in advisor("analyze", "carried.py", "--confidence", "low", "--format", "concise").out.splitlines()[:-1]:
        place = ":".join(line.split(":")[:2])
        assert ("[*]" in line) is (advisor("generate", place).code == 0), line


def test_a_place_is_explained_with_everything_known_of_it(project: Advisor) -> None:
    said = project("explain", "net/crawler.py:6")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("net/crawler.py:6:5  ")
    for label in ("advice", "why", "evidence", "check first", "generate", "help"):
        assert f"\n  {label} " in said.out
    assert "Examined" not in said.out
    assert project("explain", "net/crawler.py:6:5").out == said.out
    assert project("explain", "net/crawler.py:7").out == said.out  # in the loop, where nothing else begins


def test_a_place_that_stays_is_explained_too(advisor: Advisor) -> None:
    advisor.write("carried.py", CARRIED)
    out = advisor("explain", "carried.py:5").out
    assert out.startswith("carried.py:5:5  ")
    assert "  why " in out
    assert "  advice      sequential" in out


def test_a_line_where_nothing_is_gets_the_nearest_places(project: Advisor) -> None:
    ran = project("explain", "net/crawler.py:1")
    assert ran.code == 2
    assert ran.err == ("error: net/crawler.py:1: nothing was examined on this line\nhint: nearest: net/crawler.py:6\n")
    ran = project("explain", "net/nowhere.py:1")
    assert (ran.code, ran.err) == (2, "error: no such file: net/nowhere.py\nhint: paths count from this folder\n")


def test_a_project_below_this_folder_is_shown_from_here(project: Advisor, monkeypatch: pytest.MonkeyPatch) -> None:
    (project.folder / "sub").mkdir()
    (project.folder / "net/pyproject.toml").touch()
    monkeypatch.chdir(project.folder / "sub")
    assert project("analyze", "../net/crawler.py", "--format", "github").out.startswith(
        "::warning file=../net/crawler.py,"
    )
    assert Path("../net/crawler.py").is_file()


def test_what_is_not_on_disk_is_not_marked_as_if_it_could_be_written(
    advisor: Advisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    advisor.write("waits.py", BLOCKING)
    assert "blocking-wait-in-a-coroutine [*] " in advisor("analyze", "waits.py", "--format", "concise").out
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(f"\n{BLOCKING}".encode())))
    typed = advisor("analyze", "-", "--stdin-filename", "waits.py", "--format", "concise").out
    assert typed.startswith("waits.py:6:")
    assert "[*]" not in typed


def test_quiet_is_silent_for_people_and_writes_what_programs_wait_for(advisor: Advisor) -> None:
    advisor.write("nothing.py", "x = 1\n")
    assert advisor("analyze", "--quiet", "--format", "concise").out == ""
    assert advisor("analyze", "--quiet", "--format", "gitlab").out == "[]\n"
