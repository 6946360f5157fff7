"""Configuration: which file holds for which path, what it may name, and the commands that show and write it."""

from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from advisor.configuration import configured_root
from advisor.errors import AdvisorError
from advisor.inputs.project import Project
from advisor.settings import Settings, load_settings
from tests.test_cli import CRAWLER, NOTHING_TO_FIND, Advisor, advisor

__all__ = ["advisor"]  # the fixture

SLUG = "independent-waits-in-sync-code"


def lay_out(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


# ---- which file


def test_the_file_of_its_own_needs_no_section(tmp_path: Path) -> None:
    lay_out(tmp_path, {"advisor.toml": "cores = 3\n", "pyproject.toml": "[tool.ruff]\n"})
    assert load_settings(tmp_path, {}).cores == 3
    lay_out(tmp_path, {"advisor.toml": "croes = 3\n"})
    with pytest.raises(AdvisorError, match=r'advisor\.toml: unknown key "croes"') as caught:
        load_settings(tmp_path, {})
    assert caught.value.hint == 'did you mean "cores"?'


def test_two_files_that_both_configure_are_refused(tmp_path: Path) -> None:
    lay_out(tmp_path, {"advisor.toml": "", "pyproject.toml": "[tool.advisor]\n"})
    with pytest.raises(AdvisorError, match="both configure the advisor"):
        load_settings(tmp_path, {})


def test_the_configuration_of_a_repository_holds_for_the_packages_in_it(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": "[tool.advisor]\ncores = 3\n",
        "packages/one/pyproject.toml": "[project]\nname = 'one'\n",
        "packages/two/pyproject.toml": "[tool.advisor]\ncores = 2\n",
        "packages/one/app.py": "",
        "packages/two/app.py": "",
    }
    lay_out(tmp_path, files)
    one, two = tmp_path / "packages/one/app.py", tmp_path / "packages/two/app.py"
    assert Project.around([one]).root == one.parent  # no repository: what lies above may be anyone's
    (tmp_path / ".git").mkdir()
    assert Project.around([one]).root == tmp_path
    assert Project.around([two]).root == two.parent
    (tmp_path / "packages/.git").mkdir()
    assert configured_root(one.parent) == one.parent


# ---- what it may name


@pytest.mark.parametrize("key", ["paths", "rules", "baseline", "output"])
def test_a_file_names_only_what_is_below_it(tmp_path: Path, key: str) -> None:
    lay_out(tmp_path, {"outside/sites/x.yml": "", "project/inside/sites/x.yml": "", "project/.git/config": ""})
    project = tmp_path / "project"
    (project / "link").symlink_to(tmp_path / "outside")

    def configure(value: str) -> Settings:
        lay_out(project, {"advisor.toml": f"{key} = {json.dumps([value] if key in ('paths', 'rules') else value)}\n"})
        return load_settings(project, {})

    assert getattr(configure("inside"), key) in (project / "inside", (project / "inside",))
    for value in ("../outside", str(tmp_path / "outside"), "link", "inside/../../outside"):
        with pytest.raises(AdvisorError, match=rf"advisor\.toml: {key}: .* is outside of the project"):
            configure(value)
    with pytest.raises(AdvisorError, match="belongs to git"):
        configure(".git")
    given = Path("../outside")
    assert getattr(load_settings(project, {key: [given] if key in ("paths", "rules") else given}), key)


def test_a_link_among_the_rules_leads_nowhere_else(tmp_path: Path) -> None:
    lay_out(tmp_path, {"secret.yml": "password: hunter2\n", "project/ours/sites/a.yml": "", "project/advisor.toml": ""})
    lay_out(tmp_path, {"project/advisor.toml": 'rules = ["ours"]\n'})
    load_settings(tmp_path / "project", {})
    (tmp_path / "project/ours/sites/b.yml").symlink_to(tmp_path / "secret.yml")
    with pytest.raises(AdvisorError, match="outside of the project"):
        load_settings(tmp_path / "project", {})


# ---- the keys at work


def test_configured_paths_output_and_ignores_by_file(advisor: Advisor) -> None:
    advisor.write("src/app.py", CRAWLER)
    advisor.write("checks/check.py", CRAWLER)
    advisor.write("other/app.py", CRAWLER)
    table = f'paths = ["src", "checks"]\noutput = "report.json"\nformat = "json"\nper-file-ignores = {{"checks/*" = ["{SLUG}"]}}\n'
    advisor.write("advisor.toml", table)
    assert advisor("analyze") == (0, "", "")
    report = json.loads((advisor.folder / "report.json").read_text())
    assert [finding["path"] for finding in report["findings"]] == ["src/app.py"]
    assert report["summary"]["files"] == 2
    on_the_line = advisor("analyze", "src", "checks", "-o", "other.json", "--per-file-ignores", f"src/:{SLUG}")
    assert (on_the_line.code, on_the_line.err) == (0, "")
    report = json.loads((advisor.folder / "other.json").read_text())
    assert [finding["path"] for finding in report["findings"]] == ["checks/check.py"]
    advisor.write("advisor.toml", 'per-file-ignores = {"a.py" = ["independent-waits-in-sync"]}\n')
    wrong = advisor("analyze", "src")
    assert (wrong.code, "advisor.toml: per-file-ignores: there is no rule" in wrong.err) == (2, True)
    assert advisor("analyze", "--per-file-ignores", "a.py").err.startswith("error: --per-file-ignores a.py: no pattern")


def test_what_is_named_is_left_out_only_on_demand(advisor: Advisor) -> None:
    advisor.write("gen/app.py", NOTHING_TO_FIND)
    advisor.write("advisor.toml", 'exclude = ["gen/"]\n')
    for arguments, files in (
        (("gen/app.py",), 1),
        (("gen/app.py", "--force-exclude"), 0),
        (("gen", "--force-exclude"), 0),
    ):
        report = json.loads(advisor("analyze", *arguments, "--format", "json").out)
        assert report["summary"]["files"] == files


# ---- config show


def test_every_setting_with_its_origin(advisor: Advisor) -> None:
    advisor.write(
        "pyproject.toml", '[tool.advisor]\ncores = [2, 4]\nbaseline = "known.json"\nper-file-ignores = {"a" = ["b"]}\n'
    )
    advisor.write("src/app.py", "")
    shown = advisor("config", "show", "src/app.py")
    assert shown.code == 0
    assert "cores = [2, 4]" in shown.out
    table = tomllib.loads(shown.out)  # what is printed is a configuration itself
    assert (table["baseline"], table["per-file-ignores"], table["confidence"]) == ("known.json", {"a": ["b"]}, "medium")
    rows = json.loads(advisor("config", "show", "--format", "json").out)
    assert rows["cores"] == {"value": [2, 4], "from": "pyproject.toml: [tool.advisor]"}
    assert rows["confidence"] == {"value": "medium", "from": "default"}
    assert rows["target-python"]["from"].startswith("default: Python 3.")
    assert advisor("config", "show", "nowhere").code == 2
    assert advisor("config", "show", "--format", "xml").code == 2


# ---- init


def test_init_adds_and_never_changes(advisor: Advisor) -> None:
    before = '[project]\nrequires-python = ">=3.12"  # as it is'
    advisor.write("pyproject.toml", before)
    hooks = "# ours\nrepos:\n  - repo: local\n    hooks: [{id: other, name: o, entry: o, language: system}]\n"
    advisor.write(".pre-commit-config.yaml", hooks)
    (advisor.folder / "src").mkdir()
    ran = advisor("init")
    assert (ran.code, ran.out) == (0, "")
    assert "added [tool.advisor] to pyproject.toml" in ran.err
    text = (advisor.folder / "pyproject.toml").read_text()
    assert text.startswith(before)
    settings = load_settings(advisor.folder, {})
    assert (settings.target_python, settings.paths) == ("3.12", (advisor.folder / "src",))
    added = (advisor.folder / ".pre-commit-config.yaml").read_text()
    assert added.startswith(hooks)
    assert [hook["id"] for repo in yaml.safe_load(added)["repos"] for hook in repo["hooks"]] == ["other", "advisor"]
    again = advisor("init")
    assert "kept" in again.err
    assert "added" not in again.err
    assert (advisor.folder / "pyproject.toml").read_text() == text


def test_init_without_any_file_and_with_one_it_cannot_extend(advisor: Advisor) -> None:
    (advisor.folder / "pyproject.toml").unlink()
    odd = "repos: []\n"
    advisor.write(".pre-commit-config.yaml", odd)
    ran = advisor("init")
    assert "created advisor.toml" in ran.err
    assert "add the hook by hand" in ran.err
    assert load_settings(advisor.folder, {}).model_dump() == Settings().model_dump()
    assert (advisor.folder / ".pre-commit-config.yaml").read_text() == odd
    assert advisor("init", "nowhere").code == 2


@pytest.mark.slow
def test_the_hook_that_init_writes_is_valid(advisor: Advisor) -> None:
    assert advisor("init").code == 0
    command = ["python", "-m", "pre_commit", "validate-config", ".pre-commit-config.yaml"]
    ran = subprocess.run(command, cwd=advisor.folder, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, ran.stdout


# ---- a repository of several packages


@pytest.mark.parametrize("folder", ["", "packages", "packages/one/src"])
def test_what_a_finding_says_can_be_generated_from_where_one_stands(
    advisor: Advisor, monkeypatch: pytest.MonkeyPatch, folder: str
) -> None:
    (advisor.folder / ".git").mkdir()
    advisor.write("packages/one/pyproject.toml", "[project]\nname = 'one'\n")
    advisor.write("packages/one/src/app.py", CRAWLER)
    monkeypatch.chdir(advisor.folder / folder)
    place = advisor("analyze").out.split()[0].rpartition(":")[0]
    ran = advisor("generate", place)
    assert (ran.code, place.endswith("app.py:6")) == (0, True)
    assert ran.out.startswith(f"--- a/{place.rpartition(':')[0]}\n")
