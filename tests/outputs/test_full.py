"""What a person reads: every part of a finding is there, fits the width, and cannot disturb the terminal."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from advisor.model.concurrency import Executor, Model
from advisor.model.effect import Effect
from advisor.model.report import (
    EffectReport,
    HazardReport,
    Place,
    RejectedReport,
    Report,
    SkippedReport,
    SpeedupReport,
    TraceStep,
    WorkReport,
)
from advisor.model.site import HazardKind, SiteKind
from advisor.outputs.full import render
from advisor.outputs.view import View
from tests.outputs.reports import CRAWLER, finding, kept, misuse, report


def show(
    shown: Report,
    width: int = 100,
    lines: list[str] | None = CRAWLER,
    color: bool = False,
    ascii_only: bool = False,
) -> str:
    return render(shown, View(lambda _: lines, width, color, ascii_only))


def test_a_finding_tells_where_what_why_and_what_next() -> None:
    text = show(report(finding()))
    header = "net/crawler.py:7:5  independent-waits-in-a-loop\n  Threads would overlap these waits.\n"
    assert text.startswith(header)
    for part in (
        "advice      threading with ThreadPoolExecutor, high confidence",
        "speed-up    2.1–12×; static estimate for 2 cores",
        "why         Every iteration waits for the network",
        "evidence    network: crawl (line 8) → fetch (net/client.py:30) → requests.Session.get",
        "hazards     print (line 10): the order of the lines printed would change [ordered-output]",
        "results     pages (line 9): each page is stored under its own key",
        "alternative asyncio with asyncio.TaskGroup: better for hundreds of pages",
        "rejected    multiprocessing: there is nothing to compute",
        "check first Does the server limit how many requests may run at once?",
        "help        advisor explain independent-waits-in-a-loop",
    ):
        assert part in text


def test_only_what_concerns_the_advice_is_a_hazard() -> None:
    kinds = (HazardKind.ITEM_WRITE, HazardKind.THREAD_UNSAFE_CAPTURE, HazardKind.RATE_LIMIT)
    hazards = tuple(HazardReport(kind=kind, name="page", line=8, because="so it is") for kind in kinds)
    threads = show(report(finding(hazards=hazards)))
    assert "[item-write]" not in threads
    assert "[thread-unsafe-capture]" in threads
    tasks = show(report(finding(hazards=hazards, model=Model.ASYNCIO, executor=Executor.TASK_GROUP)))
    assert "[thread-unsafe-capture]" not in tasks
    assert "[rate-limit]" in tasks
    processes = show(report(finding(hazards=hazards, model=Model.MULTIPROCESSING, executor=Executor.PROCESS_POOL)))
    assert "[item-write]" in processes


def test_the_site_is_marked_in_its_source() -> None:
    text = show(report(finding()))
    assert "   6 │     session = requests.Session()\n>  7 │     for url in urls:\n" in text
    assert "> 10 │         print(url)\n\n" in text
    assert "return pages" not in text


def test_no_excerpt_where_the_source_is_gone_or_shorter_than_it_was() -> None:
    assert "│" not in show(report(finding()), lines=None)
    assert "│" not in show(report(finding()), lines=["x = 1"])


def test_a_long_site_shows_its_head_its_end_and_the_lines_spoken_of() -> None:
    lines = [f"line{number}" for number in range(1, 60)]
    text = show(report(finding(line=7, end_line=50)), lines=lines)
    shown = [row for row in text.splitlines() if row.startswith("> ") or "⋮" in row]
    assert shown[0] == ">  7 │ line7"
    assert "> 10 │ line10" in shown
    assert shown[-2:] == ["   ⋮ │", "> 50 │ line50"]
    assert len(shown) == 9


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_prose_and_source_fit_the_width(width: int, ascii_only: bool) -> None:
    long_source = [line + "  # " + "说明" * 80 for line in CRAWLER]
    skipped = (SkippedReport(path="bad.py", why="invalid syntax near the end of a rather long statement", line=3),)
    text = show(report(finding(), kept(), skipped=skipped), width, long_source, ascii_only=ascii_only)
    too_long = [line for line in text.splitlines() if cell_len(line) > width and " " in line.strip()]
    assert [line for line in too_long if not line.startswith("net/crawler.py:7:5")] == []


def test_ascii_only_where_the_terminal_can_no_more() -> None:
    assert show(report(finding(), kept()), ascii_only=True).isascii()
    assert not show(report(finding(), kept())).isascii()


def test_color_only_when_asked() -> None:
    assert "\x1b[" in show(report(finding()), color=True)
    assert "\x1b" not in show(report(finding()))


def test_control_characters_of_files_are_shown_not_sent() -> None:
    lines = [line + "\x1b[2J\r\x07" for line in CRAWLER]
    odd = finding(path="a\x1b[31m\udcff\n.py", why="be\x1bware")
    text = show(report(odd, skipped=(SkippedReport(path="b\x1b.py", why="no", line=None),)), lines=lines)
    assert "\x1b" not in text
    assert "\r" not in text
    assert "a\\x1b[31m\\udcff\\n.py:7:5" in text
    text.encode()


def test_square_brackets_are_not_markup() -> None:
    assert "urls[bold] and [/]" in show(report(finding(why="reads urls[bold] and [/] here")))


def test_findings_come_in_the_order_of_the_report() -> None:
    text = show(report(finding(path="z.py"), finding(line=9), finding(line=2)), lines=None)
    assert [line.split()[0] for line in text.splitlines() if "  independent" in line] == [
        "z.py:7:5",
        "net/crawler.py:9:5",
        "net/crawler.py:2:5",
    ]


def test_a_site_that_stays_takes_one_line() -> None:
    text = show(report(kept()))
    assert text.startswith(
        "net/crawler.py:21  for  Stay sequential: an iteration takes less time than handing it to a worker.\n\nExamined"
    )
    assert "Nothing to change." in text


def test_a_pool_that_should_go_is_advice_and_not_a_site_that_stays() -> None:
    pool = kept(site=SiteKind.POOL, change=True)
    assert "advice      sequential, high confidence" in show(report(pool))
    assert "1 finding: 1 sequential." in show(report(pool))


def test_no_gain_is_promised_where_there_is_none() -> None:
    same = SpeedupReport(low=1, expected=1, high=1, basis="static", program_low=None, program_high=None)
    assert "speed-up" not in show(report(finding(speedup=same)))


def test_a_gain_that_may_be_a_loss_says_so() -> None:
    doubtful = SpeedupReport(low=0.04, expected=1.5, high=1.9, basis="static", program_low=None, program_high=None)
    text = show(report(finding(speedup=doubtful)))
    assert "speed-up    up to 1.9×, may be slower; static estimate for 2 cores" in text


def test_one_reason_against_two_models_is_told_once() -> None:
    against = [
        RejectedReport(model=model, rule="r", because="It computes.") for model in (Model.THREADING, Model.ASYNCIO)
    ]
    assert "rejected    threading, asyncio: It computes.\n" in show(report(finding(rejected=tuple(against))))


def test_a_profile_gives_the_whole_program() -> None:
    measured = SpeedupReport(low=3, expected=3, high=3, basis="profile", program_low=1.21, program_high=1.44)
    text = show(report(finding(speedup=measured, share_of_run=0.317)))
    assert "speed-up    3.0× (whole program 1.2–1.4×); from the profile for 2 cores" in text
    assert "measured    32% of the run is spent here" in text


def test_evidence_says_when_it_holds() -> None:
    step = TraceStep(function="work", path="a.py", line=3)
    effect = EffectReport(effect=Effect.NETWORK, api="lib.call", trace=(step,), condition="only on the first call")
    text = show(report(finding(work=WorkReport(kind="network", effects=(effect,)))))
    assert "→ lib.call, only on the first call" in text


def test_further_evidence_is_counted() -> None:
    step = TraceStep(function="f", path="net/crawler.py", line=8)
    effects = tuple(EffectReport(effect=Effect.NETWORK, api=f"lib.call{number}", trace=(step,)) for number in range(5))
    text = show(report(finding(work=WorkReport(kind="network", effects=effects))))
    assert "lib.call2" in text
    assert "lib.call3" not in text
    assert "and 2 more (`advisor explain PATH:LINE` lists all)" in text


def test_the_summary_counts() -> None:
    other = finding(line=40, model=Model.ASYNCIO, executor=Executor.TASK_GROUP)
    text = show(report(finding(), other, kept(), sites=1))
    assert text.endswith(
        "Examined 1 site in 2 files (1,234 lines) for Python 3.11, 2 cores.\n2 findings: 1 threading, 1 asyncio.\n"
    )


def test_a_misuse_tells_its_fix_and_no_model() -> None:
    text = show(report(misuse()))
    assert (
        "  fix         Write `await` before the call.\n  confidence  high\n  why         Nothing awaits it.\n" in text
    )
    assert "advice" not in text
    assert "asyncio" not in text
    assert text.endswith("1 finding: 1 misuse.\n")
    two = show(report(finding(), misuse(), misuse(line=9)))
    assert two.endswith("3 findings: 1 threading, 2 misuses.\n")


def test_what_comments_silence_is_counted() -> None:
    silent = report(finding()).model_copy(update={"silenced": 2})
    assert show(silent).endswith("1 finding: 1 threading.\n2 silenced by comments.\n")


def test_what_is_below_the_confidence_asked_for_is_counted() -> None:
    def shown(not_shown: int) -> str:
        one = report(finding())
        return show(one.model_copy(update={"summary": one.summary.model_copy(update={"not_shown": not_shown})}))

    assert shown(0).endswith("1 finding: 1 threading.\n")
    assert shown(1200).endswith("1 finding: 1 threading.\n1,200 more with `--confidence low`.\n")


def test_the_places_of_the_same_cause_are_counted_and_listed() -> None:
    def shown(places: int) -> str:
        also = tuple(Place(path="net/app.py", function=f"f{number}", line=number) for number in range(1, places + 1))
        return " ".join(show(report(finding(also=also))).split())

    assert "also at" not in shown(0)
    assert "also at 1 more call with the same cause: net/app.py:1 f1 " in shown(1)
    assert "also at 5 more calls with the same cause: net/app.py:1 f1, net/app.py:2 f2, " in shown(5)
    assert "lists all" not in shown(5)
    assert "net/app.py:5 f5 and 2 more (`advisor explain PATH:LINE` lists all)" in shown(7)
    assert "f6" not in shown(7)


def test_nothing_found_says_how_to_see_what_was_examined() -> None:
    assert "Nothing to change. `advisor analyze --all` lists each site" in show(report())
    assert "No Python files found." in show(report(files=0, sites=0))
    broken = (SkippedReport(path="a.py", why="syntax error", line=1),)
    assert "No file could be analysed." in show(report(files=0, sites=0, skipped=broken))
    assert "No finding at this confidence.\n2 more with `--confidence low`." in show(report(not_shown=2))


def test_skipped_files_are_all_told_or_counted() -> None:
    skipped = tuple(SkippedReport(path=f"x{number}.py", why="not UTF-8", line=None) for number in range(12))
    text = show(report(skipped=skipped))
    assert "Skipped 12 files:\n  x0.py: not UTF-8\n" in text
    assert "x9.py" in text
    assert "x10.py" not in text
    assert text.endswith("  and 2 more: --format json lists all\n")
    assert "more" not in show(report(skipped=skipped[:10]))
    assert "  x.py:3: bad\n" in show(report(skipped=(SkippedReport(path="x.py", why="bad", line=3),)))
