"""What is kept between analyses in one process gives the same report as an analysis afresh, and is not read again."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from advisor import pipeline, reading
from advisor.inputs.memory import Memory
from advisor.inputs.view import View
from advisor.model.report import Report
from advisor.pipeline import examine, report
from advisor.settings import Settings
from advisor.stages.extract import extract_encoded

APP = """\
from client import convert


def crawl(urls):
    return [convert(url) for url in urls]
"""
CLIENT = "import requests\n\n\ndef convert(url):\n    return requests.get(url, timeout=9).text\n"
HARMLESS = "def convert(url):\n    return url\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    (tmp_path / "client.py").write_text(CLIENT, encoding="utf-8")
    return tmp_path


def analysed(folder: Path, memory: Memory | None = None) -> Report:
    settings = Settings(project=folder, target_python="3.12", cores=4, jobs=1)
    return report(examine((folder / "app.py",), settings, every=False, memory=memory), settings)


def test_each_change_is_seen_and_nothing_else_is_extracted(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    extracted: list[str] = []

    def counted(sources, sites):  # type: ignore[no-untyped-def]
        extracted.extend(source.path for source in sources)
        return extract_encoded(sources, sites)

    monkeypatch.setattr(reading, "extract_encoded", counted)
    memory = Memory()
    assert analysed(project, memory) == analysed(project)
    assert extracted == ["app.py", "client.py"] * 2
    extracted.clear()
    (project / "client.py").write_text(HARMLESS, encoding="utf-8")
    assert analysed(project, memory).findings == ()
    assert extracted == ["client.py"]
    memory.view = View({str(project / "app.py"): "\n\n" + APP, str(project / "client.py"): CLIENT})
    [finding] = analysed(project, memory).findings
    assert (finding.path, finding.line) == ("app.py", 7)


def test_what_nothing_has_changed_in_is_not_judged_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory = Memory()
    first = analysed(project, memory)
    monkeypatch.setattr(pipeline, "link", None)  # would fail if it was called
    assert analysed(project, memory) == first
    memory.view = View({str(project / "app.py"): APP.replace("url]", "url]  # a remark")})
    assert analysed(project, memory) == first
    memory.view = View({str(project / "app.py"): "\n" + APP})
    with pytest.raises(TypeError):
        analysed(project, memory)


def test_a_file_that_comes_is_found_though_folders_are_remembered(project: Path) -> None:
    (project / "client.py").unlink()
    for path in (project, *project.iterdir()):
        os.utime(path, (1, 1))  # long ago, so that it is remembered
    memory = Memory()
    assert analysed(project, memory).findings == ()
    assert analysed(project, memory).findings == ()
    (project / "client.py").write_text(CLIENT, encoding="utf-8")
    assert len(analysed(project, memory).findings) == 1
