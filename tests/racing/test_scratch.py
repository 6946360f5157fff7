"""Scratch copies: what is copied, how they are as new before each run, and that the original is left alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.inputs.project import Project
from advisor.racing.scratch import Home, Scratch, scratch


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "pkg").mkdir(parents=True)
    (root / "pyproject.toml").touch()
    (root / ".gitignore").write_text("*.log\ndata/\n")
    (root / "app.py").write_text("print(1)\n")
    (root / "app.py").chmod(0o755)
    (root / "pkg" / "words.txt").write_text("words\n")
    (root / "old.log").touch()
    (root / "data").mkdir()
    (root / "data" / "table.csv").write_text("1\n")
    (root / "link.txt").symlink_to(root / "pkg" / "words.txt")
    return root


@pytest.fixture
def copies(root: Path) -> Iterator[Scratch]:
    with scratch(Home.of(Project.around([root]), root)) as made:
        yield made


def listed(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_what_git_ignores_is_not_copied(copies: Scratch) -> None:
    copies.add("original", {})
    with copies.using("original", restored=False) as place:
        assert listed(place.root) == [".gitignore", "app.py", "link.txt", "pkg", "pkg/words.txt", "pyproject.toml"]
        assert Path(os.path.realpath(place.root / "link.txt")).is_relative_to(place.root)


def test_unless_it_is_asked_for(root: Path) -> None:
    home = Home.of(Project.around([root]), root)
    with scratch(home, include=["data/**/*"]) as copies:
        copies.add("original", {})
        with copies.using("original", restored=False) as place:
            assert (place.root / "data" / "table.csv").exists()
    with pytest.raises(AdvisorError, match="no such file"), scratch(home, include=["nowhere/*"]):
        pass


def test_a_copy_is_as_new_before_each_run(copies: Scratch, root: Path) -> None:
    copies.add("threading", {"app.py": b"print(2)\n"})
    copies.keep("threading")
    with copies.using("threading") as place:
        before = listed(place.root)
        assert (place.root / "app.py").stat().st_mode & 0o777 == 0o755
        (place.root / "app.py").write_text("print(3)\n")
        (place.root / "pkg" / "words.txt").unlink()
        (place.root / "pkg").rmdir()
        (place.root / "out" / "deep").mkdir(parents=True)
        (place.root / "out" / "deep" / "new.txt").touch()
        (place.root / "link.txt").unlink()
        (place.root / "link.txt").mkdir()
        (place.temporary / "left").touch()
    with copies.using("threading") as place:
        assert listed(place.root) == before
        assert (place.root / "app.py").read_text() == "print(2)\n"
        assert (place.root / "link.txt").read_text() == "words\n"
        assert not listed(place.temporary)
    assert (root / "app.py").read_text() == "print(1)\n"
    assert copies.touched() == []


def test_a_write_to_the_original_is_noticed(copies: Scratch, root: Path) -> None:
    (root / "pkg" / "words.txt").write_text("other\n")
    assert copies.touched() == ["pkg/words.txt"]


def test_a_changed_file_that_is_a_link_leads_nowhere_else(root: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("print(1)\n")
    (root / "app.py").unlink()
    (root / "app.py").symlink_to(outside)
    with scratch(Home.of(Project.around([root]), root)) as copies:
        copies.add("threading", {"app.py": b"print(2)\n"})
    assert outside.read_text() == "print(1)\n"


def test_it_is_gone_afterwards_whatever_was_made_of_it(root: Path) -> None:
    with scratch(Home.of(Project.around([root]), root)) as copies:
        copies.add("original", {})
        with copies.using("original", restored=False) as place:
            (place.root / "pkg").chmod(0o500)
        folder = place.tree.parents[1]
    assert not folder.exists()


def test_too_little_room(copies: Scratch) -> None:
    copies.size = 1 << 30
    with pytest.raises(AdvisorError, match="MB are free"):
        copies.check_room(1_000_000)
    copies.size = 1 << 40
    with pytest.raises(AdvisorError, match="too large to copy"):
        copies.check_room(1)


def test_the_user_may_stand_outside_the_project(root: Path, tmp_path: Path) -> None:
    with scratch(Home.of(Project.around([root]), tmp_path)) as copies:
        copies.add("original", {})
        with copies.using("original", restored=False) as place:
            assert (place.here / "project" / "app.py").exists()
            assert place.moved(str(root / "app.py")) == str(place.root / "app.py")
            assert place.moved("/etc/hosts") == "/etc/hosts"
