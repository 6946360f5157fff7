"""Real programs with a fault in their concurrency: the fault is found where it stands, does what is said, and is mended.

Each folder of `tests/misuses/` holds `broken.py` and `mended.py`. Comments at the head of `broken.py` say what holds:
`# fault: SLUG`, the rule that must speak on the lines marked `# here` and nowhere else (nor in the mended program);
`# shows: WAY [TEXT]`, what happens when it runs: it `prints` TEXT, `fails` with TEXT on its error output, or `hangs`;
`# mended: TEXT`, what the mended program prints before it exits with 0; `# python: 3.14`, the target to analyse for,
where that is another one; `# needs: PACKAGE`, what must be installed to run it. A program that only wastes time or
memory says `# shows: nothing`, and why, and is not run.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.running import PYTHON, analyse

FOLDER = Path(__file__).parent / "misuses"
NAMES = sorted(folder.name for folder in FOLDER.iterdir() if (folder / "broken.py").exists())
_HANGS = 4.0  # seconds after which a program that ends within a tenth of them is taken to hang
_ENDS = 60.0


@dataclass(frozen=True, slots=True)
class Misuse:
    """A faulty program: what must be said of it, and what it does."""

    folder: Path
    options: dict[str, str]

    @property
    def slug(self) -> str:
        return self.options["fault"]

    def marked(self) -> set[int]:
        lines = (self.folder / "broken.py").read_text(encoding="utf-8").splitlines()
        return {number for number, line in enumerate(lines, 1) if line.endswith("# here")}


@cache
def misuse(name: str) -> Misuse:
    head = re.findall(r"^# ([a-z-]+): (.+)$", (FOLDER / name / "broken.py").read_text(encoding="utf-8"), re.MULTILINE)
    return Misuse(FOLDER / name, dict(head))


def told(program: Misuse, file: str, folder: Path) -> set[int]:
    """The lines on which the rule speaks."""
    shutil.copy(program.folder / file, folder / "app.py")
    report = analyse(folder, target_python=program.options.get("python", PYTHON))
    return {finding.line for finding in report.findings if finding.rule == program.slug}


@pytest.mark.parametrize("name", NAMES)
def test_the_fault_is_found_where_it_stands(name: str, tmp_path: Path) -> None:
    program = misuse(name)
    assert program.marked()
    assert told(program, "broken.py", tmp_path) == program.marked()


@pytest.mark.parametrize("name", NAMES)
def test_the_mended_program_has_it_no_more(name: str, tmp_path: Path) -> None:
    assert told(misuse(name), "mended.py", tmp_path) == set()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if not misuse(name).options["shows"].startswith("nothing")])
def test_the_fault_shows_and_is_gone_once_mended(name: str, tmp_path: Path) -> None:
    program = misuse(name)
    missing = [p for p in program.options.get("needs", "").split() if importlib.util.find_spec(p) is None]
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed")
    way, _, text = program.options["shows"].partition(" ")
    broken = run(program.folder / "broken.py", tmp_path, _HANGS if way == "hangs" else _ENDS)
    mended = run(program.folder / "mended.py", tmp_path, _ENDS)
    assert mended is not None
    assert mended.returncode == 0, mended.stderr
    assert mended.stdout.strip().splitlines()[-1] == program.options["mended"]
    if way == "hangs":
        assert broken is None
    else:
        assert broken is not None
        assert text in (broken.stdout if way == "prints" else broken.stderr)
        assert way in ("prints", "fails")
        assert broken.stdout != mended.stdout or broken.returncode != 0


def run(file: Path, folder: Path, seconds: float) -> subprocess.CompletedProcess[str] | None:
    """What the program did in `folder`; None if it was still running after `seconds`, and was ended with its children."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    process = subprocess.Popen(
        [sys.executable, str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
        env=environment, start_new_session=True,
    )  # fmt: skip
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.communicate()
        return None
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)
