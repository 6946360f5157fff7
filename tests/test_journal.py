"""A change of several files is one change: the process is killed at every step of it, and of mending it afterwards."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from advisor import files, journal
from advisor.journal import Changed, Replaced, replace_all, settle_left

OWN = {journal.__file__, files.__file__}


@pytest.fixture
def journals(tmp_path: Path) -> Path:
    return tmp_path / "journals"


def made(folder: Path, old: dict[str, bytes | None]) -> list[Replaced]:
    """Files that hold `old`, and the change of each to `new NAME`."""
    folder.mkdir(parents=True, exist_ok=True)
    changes = []
    for name, data in old.items():
        if data is not None:
            (folder / name).write_bytes(data)
        changes.append(Replaced(folder / name, data, f"new {name}".encode(), Path(__file__)))
    return changes


def held(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}


def killed_at(step: int, work: Callable[[], object]) -> bool:
    """Does `work` in a process that is killed before its own line number `step` runs; was there one?"""
    child = os.fork()
    if child == 0:
        seen = 0

        def trace(frame: FrameType, event: str, _: Any) -> Any:
            nonlocal seen
            if frame.f_code.co_filename not in OWN:
                return None
            if event == "line":
                seen += 1
                if seen == step:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        try:
            sys.settrace(trace)
            work()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


OLD: dict[str, bytes | None] = {"a.py": b"old a.py", "b.py": b"old b.py, and longer than the new", "c.py": None}
WAS = {name: data for name, data in OLD.items() if data is not None}
NEW = {name: f"new {name}".encode() for name in OLD}


def test_all_are_replaced_and_nothing_else_is_left(tmp_path: Path, journals: Path) -> None:
    replace_all(made(tmp_path / "src", OLD), journals)
    assert held(tmp_path / "src") == NEW
    assert not list(journals.iterdir())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_killed_at_any_step_it_is_finished_or_never_begun(tmp_path: Path, journals: Path) -> None:
    step, outcomes = 1, set()
    while True:
        folder = tmp_path / str(step)
        changes = made(folder, OLD)
        os.link(folder / "b.py", tmp_path / f"other-{step}")
        was_killed = killed_at(step, lambda changes=changes: replace_all(changes, journals))  # type: ignore[misc]
        settle_left(journals)
        now = held(folder)
        assert now in (WAS, NEW), step
        assert (tmp_path / f"other-{step}").read_bytes() == now["b.py"]
        assert not list(journals.iterdir()) if journals.exists() else True
        outcomes.add("new" if now == NEW else "old")
        if not was_killed:
            break
        step += 7  # the attack in `scripts/attack_writing.py` takes every one
    assert step > 150
    assert outcomes == {"old", "new"}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_killed_while_it_is_settled_it_is_settled_the_next_time(tmp_path: Path, journals: Path) -> None:
    folder = tmp_path / "src"
    step = 1
    while killed_at(step, lambda: replace_all(made(folder, OLD), journals)):  # until it counts as made
        if not (folder / "c.py").exists() and journals.exists() and b"ready" in b"".join(held(journals).values()):
            break
        for file in (*folder.iterdir(), *(journals.iterdir() if journals.exists() else ())):
            file.unlink()
        step += 9
    for again in range(1, 400, 20):
        if not killed_at(again, lambda: settle_left(journals)):
            break
    settle_left(journals)
    assert held(folder) == NEW
    assert not list(journals.iterdir())


def test_a_file_that_was_edited_is_not_touched_nor_are_the_others(tmp_path: Path, journals: Path) -> None:
    changes = made(tmp_path / "src", OLD)
    (tmp_path / "src/b.py").write_bytes(b"edited")
    with pytest.raises(Changed):
        replace_all(changes, journals)
    assert held(tmp_path / "src") == {**WAS, "b.py": b"edited"}


def test_where_one_cannot_be_put_in_place_all_are_as_they_were(
    tmp_path: Path, journals: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes, replace, count = made(tmp_path / "src", OLD), os.replace, 0

    def second_fails(source: Any, target: Any) -> None:
        nonlocal count
        count += 1
        if count == 2:
            raise PermissionError(13, "Permission denied", str(source), None, str(target))
        replace(source, target)

    monkeypatch.setattr(os, "replace", second_fails)
    with pytest.raises(PermissionError):
        replace_all(changes, journals)
    assert held(tmp_path / "src") == WAS
    assert not list(journals.iterdir())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_what_was_edited_after_a_kill_stays_and_the_rest_is_taken_back(tmp_path: Path, journals: Path) -> None:
    step, told = 1, set[str]()
    while True:
        folder = tmp_path / str(step)
        changes = made(folder, OLD)
        if not killed_at(step, lambda changes=changes: replace_all(changes, journals)):  # type: ignore[misc]
            break
        was = held(folder)
        (folder / "b.py").write_bytes(b"edited since")
        told.update(line.rpartition(": ")[2] for line in settle_left(journals))
        now = held(folder)
        assert now["b.py"] == b"edited since"
        assert {**now, "b.py": WAS["b.py"]} == WAS or was == NEW
        step += 13
    assert told == {"it was taken back"}


def test_a_journal_of_a_living_process_is_left_alone(tmp_path: Path, journals: Path) -> None:
    changes = made(tmp_path / "src", {"a.py": b"old", "b.py": b"old"})
    seen = []

    def meanwhile(part: Path, data: bytes, like: Any = None) -> None:
        seen.append(settle_left(journals))
        files.prepare(part, data, like)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "prepare", meanwhile)
        replace_all(changes, journals)
    assert seen == [(), ()]
    assert held(tmp_path / "src") == {"a.py": b"new a.py", "b.py": b"new b.py"}


def test_what_is_no_journal_does_no_harm(journals: Path) -> None:
    journals.mkdir()
    for number, text in enumerate(("", "[]", "nothing\n", '[{"file": 1}]\n"ready"\n', "null\n")):
        (journals / f"{number}.journal").write_text(text)
    assert settle_left(journals) == ()


def test_without_a_place_for_a_journal_one_file_is_changed_and_several_are_not(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    replace_all(made(tmp_path / "one", {"a.py": b"old"}), tmp_path / "file")
    assert held(tmp_path / "one") == {"a.py": b"new a.py"}
    with pytest.raises(OSError, match=r"Not a directory|File exists"):
        replace_all(made(tmp_path / "several", {"a.py": b"old", "b.py": b"old"}), tmp_path / "file")
    assert held(tmp_path / "several") == {"a.py": b"old", "b.py": b"old"}
