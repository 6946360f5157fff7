"""Recording: which program is meant, where its profile goes, and what is said when nothing comes of it."""

from __future__ import annotations

import sys
import venv
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.inputs.project import Project
from advisor.measuring.record import default_file, program_of, project_interpreter, project_of, record


@pytest.mark.parametrize(
    ("words", "program"),
    [
        (["app.py", "-x"], ["app.py", "-x"]),
        (["python", "app.py"], ["app.py"]),
        (["python3", "-m", "pkg", "--y"], ["-m", "pkg", "--y"]),
        (["pytest", "-q"], ["-m", "pytest", "-q"]),
    ],
)
def test_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], program: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.py").touch()
    assert program_of(words) == program


@pytest.mark.parametrize("words", [[], ["python"], ["-m"], ["nope.py"], ["-x", "app.py"], ["tool"]])
def test_what_is_no_program_comes_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tool").touch()
    with pytest.raises(AdvisorError) as caught:
        program_of(words)
    assert caught.value.hint


def test_the_project_is_around_the_script_or_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    for folder in (tmp_path, inner):
        (folder / "pyproject.toml").touch()
    monkeypatch.chdir(tmp_path)
    assert project_of(["inner/app.py"], None).root == inner
    assert project_of(["-m", "inner"], None).root == tmp_path


def test_each_program_of_each_project_has_a_file_of_its_own(tmp_path: Path) -> None:
    here, there = Project(tmp_path / "here"), Project(tmp_path / "there")
    files = {default_file(tmp_path, each, program) for each in (here, there) for program in (["a.py"], ["-m", "b"])}
    assert len(files) == 4


def test_an_interpreter_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(AdvisorError, match="cannot be run"):
        record(["app.py"], str(tmp_path / "python"), Project(tmp_path), tmp_path / "p.json")


def test_a_run_too_short_leaves_no_file(tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text("pass\n", encoding="utf-8")
    with pytest.raises(AdvisorError, match="too short to sample") as caught:
        record([str(script)], sys.executable, Project(tmp_path), tmp_path / "p.json")
    assert "2 seconds" in caught.value.hint
    assert not (tmp_path / "p.json").exists()


def test_a_program_that_fails_at_once_ends_with_its_code(tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text("raise SystemExit(7)\n", encoding="utf-8")
    with pytest.raises(AdvisorError, match=r"failed \(exit code 7\)") as caught:
        record([str(script)], None, Project(tmp_path), tmp_path / "p.json")
    assert caught.value.exit_code == 7


def test_scalene_missing_is_said_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script, shadow = tmp_path / "app.py", tmp_path / "shadow"
    script.write_text("pass\n", encoding="utf-8")
    shadow.mkdir()
    (shadow / "scalene.py").write_text("raise ImportError('not here')\n", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(shadow))
    with pytest.raises(AdvisorError, match=r"has no Scalene \(not here\)") as caught:
        record([str(script)], sys.executable, Project(tmp_path), tmp_path / "p.json")
    assert caught.value.hint.endswith("-m pip install scalene")


def test_the_environment_of_the_program_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    assert project_interpreter(project) is None
    venv.create(tmp_path / ".venv", with_pip=False)
    own = tmp_path / ".venv" / "bin" / "python"
    assert project_interpreter(project) == str(own)
    (tmp_path / "deep").mkdir()
    monkeypatch.chdir(tmp_path / "deep")
    assert project_interpreter(project) == str(own)
    venv.create(tmp_path / "active", with_pip=False)
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))
    assert project_interpreter(project) == str(tmp_path / "active" / "bin" / "python")
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)  # that of the advisor itself
    assert project_interpreter(project) is None
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "gone"))
    assert project_interpreter(project) is None


def test_an_environment_without_scalene_and_pip_is_told_how_to_get_it(tmp_path: Path) -> None:
    venv.create(tmp_path / ".venv", with_pip=False)
    (tmp_path / "app.py").write_text("print(1)\n")
    python = str(tmp_path / ".venv" / "bin" / "python")
    with pytest.raises(AdvisorError, match="has no Scalene") as caught:
        record([str(tmp_path / "app.py")], python, Project(tmp_path), tmp_path / "p.json")
    assert caught.value.hint == f"uv pip install --python {python} scalene"
