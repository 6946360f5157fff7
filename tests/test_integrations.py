"""The action for GitHub and the template for GitLab: what they run is run, with the variables that the service would set."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.running import ROOT
from tests.test_cli import CRAWLER, NOTHING_TO_FIND


def load(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one finding, and `advisor` where the action would have installed it."""
    for name in ("advisor/bin", "project"):
        (tmp_path / name).mkdir(parents=True)
    command = tmp_path / "advisor/bin/advisor"
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m advisor "$@"\n')
    command.chmod(0o755)
    (tmp_path / "project/app.py").write_text(CRAWLER)
    (tmp_path / "project/other.py").write_text(NOTHING_TO_FIND)
    return tmp_path / "project"


def run(script: str, project: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    command = project.parent / "advisor/bin"
    environment = os.environ | {
        "PATH": f"{command}:{os.environ['PATH']}", "RUNNER_TEMP": str(project.parent), "PYTHONPATH": str(ROOT), **variables,
    }  # fmt: skip
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],  # as GitHub starts it
        cwd=project, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def analyse(project: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The last step of the action with its inputs as GitHub would pass them."""
    action = load("action.yml")
    step = action["runs"]["steps"][-1]
    assert "${{" not in step["run"]  # or an input could add code to the script
    defaults = {name: str(each["default"]) for name, each in action["inputs"].items()}
    assert inputs.keys() <= defaults.keys()
    given = defaults | inputs
    variables = {name: given[value.split(".")[1].split(" ")[0]] for name, value in step["env"].items()}
    return run(step["run"], project, **variables)


@pytest.mark.slow
def test_the_action_fails_on_what_it_is_told_to(project: Path) -> None:
    ran = analyse(project, **{"paths": "app.py other.py", "fail-on": "medium", "format": "json"})
    assert (ran.returncode, ran.stderr) == (1, "")
    assert [finding["path"] for finding in json.loads(ran.stdout)["findings"]] == ["app.py"]
    ran = analyse(project, paths="other.py", format="json", arguments="--all --cores 2", output="report.json")
    assert (ran.returncode, ran.stdout) == (0, "")
    assert json.loads((project / "report.json").read_text())["target"]["cores"] == 2
    hostile = analyse(project, paths="$(touch bad) ; touch bad", format="json")
    assert (hostile.returncode, (project / "bad").exists()) == (2, False)


@pytest.mark.slow
def test_the_action_marks_lines_by_default(project: Path) -> None:
    ran = analyse(project, **{"fail-on": "never"})
    assert ran.returncode == 0
    assert "file=app.py" in ran.stdout


def test_the_action_names_only_inputs_that_it_has() -> None:
    action = load("action.yml")
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    for name in action["inputs"]:
        assert f"inputs.{name} }}}}" in text
    assert action["runs"]["using"] == "composite"
    assert all(step.get("shell") or step.get("uses") for step in action["runs"]["steps"])


@pytest.mark.slow
def test_the_template_for_gitlab_writes_its_report(project: Path) -> None:
    template = load("integrations/gitlab.yml")
    job = template["advisor"]
    variables = {name: str(value) for name, value in template["variables"].items()}
    ran = run("\n".join(job["script"]), project, **variables)
    assert ran.returncode == 0, ran.stderr
    report = json.loads((project / job["artifacts"]["reports"]["codequality"]).read_text())
    assert [issue["location"]["path"] for issue in report] == ["app.py"]
