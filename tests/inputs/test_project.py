"""Which files a project has."""

from __future__ import annotations

from pathlib import Path

import pytest

from advisor.inputs.project import Project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("app.py", "part/inner.py", ".venv/lib.py", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_a_marked_folder_has_the_files_below_it_but_those_of_environments(folder: Path) -> None:
    (folder / "pyproject.toml").touch()
    assert list(Project.around([folder / "app.py"]).files()) == ["app.py", "part/inner.py"]


def test_a_folder_of_scripts_is_no_project_unless_it_is_said_to_be_one(folder: Path) -> None:
    assert not list(Project.around([folder / "app.py"]).files())
    assert list(Project.around([folder / "app.py"], given=folder).files()) == ["app.py", "part/inner.py"]
