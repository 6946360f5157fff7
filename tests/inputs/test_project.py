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


def test_what_further_files_import_is_told_by_their_lines(tmp_path: Path) -> None:
    texts = {
        "app.py": "import part\n",
        "part/__init__.py": "",
        "part/one.py": "from . import (\n    two)\nfrom .two import x as y, z\nimport os, part.three as three  # import app\nmain()\n",
        "part/two.py": "def work():\n    from part import one\n    print('import app')\n",
        "part/three.py": "important = 1\nfrom .. import app\n",
        "test_app.py": "import app\n",
    }
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    found = Project.around([tmp_path], given=tmp_path).beside({"app.py"})
    init = "part/__init__.py"
    assert {path: set(those.imports) for path, those in found.items()} == {
        init: set(),
        "part/one.py": {init, "part/two.py", "part/three.py"},
        "part/two.py": {init, "part/one.py"},
        "part/three.py": {"app.py"},
    }
    assert [path for path, those in found.items() if those.runs] == ["part/one.py"]
