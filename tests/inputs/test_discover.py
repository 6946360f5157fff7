"""Which files are found, what their text is, why some are skipped, and where imports lead."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.inputs.discover import discover, read
from advisor.inputs.project import Project
from advisor.inputs.reading import LARGEST, decode
from advisor.model.source import Skipped, Source


def lay_out(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def empty(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "")


def found(root: Path, *paths: str, exclude: tuple[str, ...] = ()) -> list[str]:
    project = Project(root)
    return [each.path for each in discover([root / path for path in paths or (".",)], project, exclude)]


def skipped(root: Path, *paths: str) -> dict[str, tuple[str, int | None]]:
    each = discover([root / path for path in paths or (".",)], Project(root))
    return {one.path: (one.why, one.line) for one in each if isinstance(one, Skipped)}


# ---- walking


def test_python_files_come_sorted_and_once(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("b.py", "a/z.py", "a/y.pyw", "a.py", "notes.txt", "script"))
    assert found(tmp_path, ".", "a", "b.py") == ["a.py", "a/y.pyw", "a/z.py", "b.py"]


def test_a_named_file_is_read_whatever_its_ending(tmp_path: Path) -> None:
    lay_out(tmp_path, {"script": "run()\n"})
    assert list(discover([tmp_path / "script"], Project(tmp_path))) == [Source("script", "run()\n")]


@pytest.mark.parametrize(
    ("first", "mode", "is_python"),
    [
        ("#!/usr/bin/env python3\n", 0o755, True),
        ("#!/usr/bin/python3.12 -u\n", 0o755, True),
        ("#!/usr/bin/env -S uv run --script\n", 0o755, True),
        ("#!/usr/bin/env python3\n", 0o644, False),  # nobody runs it
        ("#!/bin/sh\n# not python\n", 0o755, False),
        ("#!/usr/bin/env pythonista\n", 0o755, False),
        ("import os\n", 0o755, False),
    ],
)
def test_a_program_without_an_ending_is_one_where_its_first_line_says_so(
    tmp_path: Path, first: str, mode: int, is_python: bool
) -> None:
    lay_out(tmp_path, {"bin/tool": f"{first}run()\n"})
    (tmp_path / "bin" / "tool").chmod(mode)
    assert found(tmp_path, ".") == (["bin/tool"] if is_python else [])


def test_a_named_file_of_another_kind_is_told_and_not_read(tmp_path: Path) -> None:
    lay_out(tmp_path, {"notes.txt": "hello\n", "book.ipynb": "{}\n", "app.wsgi": "run()\n"})
    assert skipped(tmp_path, "notes.txt", "book.ipynb", "app.wsgi") == {
        "notes.txt": ("not a Python file", None),
        "book.ipynb": ("not a notebook of format 4", None),
    }


def test_a_file_outside_the_project_has_a_path_that_leads_there(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("project/pyproject.toml", "other/a.py"))
    assert [each.path for each in discover([tmp_path / "other"], Project(tmp_path / "project"))] == ["../other/a.py"]


def test_a_missing_path_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match=r"no such file or folder: .*nowhere") as caught:
        discover([tmp_path / "nowhere"], Project(tmp_path))
    assert caught.value.exit_code == 2
    assert caught.value.hint


def test_folders_of_environments_and_caches_are_left_out(tmp_path: Path) -> None:
    lay_out(
        tmp_path, empty(".venv/a.py", "mine/pyvenv.cfg", "mine/lib/a.py", "node_modules/a.py", "build/a.py", "kept.py")
    )
    assert found(tmp_path) == ["kept.py"]


def test_a_package_named_like_an_environment_is_walked(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("venv/__init__.py", "build/__init__.py", "dist/a.py"))
    assert found(tmp_path) == ["build/__init__.py", "venv/__init__.py"]


def test_a_named_folder_is_walked_though_those_of_its_name_are_not(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("site-packages/a.py", "site-packages/site-packages/b.py"))
    assert found(tmp_path, "site-packages") == ["site-packages/a.py"]
    assert found(tmp_path) == []


def test_exclude_takes_patterns_from_the_root(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("gen/a.py", "src/gen/b.py", "src/a_pb2.py", "src/c.py"))
    assert found(tmp_path, exclude=("/gen", "*_pb2.py")) == ["src/c.py", "src/gen/b.py"]
    assert found(tmp_path, "gen/a.py", exclude=("/gen",)) == ["gen/a.py"]


# ---- .gitignore


def test_gitignore_is_honoured_and_a_nearer_one_wins(tmp_path: Path) -> None:
    lay_out(tmp_path, {".gitignore": "out/\n*_gen.py\n", "kept/.gitignore": "!b_gen.py\n"})
    lay_out(tmp_path, empty("out/a.py", "a_gen.py", "kept/b_gen.py", "kept/c_gen.py", "d.py"))
    assert found(tmp_path) == ["d.py", "kept/b_gen.py"]


def test_gitignore_above_counts_inside_a_repository_only(tmp_path: Path) -> None:
    lay_out(tmp_path, {".gitignore": "x.py\n", "src/x.py": "", "src/y.py": ""})
    assert found(tmp_path, "src") == ["src/x.py", "src/y.py"]
    (tmp_path / ".git").mkdir()
    assert found(tmp_path, "src") == ["src/y.py"]


def test_a_named_folder_is_walked_though_ignored(tmp_path: Path) -> None:
    lay_out(tmp_path, {".gitignore": "versions/\n", "versions/3/a.py": ""})
    (tmp_path / ".git").mkdir()
    assert found(tmp_path, "versions/3") == ["versions/3/a.py"]


def test_a_gitignore_with_nonsense_does_no_harm(tmp_path: Path) -> None:
    lay_out(tmp_path, {".gitignore": b"!\n\xff\xfe\na.py\n", "a.py": "", "b.py": ""})
    assert found(tmp_path) == ["b.py"]


# ---- links


def test_a_linked_file_is_read_once_and_loops_end(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("z/real.py"))
    (tmp_path / "a.py").symlink_to("z/real.py")
    (tmp_path / "z/loop").symlink_to(tmp_path)
    (tmp_path / "z/folder.py").symlink_to(tmp_path)
    assert found(tmp_path) == ["z/real.py"]


def test_a_link_out_of_the_folder_is_followed(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("outside.py", "in/b.py"))
    (tmp_path / "in/a.py").symlink_to("../outside.py")
    assert found(tmp_path, "in") == ["in/a.py", "in/b.py"]


# ---- what cannot be read


def test_each_unreadable_file_says_why(tmp_path: Path) -> None:
    lay_out(
        tmp_path,
        {
            "binary.py": b"x = 1\n\0\0",
            "bytes.py": b"a = 1\r\nb = '\xff'\n",
            "cookie.py": b"#!/bin/sh\n# coding: klingon\n",
            "no_text.py": b"# coding: rot13\nk = 1\n",
            "huge.py": b"#" * (LARGEST + 1),
        },
    )
    (tmp_path / "broken.py").symlink_to("nowhere")
    os.mkfifo(tmp_path / "pipe.py")
    with socket.socket(socket.AF_UNIX) as listening:
        old = Path.cwd()
        os.chdir(tmp_path)  # a socket's path may not be long
        listening.bind("socket.py")
        os.chdir(old)
    why = skipped(tmp_path)
    assert why["binary.py"] == ("binary data (NUL bytes)", 2)
    assert why["bytes.py"] == ("not valid utf-8 (byte 0xff)", 2)
    assert why["cookie.py"] == ("unknown encoding: klingon", 2)
    assert why["no_text.py"][0].startswith("cannot be decoded as rot13")
    assert why["huge.py"] == ("too large: 5.0 MB, and the limit is 5 MB", None)
    assert why["broken.py"] == ("a broken symbolic link", None)
    assert why["pipe.py"] == ("a named pipe, not a file", None)
    assert why["socket.py"] == ("a socket, not a file", None)
    assert len(why) == 8


@pytest.mark.skipif(os.geteuid() == 0, reason="everything is readable for root")
def test_what_may_not_be_read_is_skipped(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("a.py", "closed/b.py"))
    (tmp_path / "a.py").chmod(0)
    (tmp_path / "closed").chmod(0)
    try:
        why = skipped(tmp_path)
    finally:
        (tmp_path / "closed").chmod(0o700)
    assert why["a.py"] == ("cannot be read: permission denied", None)
    assert why["closed"] == ("this folder cannot be read: permission denied", None)


def test_a_name_that_is_not_utf8_is_skipped(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/\xff.py"
    try:
        Path(os.fsdecode(name)).write_text("")
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    assert skipped(tmp_path) == {"?.py": ("its name is not valid UTF-8", None)}


def test_a_name_with_odd_characters_is_read(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("tab\there.py", "naïve.py"))
    assert found(tmp_path) == ["naïve.py", "tab\there.py"]
    assert skipped(tmp_path) == {}


def test_reading_on_demand_is_not_reported(tmp_path: Path) -> None:
    lay_out(tmp_path, {"a.py": "x\n"})
    project = Project(tmp_path)
    assert read(project, "a.py") == Source("a.py", "x\n", reported=False)
    assert read(project, "gone.py") == Skipped("gone.py", "gone before it could be read")
    assert read(project, ".") == Skipped(".", "a folder, not a file")


# ---- decoding


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a\r\nb\rc\n", "a\nb\nc\n"),
        (b"\xef\xbb\xbfa = 1\n", "a = 1\n"),
        (b"# -*- coding: latin-1 -*-\n\xe9\n", "# -*- coding: latin-1 -*-\n\xe9\n"),
        (b"a = 1\nb = 2\n# coding: latin-1 comes too late\n", "a = 1\nb = 2\n# coding: latin-1 comes too late\n"),
        (b"", ""),
    ],
)
def test_text_is_what_python_reads(data: bytes, text: str) -> None:
    assert decode(data) == text


# ---- the project


@pytest.mark.parametrize("mark", ["pyproject.toml", "setup.py", "setup.cfg", ".git"])
def test_the_root_is_the_nearest_folder_with_a_mark(tmp_path: Path, mark: str) -> None:
    lay_out(tmp_path, empty("pyproject.toml", f"inner/{mark}", "inner/src/pkg/a.py"))
    assert Project.around([tmp_path / "inner/src/pkg/a.py"]).root == tmp_path / "inner"
    assert Project.around([tmp_path / "inner/src"], tmp_path).root == tmp_path


@pytest.mark.parametrize("installed", ["lib/python3.12", "venv/lib/python3.12/site-packages", "dist-packages"])
def test_what_is_installed_is_no_part_of_the_repository_around_it(tmp_path: Path, installed: str) -> None:
    lay_out(tmp_path, empty(".git", f"{installed}/pkg/a.py", "lib/python3.12/lib-dynload/_ssl.so"))
    assert Project.around([tmp_path / installed]).root == tmp_path / installed
    assert Project.around([tmp_path / installed / "pkg/a.py"]).root == tmp_path / installed
    assert Project.around([tmp_path / installed], tmp_path).root == tmp_path


def test_the_source_of_a_standard_library_is_part_of_its_repository(tmp_path: Path) -> None:
    lay_out(tmp_path, empty(".git", "Lib/os.py", "Lib/site.py", "Lib/asyncio/__init__.py"))
    assert Project.around([tmp_path / "Lib/asyncio"]).root == tmp_path


def test_a_project_that_is_no_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="no such project folder"):
        Project.around([tmp_path], tmp_path / "nowhere")


def test_modules_are_named_from_the_first_folder_without_init(tmp_path: Path) -> None:
    project = Project(lay_out(tmp_path, empty("src/pkg/__init__.py", "src/pkg/part.py", "tools/run.py")))
    assert project.module("src/pkg/part.py") == "pkg.part"
    assert project.module("src/pkg/__init__.py") == "pkg"
    assert project.module("tools/run.py") == "run"


# ---- imports


def leads(root: Path, importer: str, module: str, level: int = 0) -> tuple[str, ...]:
    return Project(root).candidates(importer, module, level)


def test_relative_imports_start_at_the_package(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("pkg/__init__.py", "pkg/a.py", "pkg/sub/__init__.py", "pkg/sub/b.py"))
    assert leads(tmp_path, "pkg/sub/b.py", "a", 2) == ("pkg/a.py",)
    assert leads(tmp_path, "pkg/a.py", "sub.b", 1) == ("pkg/sub/__init__.py", "pkg/sub/b.py")
    assert leads(tmp_path, "pkg/a.py", "", 1) == ("pkg/__init__.py",)
    assert leads(tmp_path, "pkg/a.py", "b", 1) == ()


def test_absolute_imports_run_every_package_on_the_way(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("a/__init__.py", "a/b/__init__.py", "a/b/c.py", "main.py"))
    assert leads(tmp_path, "main.py", "a.b.c") == ("a/__init__.py", "a/b/__init__.py", "a/b/c.py")
    assert leads(tmp_path, "a/b/c.py", "a.b") == ("a/__init__.py", "a/b/__init__.py")
    assert leads(tmp_path, "main.py", "requests") == ()


def test_a_scripts_own_folder_comes_before_the_root(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("helpers.py", "tools/helpers.py", "tools/run.py", "run.py"))
    assert leads(tmp_path, "tools/run.py", "helpers") == ("tools/helpers.py",)
    assert leads(tmp_path, "run.py", "helpers") == ("helpers.py",)


@pytest.mark.parametrize("root", ["src", "lib", "services/one", "packages/deep/python"])
def test_packages_are_found_in_other_source_roots(tmp_path: Path, root: str) -> None:
    lay_out(tmp_path, empty(f"{root}/pkg/__init__.py", f"{root}/pkg/a.py", "tests/test_a.py"))
    assert leads(tmp_path, "tests/test_a.py", "pkg.a") == (f"{root}/pkg/__init__.py", f"{root}/pkg/a.py")


def test_of_two_packages_of_one_name_the_nearer_is_taken(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("x/one/lib/common/__init__.py", "x/two/lib/common/__init__.py", "x/two/tests/t.py"))
    assert leads(tmp_path, "x/two/tests/t.py", "common") == ("x/two/lib/common/__init__.py",)


def test_a_namespace_package_may_be_spread_over_roots(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("space/a.py", "src/space/b.py", "main.py"))
    assert leads(tmp_path, "main.py", "space.a") == ("space/a.py",)
    assert leads(tmp_path, "main.py", "space.b") == ("src/space/b.py",)


def test_a_package_wins_over_a_module_and_a_module_over_its_stub(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("a/__init__.py", "a.py", "b.py", "b.pyi", "c.pyi", "main.py"))
    assert leads(tmp_path, "main.py", "a") == ("a/__init__.py",)
    assert leads(tmp_path, "main.py", "b") == ("b.py",)
    assert leads(tmp_path, "main.py", "c") == ("c.pyi",)


def test_the_standard_library_is_not_hidden_by_a_neighbour_in_a_package(tmp_path: Path) -> None:
    lay_out(
        tmp_path, empty("pkg/__init__.py", "pkg/json.py", "pkg/a.py", "code/x.py", "time.py", "queue.py", "main.py")
    )
    assert leads(tmp_path, "pkg/a.py", "json") == ()
    assert leads(tmp_path, "main.py", "code") == ()
    assert leads(tmp_path, "main.py", "time") == ()
    assert leads(tmp_path, "main.py", "queue") == ("queue.py",)


def test_a_script_inside_a_package_finds_its_neighbours(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("tests/__init__.py", "tests/helpers.py", "tests/test_a.py"))
    assert leads(tmp_path, "tests/test_a.py", "helpers") == ("tests/helpers.py",)


def test_a_script_inside_a_package_finds_what_stands_above_it(tmp_path: Path) -> None:
    """Scripts that are started in a folder which happens to be a package as well."""
    lay_out(tmp_path, empty("pkg/__init__.py", "pkg/helper.py", "pkg/token.py", "pkg/sub/__init__.py", "pkg/sub/a.py"))
    assert leads(tmp_path, "pkg/sub/a.py", "helper") == ("pkg/helper.py",)
    assert leads(tmp_path, "pkg/sub/a.py", "token") == ()
    assert leads(tmp_path / "pkg/sub", "a.py", "helper") == ()


def test_a_nearer_module_and_the_root_win_over_what_stands_above(tmp_path: Path) -> None:
    lay_out(tmp_path, empty("pkg/__init__.py", "pkg/x.py", "pkg/sub/__init__.py", "pkg/sub/x.py", "pkg/sub/a.py"))
    assert leads(tmp_path, "pkg/sub/a.py", "x") == ("pkg/sub/x.py",)
    lay_out(tmp_path, empty("x.py"))
    assert Project(tmp_path).candidates("pkg/sub/a.py", "x", 0) == ("x.py",)


def test_a_library_is_not_hidden_by_a_neighbour_in_a_package(tmp_path: Path) -> None:
    lay_out(
        tmp_path, empty("backends/__init__.py", "backends/redis.py", "backends/a.py", "tools/redis.py", "tools/b.py")
    )
    project = Project(tmp_path, frozenset({"redis"}))
    assert project.candidates("backends/a.py", "redis", 0) == ()
    assert project.candidates("backends/redis.py", "redis", 0) == ()
    assert project.candidates("tools/b.py", "redis", 0) == ("tools/redis.py",)
    assert leads(tmp_path, "backends/a.py", "redis") == ("backends/redis.py",)


def test_the_project_of_several_paths_lies_around_them_all(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / "src").mkdir(parents=True)
        (tmp_path / name / "pyproject.toml").touch()
    (tmp_path / "pyproject.toml").touch()
    assert Project.around((tmp_path / "one" / "src",)).root == tmp_path / "one"
    assert Project.around((tmp_path / "one" / "src", tmp_path / "one")).root == tmp_path / "one"
    assert Project.around((tmp_path / "one" / "src", tmp_path / "two")).root == tmp_path
