"""What users install: the wheel carries the rules and works from any folder, an editable install too."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "advisor/outputs/html"
CRAWLER = """\
import requests


def crawl(urls):
    return [requests.get(url, timeout=10).text for url in urls]
"""


def run(*command: str | Path, folder: Path) -> str:
    ran = subprocess.run(
        [str(part) for part in command], cwd=folder, capture_output=True, text=True, timeout=600, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def environment(folder: Path) -> Path:
    """An empty virtual environment in `folder`; its folder of commands."""
    venv.create(folder, with_pip=True)
    return folder / ("Scripts" if sys.platform == "win32" else "bin")


def analyses(commands: Path, folder: Path) -> bool:
    """Whether the installed command finds its rules and advises, from a folder that has nothing to do with it."""
    folder.mkdir()
    (folder / "crawler.py").write_text(CRAWLER)
    report = json.loads(run(commands / "advisor", "analyze", "crawler.py", "--format", "json", folder=folder))
    run(commands / "advisor", "analyze", "crawler.py", "--format", "html", "-o", "report.html", folder=folder)
    assert "</html>" in (folder / "report.html").read_text(encoding="utf-8")
    run(commands / "advisor", "new", "thread-map", "sync.py", folder=folder)
    assert run(commands / "python", "sync.py", folder=folder)
    assert "Strengths" in run(commands / "python", "-m", "advisor", "explain", "threading", folder=folder)
    return [(finding["line"], finding["model"]) for finding in report["findings"]] == [(5, "threading")]


@pytest.mark.slow
def test_the_wheel_works_anywhere(tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--outdir", tmp_path / "dist", ROOT, folder=tmp_path)  # by way of the sdist
    wheel = next((tmp_path / "dist").glob("*.whl"))
    names = set(ZipFile(wheel).namelist())
    rules = {
        f"advisor/{path.relative_to(ROOT).as_posix()}"
        for path in (ROOT / "rules").rglob("*.*")
        if path.suffix != ".pyc"
    }
    assert rules <= names
    assert "advisor/py.typed" in names
    assert {
        f"advisor/{path.relative_to(ROOT / 'advisor').as_posix()}"
        for path in PAGE.rglob("*.*")
        if path.suffix != ".pyc"
    } <= names
    assert not [name for name in names if name.startswith(("tests", "fixtures"))]
    commands = environment(tmp_path / "venv")
    run(commands / "pip", "install", "-q", wheel, folder=tmp_path)
    assert analyses(commands, tmp_path / "elsewhere")


@pytest.mark.slow
def test_an_editable_install_works_anywhere(tmp_path: Path) -> None:
    commands = environment(tmp_path / "venv")
    run(commands / "pip", "install", "-q", "-e", ROOT, folder=tmp_path)
    assert analyses(commands, tmp_path / "elsewhere")


def test_every_file_that_is_promised_is_there() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    for path in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]:
        assert (ROOT / path.lstrip("/")).exists()
    assert (ROOT / "advisor/py.typed").exists()


def test_ci_runs_the_test_command_of_the_readme() -> None:
    readme, script = (ROOT / "README.md").read_text(), (ROOT / ".ci/run").read_text()
    assert "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/pytest" in readme
    for part in ("python3 -m venv", "pip install -q -e '.[dev]'", "step pytest\n"):
        assert part in script
