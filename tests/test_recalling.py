"""What an earlier run found is told again only while nothing it rests on has changed: with and without memory, one report."""

from __future__ import annotations

import json
import os
import random
from pathlib import Path

import pytest

from advisor.inputs import reports
from advisor.model.report import Report
from advisor.pipeline import advise, as_baseline, examine
from advisor.recalling import advise_again
from advisor.settings import load_settings

APP = """
import requests
from {helper} import clean


def pull(urls):
    found = []
    for url in urls:
        found.append(clean(requests.get(url, timeout=10).text))
    return found
"""
HELPER = """
import time


def clean(text):
    time.sleep({seconds})
    return text.strip()
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ADVISOR_CACHE", str(tmp_path / "cache"))
    root = tmp_path / "shop"
    (root / "src").mkdir(parents=True)
    (root / "pyproject.toml").write_text("", encoding="utf-8")
    (root / "src" / "app.py").write_text(APP.format(helper="helper"), encoding="utf-8")
    (root / "src" / "helper.py").write_text(HELPER.format(seconds=0), encoding="utf-8")
    return root


def told(root: Path, *paths: Path, **options: object) -> Report:
    return advise_again(paths or (root / "src" / "app.py",), load_settings(root, {"jobs": 1, **options})).report


def afresh(root: Path, *paths: Path, **options: object) -> Report:
    return advise(paths or (root / "src" / "app.py",), load_settings(root, {"jobs": 1, **options}))


def recalled(root: Path, monkeypatch: pytest.MonkeyPatch, *paths: Path, **options: object) -> bool:
    """Is the answer given without an analysis?"""
    with monkeypatch.context() as patched:
        patched.setattr("advisor.pipeline.examine", lambda *_, **__: 1 / 0)
        try:
            told(root, *paths, **options)
        except ZeroDivisionError:
            return False
        return True


def test_the_same_question_about_the_same_files_is_asked_once(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = told(project)
    assert first.findings
    assert first == afresh(project)
    assert recalled(project, monkeypatch)
    again = told(project)
    assert again == first
    assert [finding.change for finding in again.findings] == [finding.change for finding in first.findings]
    assert not recalled(project, monkeypatch, all=True)
    assert recalled(project, monkeypatch, jobs=2)  # which changes nothing of what is found


@pytest.mark.parametrize(
    "change",
    [
        lambda root: (root / "src" / "app.py").write_text(APP.format(helper="other"), encoding="utf-8"),
        lambda root: (root / "src" / "helper.py").write_text(HELPER.format(seconds=2), encoding="utf-8"),
        lambda root: (root / "src" / "helper.py").unlink(),
        lambda root: (root / "src" / "requests.py").write_text("def get(url, timeout): pass", encoding="utf-8"),
        lambda root: (root / "src" / "requests").mkdir(),
        lambda root: (root / "src" / "helper.py").chmod(0),
        lambda root: (root / "pyproject.toml").write_text("[tool.advisor]\nconfidence = 'low'", encoding="utf-8"),
        lambda root: [(root / f"part{n}.py").write_text("", encoding="utf-8") for n in range(9)],
    ],
    ids=["file", "import", "gone", "shadowed", "folder", "unreadable", "settings", "size of the project"],
)  # fmt: skip
def test_whatever_a_report_rests_on_is_looked_at_again(
    project: Path, monkeypatch: pytest.MonkeyPatch, change: object
) -> None:
    if change.__code__.co_names[-1:] == ("chmod",) and os.geteuid() == 0:  # type: ignore[attr-defined]
        pytest.skip("root reads everything")
    told(project)
    change(project)  # type: ignore[operator]
    assert not recalled(project, monkeypatch)
    assert told(project) == afresh(project)


def test_cells_that_were_parted_otherwise_are_looked_at_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = project / "src" / "pull.ipynb"

    def write(*cells: str) -> None:
        notes = [{"cell_type": "code", "metadata": {}, "outputs": [], "source": cell} for cell in cells]
        notebook.write_text(json.dumps({"cells": notes, "metadata": {}, "nbformat": 4}), encoding="utf-8")

    write("import time\n# %% cell 2" + APP.format(helper="helper"))
    first = told(project, notebook)
    write("import time", APP.format(helper="helper")[1:])
    assert not recalled(project, monkeypatch, notebook)
    assert told(project, notebook) == afresh(project, notebook) != first


def test_a_file_of_the_baseline_that_is_gone_changes_the_answer(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = load_settings(project, {"jobs": 1})
    baseline, both = project / "baseline.json", (project / "src" / "app.py", project / "zoo" / "old" / "other.py")
    both[1].parent.mkdir(parents=True)
    both[1].write_text(APP.format(helper="helper"), encoding="utf-8")
    both[0].write_text("print('nothing that is looked for in folders')", encoding="utf-8")
    for number in range(20):  # more than are looked for to tell whether a project is small
        (project / f"part{number}.py").write_text("", encoding="utf-8")
    baseline.write_text(as_baseline(examine(both, settings), settings), encoding="utf-8")
    assert told(project, both[0], baseline=baseline).stale == 0
    assert recalled(project, monkeypatch, both[0], baseline=baseline)
    both[1].unlink()
    assert not recalled(project, monkeypatch, both[0], baseline=baseline)
    assert told(project, both[0], baseline=baseline) == afresh(project, both[0], baseline=baseline)


def test_a_file_that_came_into_the_folder_is_reported_on(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(project, project)
    (project / "src" / "new.py").write_text(APP.format(helper="helper"), encoding="utf-8")
    assert not recalled(project, monkeypatch, project)
    (project / "src" / "new.py").unlink()
    assert recalled(project, monkeypatch, project)
    (project / "src" / "notes.txt").write_text("", encoding="utf-8")  # no module of that name
    assert told(project, project) == afresh(project, project)


@pytest.mark.parametrize("spoil", [lambda text: text[: len(text) // 2], lambda _: "", lambda _: "[" * 100_000])
def test_a_spoilt_cache_costs_time_only(project: Path, tmp_path: Path, spoil: object) -> None:
    first = told(project)
    (kept,) = (tmp_path / "cache" / "reports").glob("*.json")
    kept.write_text(spoil(kept.read_text(encoding="utf-8")), encoding="utf-8")  # type: ignore[operator]
    assert told(project) == first


def test_a_cache_that_cannot_be_written_is_passed_over(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADVISOR_CACHE", str(project / "pyproject.toml"))
    assert told(project) == afresh(project)


def test_what_was_used_longest_ago_goes_first(project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(project)
    (first,) = (tmp_path / "cache" / "reports").glob("*.json")
    os.utime(first, (1, 1))
    monkeypatch.setattr(reports, "_MOST", first.stat().st_size + 10)
    told(project, all=True)
    assert not first.exists()
    assert reports.size(tmp_path / "cache")[0] == 1


def test_after_any_edits_the_report_is_that_of_a_fresh_run(project: Path) -> None:
    rolls = random.Random(7)
    files = [project / "src" / name for name in ("app.py", "helper.py", "other.py")]
    for _ in range(12):
        file = rolls.choice(files)
        match rolls.randrange(4):
            case 0:
                file.unlink(missing_ok=True)
            case 1:
                file.write_text(HELPER.format(seconds=rolls.choice([0, 3])), encoding="utf-8")
            case 2:
                file.write_text(APP.format(helper=rolls.choice(["helper", "other"])), encoding="utf-8")
            case _:
                pass
        assert told(project, project) == afresh(project, project)


def test_a_rewrite_that_fails_leaves_what_was_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise IndexError("list index out of range")

    monkeypatch.setattr("advisor.fixes.generate", broken)
    (tmp_path / "app.py").write_text(
        "import requests\n\n\ndef work(urls):\n    return [requests.get(url) for url in urls]\n"
    )
    told = advise_again((tmp_path,), load_settings(tmp_path, {"project": tmp_path}), changes=True)
    (finding,) = told.report.findings
    assert told.changes[finding.id].refused == "internal error: IndexError: list index out of range"
