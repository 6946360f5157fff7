"""The contract with other programs: JSON that satisfies its schema, the same bytes every time, and exit codes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from advisor import reading
from advisor.outputs import json as json_output
from tests.running import ROOT, analyse

SCHEMA = Draft202012Validator(json.loads((ROOT / "rules/schema/report.json").read_text(encoding="utf-8")))
FOLDERS = [
    pytest.param(ROOT / "advisor", marks=[pytest.mark.slow, pytest.mark.timeout(1800)], id="advisor"),
    ROOT / "fixtures",
    *sorted((ROOT / "fixtures/projects").iterdir()),
]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("every", [False, True], ids=["findings", "all"])
def test_reports_satisfy_the_schema_and_do_not_depend_on_the_workers(
    folder: Path, every: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "_WORTH_A_POOL", 0)  # or so little would be read in this process, whatever is asked
    monkeypatch.setattr(reading, "_BATCH", 1)
    alone = json_output.render(analyse(folder, all=every, jobs=1))
    together = json_output.render(analyse(folder, all=every, jobs=2))
    assert alone == together
    report = json.loads(alone)
    assert [error.message for error in SCHEMA.iter_errors(report)] == []
    assert report["summary"]["files"] == len(list(folder.rglob("*.py")))
    assert len({finding["id"] for finding in report["findings"]}) == len(report["findings"])
    assert report["skipped"] == []


def test_the_schema_refuses_what_a_report_is_not() -> None:
    report = analyse(ROOT / "fixtures/projects/crawler").model_dump(mode="json")
    assert SCHEMA.is_valid(report)
    for key, value in {"model": "threads", "line": 0, "confidence": "sure", "extra": 1}.items():
        [first, *others] = report["findings"]
        assert not SCHEMA.is_valid(report | {"findings": [first | {key: value}, *others]})
    assert not SCHEMA.is_valid({key: value for key, value in report.items() if key != "skipped"})


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("crawler",), 0),
        (("crawler", "--fail-on", "medium"), 1),
        (("carried", "--fail-on", "low", "--all"), 0),
        (("nowhere",), 2),
        (("crawler", "--nonsense"), 2),
    ],
)
def test_exit_codes(arguments: tuple[str, ...], code: int) -> None:
    ran = advisor(ROOT / "fixtures/projects", *arguments)
    assert ran.returncode == code
    assert b"Traceback" not in ran.stderr


@pytest.mark.timeout(1800)  # on a machine with others it takes a while
@pytest.mark.slow
def test_the_standard_library_twice(tmp_path: Path) -> None:
    """With some of its tests: no traceback, a valid report, nothing lost, and the same bytes with other workers."""
    library = tmp_path / "library"
    left_out = shutil.ignore_patterns("__pycache__", "config-*", "idlelib", "site-packages", "test_[g-z]*")
    shutil.copytree(sysconfig.get_path("stdlib"), library, ignore=left_out)

    def run(jobs: int) -> Any:
        file = tmp_path / f"{jobs}.json"
        return advisor(tmp_path, str(library), "--all", "--format", "json", "-o", str(file), "-j", str(jobs)), file

    with ThreadPoolExecutor(2) as pool:
        (first, one), (second, other) = pool.map(run, (1, 2))
    for ran in (first, second):
        assert (ran.returncode, ran.stderr) == (0, b"")
    assert one.read_bytes() == other.read_bytes()
    report = json.loads(one.read_text(encoding="utf-8"))
    assert next(SCHEMA.iter_errors(report), None) is None
    assert report["summary"]["files"] + len(report["skipped"]) > 500
    assert "asyncio/base_events.py" in {finding["path"] for finding in report["findings"]}
    assert all(skipped["why"] for skipped in report["skipped"])


def advisor(folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "advisor", "analyze", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, timeout=1500, check=False)
