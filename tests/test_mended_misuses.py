"""The faulty programs of `tests/misuses/`, mended by `advisor generate`: the fault is gone, and they do what they should."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from advisor.errors import AdvisorError
from advisor.refactoring import refactor, wanted
from advisor.settings import Settings
from advisor.stages.generate import MENDED
from tests.generating import lint
from tests.running import PYTHON, analyse
from tests.test_misuses import NAMES, misuse, run

SAYS = {
    "pool_for_one_call": r"^(\d|[12]\d|3[0-2]) threads$",
    "submit_errors_lost": "ValueError: bad name",
    "task_done_skipped": "^2 sizes$",
    "task_errors_never_read": "ValueError: bad row",
    "wait_hides_errors": "ValueError: bad name",
}
"""What is said by a program that was mended in another way than by hand."""
REFUSED = {
    "counter_in_two_threads": "shared-write",
    "lock_made_in_the_call": "shared-write",
    "forked_beside_a_thread": "carried-dependence",
    "function_before_exec": "process-state",
    "popped_by_another": "layout",
    "queue_empty_then_get": "layout",
}
"""The programs that are for a person to mend."""
_NAMES = [name for name in NAMES if misuse(name).slug in MENDED]


def mended(name: str, folder: Path) -> Path:
    """The program with every fault of its mended, in a folder with what lies beside it."""
    program = misuse(name)
    shutil.copytree(program.folder, folder, dirs_exist_ok=True)
    (folder / "mended.py").rename(folder / "other.py")
    (folder / "pyproject.toml").touch()
    file = (folder / "broken.py").rename(folder / "app.py")
    settings = Settings(jobs=1, target_python=program.options.get("python", PYTHON))
    for line in sorted(program.marked(), reverse=True):
        file.write_text(refactor(wanted(f"{file}:{line}", None, None), settings).files[0].text, encoding="utf-8")
    return file


@pytest.mark.parametrize("name", _NAMES)
def test_the_fault_is_gone(name: str, tmp_path: Path) -> None:
    if name in REFUSED:
        with pytest.raises(AdvisorError, match=rf"\({REFUSED[name]}\)"):
            mended(name, tmp_path / "app")
        return
    file = mended(name, tmp_path / "app")
    (file.parent / "other.py").unlink()
    report = analyse(file.parent, target_python=misuse(name).options.get("python", PYTHON))
    assert misuse(name).slug not in {finding.rule for finding in report.findings}
    text = file.read_text(encoding="utf-8")
    assert not lint(text) - lint((misuse(name).folder / "broken.py").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in _NAMES if name not in REFUSED])
def test_the_program_does_what_it_should(name: str, tmp_path: Path) -> None:
    file = mended(name, tmp_path / "app")
    (file.parent / "other.py").rename(file.parent / "mended.py")
    done = run(file, file.parent, 60.0)
    assert done is not None
    said = SAYS.get(name, f"^{re.escape(misuse(name).options['mended'])}$")
    assert re.search(said, done.stdout + done.stderr, re.MULTILINE), done.stdout + done.stderr
