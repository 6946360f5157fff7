"""The one way to read and to write a file: nothing that waits, nothing without end, nothing half written."""

from __future__ import annotations

import ast
import os
import stat
from pathlib import Path

import pytest

from advisor.files import put, read_bytes, read_text
from tests.running import ROOT

OTHERWISE = {
    "advisor/files.py", "advisor/journal.py",  # the way itself, and files that it opened
    "advisor/inputs/guides.py", "advisor/inputs/remembered.py", "advisor/outputs/html/__init__.py",  # the advisor's own files
    "advisor/inputs/machine.py", "advisor/racing/memory.py",  # those of the system
    "advisor/measuring/child.py", "advisor/racing/output.py",  # what a program of the user runs, or wrote
}  # fmt: skip


def test_whatever_is_read_is_read_in_this_way() -> None:
    found = set()
    for file in (ROOT / "advisor").rglob("*.py"):
        called = [node.func for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)]
        attributes = {(ast.unparse(each.value), each.attr) for each in called if isinstance(each, ast.Attribute)}
        opens = any(isinstance(each, ast.Name) and each.id == "open" for each in called)
        if opens or any(
            name in {"read_text", "read_bytes"} or (owner == "file" and name == "open") for owner, name in attributes
        ):
            found.add(file.relative_to(ROOT).as_posix())
    assert found == OTHERWISE


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_a_regular_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert read_bytes(tmp_path / "a") == b"\xef\xbb\xbfa\r\nb\rc\n"
    assert read_text(tmp_path / "a", "utf-8-sig") == "a\nb\nc\n"


def test_a_pipe_is_not_waited_for(pipe: Path) -> None:
    with pytest.raises(OSError, match="a named pipe, not a file"):
        read_bytes(pipe)


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no such device")
def test_a_device_is_not_read_not_even_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/dev/zero")
    with pytest.raises(OSError, match="a device, not a file"):
        read_bytes(tmp_path / "link")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match="a folder, not a file"):
        read_bytes(tmp_path)


def test_the_size_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(11))
    assert len(read_bytes(tmp_path / "a", 11)) == 11
    with pytest.raises(OSError, match="too large"):
        read_bytes(tmp_path / "a", 10)


@pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="no such file system")
def test_the_size_is_bounded_where_the_system_says_0() -> None:
    assert os.stat("/proc/self/maps").st_size == 0
    with pytest.raises(OSError, match="too large"):
        read_bytes("/proc/self/maps", 10)


def test_a_file_is_put_in_place_with_the_attributes_of_another(tmp_path: Path) -> None:
    old = tmp_path / "a"
    old.write_bytes(b"old")
    old.chmod(0o751)
    marked = True
    try:
        os.setxattr(old, "user.note", b"kept")
    except (OSError, AttributeError):  # not every file system has them
        marked = False
    put(old, b"new", old)
    assert old.read_bytes() == b"new"
    assert stat.S_IMODE(old.stat().st_mode) == 0o751
    if marked:
        assert os.getxattr(old, "user.note") == b"kept"
    assert os.listdir(tmp_path) == ["a"]


def test_a_new_file_gets_the_usual_mode(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    put(tmp_path / "a", b"new")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_link_in_the_place_of_the_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"outside")
    (tmp_path / "a").symlink_to(tmp_path / "outside")
    put(tmp_path / "a", b"new")
    assert (tmp_path / "outside").read_bytes() == b"outside"
    assert (tmp_path / "a").read_bytes() == b"new"
    assert not (tmp_path / "a").is_symlink()


def test_what_cannot_be_put_in_place_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    with pytest.raises(OSError, match="directory"):
        put(tmp_path / "a", b"new")
    assert os.listdir(tmp_path) == ["a"]
