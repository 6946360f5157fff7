"""A hostile sample for each promise of `SECURITY.md` that no other test holds."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from advisor.inputs.discover import discover
from advisor.inputs.project import Project
from advisor.inputs.reading import decode
from advisor.model.format import Format
from advisor.outputs.characters import visible_lines
from tests.running import ROOT, analyse
from tests.test_cli import CRAWLER, NOTHING_TO_FIND, Advisor, advisor

__all__ = ["advisor"]

OF_PYTHON_ITSELF = frozenset(
    "importlib warnings contextlib collections keyword operator reprlib functools types runpy pkgutil os io abc codecs".split()
)
"""What `python -m` may load before the module that it shall run."""


# ---- reading runs nothing


def planted(folder: Path) -> None:
    """A module under each name that might be imported, which leaves a mark and ends the process."""
    known = {name for name in sys.stdlib_module_names if name != "advisor"}
    known |= {"ast_grep_py", "msgspec", "packaging", "pathspec", "platformdirs", "pydantic", "pydantic_core", "yaml", "rich",
              "scalene", "typer", "click", "sitecustomize", "usercustomize", "conftest", "setup", "requests"}  # fmt: skip
    for name in known:
        (folder / f"{name}.py").write_text(f"import os\nopen('ran-{name}', 'w').close()\nos._exit(77)\n")
    (folder / "crawler.py").write_text(CRAWLER)


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [("analyze", "."), ("generate", "crawler.py:6"), ("explain", "threading")])
@pytest.mark.parametrize("start", [("-P", "-m", "advisor"), ("-m", "advisor")])
def test_reading_runs_nothing(tmp_path: Path, start: tuple[str, ...], arguments: tuple[str, ...]) -> None:
    planted(tmp_path)
    if "-P" not in start:
        for name in OF_PYTHON_ITSELF:
            (tmp_path / f"{name}.py").unlink(missing_ok=True)
    command = [sys.executable, *start, *arguments]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    assert not list(tmp_path.glob("ran-*"))


@pytest.mark.slow
@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_workers_import_nothing_from_the_current_folder(tmp_path: Path, method: str) -> None:
    planted(tmp_path)
    text = "".join(f"def f{number}(a):\n    return a.b(a, {number})\n" for number in range(15_000))
    (tmp_path / "code").mkdir()
    for name in "abc":
        (tmp_path / "code" / f"{name}.py").write_text(text)
    program = tmp_path / "elsewhere" / "start.py"
    program.parent.mkdir()
    program.write_text(
        f"import multiprocessing\nif __name__ == '__main__':\n    multiprocessing.set_start_method({method!r})\n"
        "    from advisor.cli import main\n    main()\n"
    )
    command = [sys.executable, str(program), "analyze", "--jobs", "2", "code"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240)
    assert ran.returncode == 0, ran.stderr
    assert not list(tmp_path.glob("ran-*"))


# ---- nothing makes it wait


@pytest.mark.parametrize("name", [".gitignore", "crawler.py", "setup.cfg"])
@pytest.mark.parametrize("kind", ["pipe", "endless"])
def test_what_is_no_file_is_not_waited_for(advisor: Advisor, name: str, kind: str) -> None:
    advisor.write("other.py", NOTHING_TO_FIND)
    if kind == "pipe":
        os.mkfifo(advisor.folder / name)
    else:
        (advisor.folder / name).symlink_to("/dev/zero")
    ran = advisor("analyze")
    assert ran.code == 0
    assert ran.err == ""


@pytest.mark.parametrize("kind", ["pipe", "endless"])
def test_a_rule_or_a_profile_that_is_no_file_is_refused(advisor: Advisor, kind: str) -> None:
    advisor.write("a.py", NOTHING_TO_FIND)
    rule = advisor.write("rules/effects/a.yml", "")
    rule.unlink()
    for file in (rule, advisor.folder / "profile.json"):
        if kind == "pipe":
            os.mkfifo(file)
        else:
            file.symlink_to("/dev/zero")
    for arguments in (("--rules", "rules"), ("--profile", "profile.json")):
        ran = advisor("analyze", "a.py", *arguments)
        assert ran.code == 2
        assert "not a file" in ran.err


def test_a_profile_that_nests_without_end_is_refused(advisor: Advisor) -> None:
    advisor.write("a.py", NOTHING_TO_FIND)
    advisor.write("profile.json", "[" * 100_000)
    ran = advisor("analyze", "a.py", "--profile", "profile.json")
    assert ran.code == 2
    assert "profile.json: not a profile" in ran.err


@pytest.mark.parametrize("coding", ["idna", "punycode", "Punycode"])
def test_encodings_of_quadratic_time_are_not_decoded(coding: str) -> None:
    said = decode(f"# coding: {coding}\n".encode() + b"a = 1\n" * 400_000)
    assert said == (f"not text: {coding} is an encoding of host names", 1)


def test_the_pattern_of_a_hostile_repository_takes_no_time(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*a" * 40 + "*b\n")
    (tmp_path / ".git").mkdir()
    file = tmp_path / f"{'a' * 200}.py"
    file.write_text(NOTHING_TO_FIND)
    found = [
        source.path
        for source in discover((tmp_path,), Project.around((tmp_path,)), ("**/a" * 40 + "/b", "*a" * 40 + "b"))
    ]
    assert found == [file.name]


def test_a_folder_that_is_gone_is_an_error_with_a_hint(advisor: Advisor) -> None:
    gone = advisor.folder / "gone"
    gone.mkdir()
    os.chdir(gone)
    gone.rmdir()
    try:
        ran = advisor("analyze")
    finally:
        os.chdir(advisor.folder)
    assert ran == (2, "", "error: the current folder is gone\nhint: change to one that exists\n")


@pytest.mark.slow
def test_too_little_memory_is_an_error_with_a_hint(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    (tmp_path / "a.py").write_text("a = [" + "1, " * 1_500_000 + "]\n")
    ran = subprocess.run(
        [sys.executable, "-P", "-m", "advisor", "analyze", "--jobs", "2", "a.py"], cwd=tmp_path, capture_output=True, text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)}, timeout=120,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (330_000_000, 330_000_000)),
    )  # fmt: skip
    assert ran.returncode == 2
    assert "memory" in ran.stderr
    assert "hint: " in ran.stderr
    assert "Traceback" not in ran.stderr


# ---- nothing is lost in writing


def test_copies_stay_in_their_folder(advisor: Advisor) -> None:
    advisor.write("a.py", CRAWLER)
    mine = advisor.write("project/a.py", "KEEP\n")
    advisor.write("project/pyproject.toml", "")
    os.chdir(advisor.folder / "project")
    ran = advisor("generate", "../a.py:6", "--project", ".", "-o", "copies")
    os.chdir(advisor.folder)
    assert ran.code == 2
    assert "lies outside of the project" in ran.err
    assert mine.read_text() == "KEEP\n"


def test_copies_do_not_leave_through_a_link(advisor: Advisor) -> None:
    advisor.write("pyproject.toml", "")
    advisor.write("inner/a.py", CRAWLER)
    outside = advisor.write("outside/a.py", "KEEP\n")
    advisor.write("copies/b.py", "")
    (advisor.folder / "copies/inner").symlink_to(outside.parent)
    ran = advisor("generate", "inner/a.py:6", "-o", "copies")
    assert ran.code == 2
    assert "leads out of copies" in ran.err
    assert outside.read_text() == "KEEP\n"


def test_copies_do_not_replace_the_sources(advisor: Advisor) -> None:
    file = advisor.write("a.py", CRAWLER)
    ran = advisor("generate", "a.py:6", "-o", ".")
    assert ran.code == 2
    assert "is the source itself" in ran.err
    assert file.read_text() == CRAWLER


@pytest.mark.parametrize("target", ["../outside.py", "inside.py"])
def test_a_link_is_written_through_where_it_stays_in_the_project(advisor: Advisor, target: str) -> None:
    advisor.write("project/pyproject.toml", "")
    file = advisor.write(f"project/{target}", CRAWLER)
    (advisor.folder / "project/a.py").symlink_to(target)
    ran = advisor("generate", "project/a.py:6", "--write")
    assert ran.code == (1 if "outside" in target else 0)
    assert (file.read_text() == CRAWLER) is ("outside" in target)
    assert (advisor.folder / "project/a.py").is_symlink()


def test_a_hard_link_goes_on_naming_the_same_file(advisor: Advisor) -> None:
    file = advisor.write("a.py", CRAWLER)
    os.link(file, advisor.folder / "other")
    assert advisor("generate", "a.py:6", "--write").code == 0
    assert "ThreadPoolExecutor" in (advisor.folder / "other").read_text()
    assert os.path.samefile(file, advisor.folder / "other")


def test_a_file_without_a_newline_at_its_end_gets_none(advisor: Advisor) -> None:
    text = "import requests\n\npages = []\nfor url in open('urls').readlines():\n    pages.append(requests.get(url, timeout=9).text)"
    file = advisor.write("a.py", text)
    assert advisor("generate", "a.py:4", "--write").code == 0
    assert file.read_text() != text
    assert not file.read_text().endswith("\n")


# ---- nothing is done to the terminal


HOSTILE = "no\x1b[31m\x9b\u202e\a.py"


def test_names_of_files_are_made_visible(advisor: Advisor) -> None:
    advisor.write(HOSTILE, CRAWLER)
    for arguments in (("analyze",), ("analyze", "--format", "json"), ("analyze", f"{HOSTILE}x"), ("generate", f"{HOSTILE}:6"),
                      ("generate", f"{HOSTILE}:99"), ("generate", f"{HOSTILE}:6", "--write")):  # fmt: skip
        ran = advisor(*arguments)
        assert (ran.out + ran.err).replace("\n", "").isprintable(), arguments
        assert "no" in ran.out + ran.err


@pytest.mark.parametrize("form", [form for form in Format if form is not Format.HTML])
def test_no_format_hands_escape_codes_on(advisor: Advisor, form: Format) -> None:
    advisor.write(HOSTILE, CRAWLER.replace("pages = {}", "pages = {}  # \x1b[2J\x9b\u202e"))
    ran = advisor("analyze", "--all", "--format", form)
    assert ran.out
    assert not {"\x1b", "\x9b", "\u202e", "\a"} & set(ran.out + ran.err)


def test_a_difference_names_a_hostile_file_as_git_does(advisor: Advisor) -> None:
    advisor.write("no\x1b.py", CRAWLER)
    ran = advisor("generate", "no\x1b.py:6")
    assert ran.out.startswith('--- "a/no\\033.py"\n+++ "b/no\\033.py"\n')
    subprocess.run(["git", "apply"], input=ran.out, text=True, check=True)
    assert "ThreadPoolExecutor" in (advisor.folder / "no\x1b.py").read_text()


def test_a_difference_shows_a_terminal_no_escape_codes() -> None:
    assert visible_lines("a\tb\r\n\x1b[2J\n\x9bc\rd\n") == "a\tb\r\n\\x1b[2J\n\\x9bc\\rd\n"
    assert on_a_terminal("from advisor.cli.console import write_source; write_source('\\x1b[2J\\n')") == b"\\x1b[2J\r\n"


def test_a_diff_has_colours_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    code = "from advisor.cli.console import write_source; write_source('-a\\n+b\\x1b\\n c\\n', diff=True)"
    assert on_a_terminal(code) == b"\x1b[31m-a\x1b[0m\r\n\x1b[32m+b\\x1b\x1b[0m\r\n c\r\n"
    monkeypatch.setenv("NO_COLOR", "1")
    assert on_a_terminal(code) == b"-a\r\n+b\\x1b\r\n c\r\n"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("FORCE_COLOR", "1")  # a pipe may lead to `patch`
    piped = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT)
    assert piped.stdout == b"-a\n+b\x1b\n c\n"


def test_no_word_of_a_message_is_torn_at_the_edge_of_a_terminal() -> None:
    code = "from advisor.cli.console import complain; complain('note: ' + 'alongword ' * 20, '')"
    lines = on_a_terminal(code, stream="stderr").decode().splitlines()
    assert len(lines) > 2
    assert set(" ".join(lines).split()) == {"note:", "alongword"}


def on_a_terminal(code: str, stream: str = "stdout") -> bytes:
    """What a program writes to a terminal of usual width."""
    parent, child = pty.openpty()
    termios.tcsetwinsize(parent, (24, 80))
    with os.fdopen(child, "wb") as terminal:
        subprocess.run(
            [sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": str(ROOT)}, **{stream: terminal}
        )  # type: ignore[call-overload]
    written = os.read(parent, 10_000)
    os.close(parent)
    return written


def test_what_python_refuses_is_skipped_and_said(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a = 1\n  b = 2\n")
    (skipped,) = analyse(tmp_path).skipped
    assert (skipped.path, skipped.why, skipped.line) == ("a.py", "syntax error: unexpected indent", 2)
