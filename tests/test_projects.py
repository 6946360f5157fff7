"""Shown whole projects: each of `fixtures/projects/` gets the advice written down in its `expected.json`.

`make goldens` (`python -m tests.test_projects`) writes those files anew; the difference is for people to review. The
promises below do not move with them.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from advisor.model.report import Finding
from tests.running import ROOT, Said, analyse, said

FOLDERS = sorted(path for path in (ROOT / "fixtures" / "projects").iterdir() if path.is_dir())


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_project_gets_the_advice_that_is_expected(folder: Path) -> None:
    expected = [Said(**each) for each in json.loads((folder / "expected.json").read_text(encoding="utf-8"))]
    assert said(analyse(folder), folder) == expected


# ---- promises


def advice(project: str, at: str) -> Finding:
    """What is said of the one site that begins on the source line `at`, wherever in the project."""
    folder = ROOT / "fixtures" / "projects" / project
    report = analyse(folder)
    [finding] = [
        finding for finding, short in zip(report.findings, said(report, folder), strict=True) if short.at == at
    ]
    return finding


def changes(project: str) -> int:
    return len(analyse(ROOT / "fixtures" / "projects" / project, all=False).findings)


def test_a_crawler_gets_threads_and_asyncio_is_named() -> None:
    finding = advice("crawler", "for url in urls:")
    assert (finding.model, finding.executor) == ("threading", "ThreadPoolExecutor")
    assert [other.model for other in finding.alternatives] == ["asyncio"]
    assert finding.work.effects[0].trace[-1].path == "crawler/client.py"
    assert changes("crawler") == 1


def test_hundreds_of_pages_get_asyncio() -> None:
    finding = advice("crawler_of_a_thousand", "for number in range(1, PAGES + 1):")
    assert (finding.model, finding.executor) == ("asyncio", "asyncio.TaskGroup")
    assert "threading" in {other.model for other in finding.alternatives}
    assert changes("crawler_of_a_thousand") == 1


def test_a_matrix_multiplication_gets_processes_at_one_level_of_the_nest() -> None:
    finding = advice("matrix", "for i in range(SIZE):")
    assert (finding.model, finding.executor) == ("multiprocessing", "ProcessPoolExecutor")
    assert "threading" in {other.model for other in finding.rejected}
    assert changes("matrix") == 1


def test_threads_that_share_memory_are_asked_about_a_lock() -> None:
    finding = advice("shared_index", "for url in urls:")
    assert finding.model == "threading"
    assert any("lock" in question.lower() for question in finding.ask_first)
    assert {hazard.name for hazard in finding.hazards} == {"index.pages", "index.pages[…]", "index.words"}
    assert changes("shared_index") == 1


def test_a_carried_dependence_stays_sequential_and_is_named() -> None:
    finding = advice("carried", "for block in blocks:")
    assert (finding.model, finding.change) == ("sequential", False)
    assert finding.dependence.kind == "carried"
    assert any("previous" in detail.name for detail in finding.dependence.details)
    assert changes("carried") == 0


def test_what_is_too_small_stays_sequential_and_says_so() -> None:
    finding = advice("too_small", "for name, amount in rows:")
    assert (finding.model, finding.rule, finding.change) == ("sequential", "too-little-work", False)
    assert changes("too_small") == 0


# ---- written anew


def write_goldens() -> None:
    """Every `expected.json` as the advisor sees it now."""
    for folder in FOLDERS:
        rows = [json.dumps(asdict(each), ensure_ascii=False) for each in said(analyse(folder), folder)]
        text = "[\n" + ",\n".join(f"  {row}" for row in rows) + "\n]\n"
        (folder / "expected.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_goldens()
