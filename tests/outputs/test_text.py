"""The default text: at most eight lines a finding and five of a summary, at 80 columns too, best first, with nothing cut that decides."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from advisor.model.change import Change, FileChange
from advisor.model.concurrency import Executor, Level, Model
from advisor.model.report import Finding, Place, Report, SavedReport, SkippedReport, SpeedupReport
from advisor.model.site import SiteKind
from advisor.outputs.text import render
from advisor.outputs.view import View
from tests.outputs.reports import CRAWLER, finding, kept, misuse, report

LONG = "A sentence that goes on and on about `requests.get` and what it is waiting for, as some sentences do. " * 4
WRITABLE = {"4f1d": Change((FileChange("net/crawler.py", "a", "b"),))}


def show(shown: Report, width: int = 80, lines: list[str] | None = CRAWLER, **view: object) -> str:
    return render(shown, View(lambda _: lines, width, **view))  # type: ignore[arg-type]


def blocks(text: str) -> list[list[str]]:
    return [block.splitlines() for block in text.rstrip("\n").split("\n\n")]


def test_a_finding_says_what_is_needed_to_decide() -> None:
    one = finding(probability=0.84, saved=SavedReport(low=0.1, expected=2.14, high=12))
    assert blocks(show(report(one), changes=WRITABLE))[0] == [
        "net/crawler.py:7:5  independent-waits-in-a-loop  [*]  high 84%",
        "  Threads would overlap these waits.",
        "   7 │     for url in urls:",
        "   8 │         page = fetch(session, url)",
        "  advice    threading, 2.1–12×, saves about 2.1 s",
        "  evidence  network: … fetch (net/client.py:30) → requests.Session.get",
        "  hazards   ordered-output",
        "  check     Does the server limit how many requests may run at once?",
    ]


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_finding_has_eight_lines_whatever_is_in_it(width: int, ascii_only: bool) -> None:
    also = (Place(path="net/app.py", function="f", line=3), Place(path="net/app.py", function="g", line=9))
    lines = [line + "  # " + "说明" * 80 for line in CRAWLER]
    crowded = [
        finding(message=LONG, also=also, ask_first=(LONG,)),
        misuse(message=LONG, fix=LONG, also=also, ask_first=(LONG,)),
        misuse(message=LONG, fix=LONG, end_line=11),
    ]
    for one in crowded:
        block = blocks(show(report(one), width, lines, ascii_only=ascii_only))[0]
        assert 6 <= len(block) <= 8
        assert all(cell_len(line) <= width for line in block[1:])


def test_where_there_is_room_the_whole_fix_is_said_and_where_not_it_is_cut() -> None:
    fix = "Keep the futures, and call `result()` on each of them before the function returns what it has to return."
    assert fix in " ".join(show(report(misuse(fix=fix))).split())
    assert "…" in show(report(misuse(fix=LONG)))


def test_the_summary_has_five_lines_at_80_columns() -> None:
    many = [finding(line=number, id=f"{number}") for number in range(1, 8)]
    skipped = tuple(SkippedReport(path=f"x{number}.py", why="not UTF-8", line=None) for number in range(2))
    shown = report(*many, misuse(), skipped=skipped, not_shown=1200)
    assert blocks(show(shown, changes={"3": WRITABLE["4f1d"]}))[-1] == [
        "8 findings: 7 threading, 1 misuse. 1,200 more with `--confidence low`.",
        "[*] `advisor generate PATH:LINE` writes it. More: `advisor explain PATH:LINE`.",
        "Begin with net/crawler.py:8, net/crawler.py:1, net/crawler.py:2.",
        "Examined 5 sites in 2 files (1,234 lines) for Python 3.11, 2 cores.",
        "Skipped 2 files: x0.py: not UTF-8; x1.py: not UTF-8",
    ]


def test_what_comments_silence_is_counted() -> None:
    assert "2 cores. 3 silenced.\n" in show(report(finding()).model_copy(update={"silenced": 3}))


def test_of_many_skipped_files_the_first_are_named_and_the_rest_are_counted() -> None:
    skipped = tuple(SkippedReport(path=f"x{number}.py", why="not UTF-8", line=3) for number in range(12))
    text = " ".join(show(report(skipped=skipped)).split())
    assert "Skipped 12 files: x0.py:3: not UTF-8; x1.py:3: not UTF-8; 10 more (`--format full` lists them)" in text


def test_no_mark_is_explained_where_there_is_none() -> None:
    assert "[*]" not in show(report(finding()))
    assert "[*]" not in show(report(finding()), changes={"4f1d": Change(refused="shared-write")})


def order(*findings: Finding) -> list[int]:
    text = show(report(*findings), lines=None)
    return [int(line.split(":")[1]) for line in text.splitlines() if line.startswith("net/crawler.py:")]


def test_the_best_come_first() -> None:
    low = finding(line=1, confidence=Level.LOW)
    long = finding(line=2, saved=SavedReport(low=1, expected=60, high=90))
    short = finding(line=3, saved=SavedReport(low=0, expected=0.2, high=1))
    assert order(low, short, long, misuse(line=4)) == [4, 2, 3, 1]


def test_with_a_profile_the_gain_of_the_whole_program_decides() -> None:
    def measured(line: int, whole: float, **changes: object) -> Finding:
        speedup = SpeedupReport(low=2, expected=9, high=9, basis="profile", program_low=1, program_high=whole)
        return finding(line=line, speedup=speedup, share_of_run=0.3, **changes)

    assert order(measured(1, 1.1), measured(2, 1.9, confidence=Level.LOW), measured(3, 1.4)) == [2, 3, 1]
    assert "30% of the run; network" in show(report(measured(1, 1.4)))


def test_what_stays_is_a_line_each_behind_the_findings() -> None:
    text = show(report(kept(), finding()))
    assert text.startswith("net/crawler.py:7:5")
    assert "\n\nnet/crawler.py:21  for  Stay sequential: an iteration takes" in text


def test_nothing_of_the_files_reaches_the_terminal_as_control() -> None:
    odd = finding(path="a\x1b[31m\udcff\n\u202e.py", message="be\x1bware\u202e", ask_first=("why\x07?",))
    text = show(report(odd, misuse(fix="do\x1b")), lines=[line + "\x1b[2J\r\u2066" for line in CRAWLER])
    assert not any(ord(character) < 32 and character != "\n" for character in text)
    assert not any(character in text for character in "\u202e\u2066")
    text.encode()


def test_the_verdict_is_one_sentence_and_an_unusual_executor_is_named() -> None:
    two = finding(message="One call could replace the loop; if not: threads would overlap these waits.")
    assert "  One call could replace the loop; else as below.\n" in show(report(two))
    assert "threading with dask.distributed" in show(report(finding(executor=Executor.DASK)))


def test_one_blocking_call_needs_no_group_of_tasks() -> None:
    alone = finding(site=SiteKind.BLOCKING_IN_ASYNC, model=Model.ASYNCIO, executor=Executor.TASK_GROUP)
    assert "advice    asyncio, 2.1" in show(report(alone))
    to_thread = alone.model_copy(update={"executor": Executor.TO_THREAD})
    assert "advice    asyncio with asyncio.to_thread, 2.1" in show(report(to_thread))
