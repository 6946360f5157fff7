"""Files as an editor sees them: unsaved texts first, and nothing outside the folders that are open."""

from __future__ import annotations

import os
from pathlib import Path

from advisor.inputs.discover import discover, read
from advisor.inputs.project import Project
from advisor.inputs.view import View
from advisor.model.source import Skipped, Source


def test_an_unsaved_text_counts_instead_of_what_is_on_disk(tmp_path: Path) -> None:
    file = tmp_path / "app.py"
    file.write_text("old = 1\n", encoding="utf-8")
    (tmp_path / "other.py").write_text("other = 1\n", encoding="utf-8")
    project = Project.around([tmp_path], view=View({str(file): "new = 1\r\n"}))
    assert list(discover([tmp_path], project)) == [Source("app.py", "new = 1\n"), Source("other.py", "other = 1\n")]
    assert read(project, "app.py") == Source("app.py", "new = 1\n", reported=False)


def test_a_file_that_was_never_saved_is_there_for_imports_too(tmp_path: Path) -> None:
    file = tmp_path / "fresh.py"
    project = Project.around([file], tmp_path, view=View({str(file): "x = 1\n"}))
    assert list(discover([file], project)) == [Source("fresh.py", "x = 1\n")]
    assert project.candidates("app.py", "fresh", 0) == ("fresh.py",)
    assert Project.around([tmp_path], tmp_path).candidates("app.py", "fresh", 0) == ()


def test_nothing_outside_of_the_folders_is_read(tmp_path: Path) -> None:
    inside, outside = tmp_path / "in", tmp_path / "in-other"
    for folder in (inside, outside):
        folder.mkdir()
        (folder / "a.py").write_text("secret = 1\n", encoding="utf-8")
    (inside / "link.py").symlink_to(outside / "a.py")
    project = Project.around([inside], inside, view=View(within=(os.path.realpath(inside),)))
    assert isinstance(read(project, "a.py"), Source)
    assert read(project, "link.py") == Skipped("link.py", "outside the workspace")
    assert read(project, "../in-other/a.py") == Skipped("../in-other/a.py", "outside the workspace")
