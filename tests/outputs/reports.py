"""Reports built by hand, for the tests of what is printed."""

from __future__ import annotations

from typing import Any

from advisor.model.concurrency import Executor, Level, Model
from advisor.model.effect import Effect
from advisor.model.report import (
    SCHEMA_VERSION,
    About,
    AlternativeReport,
    DependenceDetail,
    DependenceReport,
    EffectReport,
    Finding,
    FindingKind,
    HazardReport,
    RejectedReport,
    Report,
    SkippedReport,
    SpeedupReport,
    Summary,
    TargetReport,
    TraceStep,
    WorkReport,
)
from advisor.model.site import DependenceKind, HazardKind, SiteKind

CRAWLER = """\
import requests


def crawl(urls):
    pages = {}
    session = requests.Session()
    for url in urls:
        page = fetch(session, url)
        pages[url] = page
        print(url)
    return pages
""".splitlines()


def finding(**changes: Any) -> Finding:
    """A loop at `net/crawler.py:7` whose requests belong on threads, with `changes` to any field."""
    fields: dict[str, Any] = {
        "id": "4f1d",
        "rule": "independent-waits-in-a-loop",
        "path": "net/crawler.py",
        "function": "crawl",
        "line": 7,
        "end_line": 10,
        "column": 5,
        "site": SiteKind.FOR,
        "model": Model.THREADING,
        "executor": Executor.THREAD_POOL,
        "alternatives": (
            AlternativeReport(
                model=Model.ASYNCIO, executor=Executor.TASK_GROUP, because="better for hundreds of pages"
            ),
        ),
        "rejected": (
            RejectedReport(
                model=Model.MULTIPROCESSING, rule="waits-need-no-process", because="there is nothing to compute"
            ),
        ),
        "confidence": Level.HIGH,
        "work": WorkReport(
            kind="network",
            effects=(
                EffectReport(
                    effect=Effect.NETWORK,
                    api="requests.Session.get",
                    trace=(
                        TraceStep(function="crawl", path="net/crawler.py", line=8),
                        TraceStep(function="fetch", path="net/client.py", line=30),
                    ),
                ),
            ),
        ),
        "dependence": DependenceReport(
            kind=DependenceKind.REDUCTION,
            details=(DependenceDetail(name="pages", line=9, because="each page is stored under its own key"),),
        ),
        "hazards": (
            HazardReport(
                kind=HazardKind.ORDERED_OUTPUT,
                name="print",
                line=10,
                because="the order of the lines printed would change",
            ),
        ),
        "speedup": SpeedupReport(
            low=2.14, expected=4.0, high=12.4, basis="static", program_low=None, program_high=None
        ),
        "share_of_run": None,
        "message": "Threads would overlap these waits.",
        "why": "Every iteration waits for the network and no iteration reads what another wrote, so the waits can overlap.",
        "ask_first": ("Does the server limit how many requests may run at once?",),
    }
    return Finding(**{**fields, **changes})


def kept(**changes: Any) -> Finding:
    """A site that stays sequential, as `--all` lists it."""
    fields: dict[str, Any] = {
        "rule": "too-small-to-matter",
        "line": 21,
        "end_line": 22,
        "model": Model.SEQUENTIAL,
        "executor": Executor.NONE,
        "alternatives": (),
        "message": "Stay sequential: an iteration takes less time than handing it to a worker.",
        "change": False,
        "kind": FindingKind.LEFT,
    }
    return finding(**{**fields, **changes})


def misuse(**changes: Any) -> Finding:
    """A coroutine that nothing awaits, as rules of misuses tell it."""
    fields: dict[str, Any] = {
        "rule": "coroutine-never-awaited",
        "line": 8,
        "end_line": 8,
        "model": Model.ASYNCIO,
        "executor": Executor.TASK_GROUP,
        "alternatives": (),
        "rejected": (),
        "hazards": (),
        "ask_first": (),
        "speedup": SpeedupReport(low=1, expected=1, high=1, basis="static", program_low=None, program_high=None),
        "message": "`fetch(…)` only makes a coroutine.",
        "why": "Nothing awaits it.",
        "fix": "Write `await` before the call.",
        "kind": FindingKind.MISUSE,
    }
    return finding(**{**fields, **changes})


def report(*findings: Finding, skipped: tuple[SkippedReport, ...] = (), **changes: Any) -> Report:
    """A report of `findings` in a small project; `changes` go to its summary."""
    summary: dict[str, Any] = {"files": 2, "lines": 1234, "sites": 5, "by_model": {}}
    return Report(
        schema_version=SCHEMA_VERSION,
        advisor=About(version="0.1.0"),
        target=TargetReport(python="3.11", gil=True, cores=2),
        findings=findings,
        summary=Summary(**{**summary, **changes}),
        skipped=skipped,
    )
