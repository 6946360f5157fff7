"""Planted faults: programs as ordinary projects write them, with one fault in their concurrency or with what only resembles it.

The comments at the head of each say what holds: `# kind:` of fault, `# fault: LINE | LINE` where a reviewer may put the
finger (the first is where most would), or `none`, `# why:`, and `# python:` where it holds for that target alone. Some were
seen when they ran: `# seen:`. `scripts/compare_linters.py` holds linters against the same programs.
"""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from advisor.model.report import FindingKind
from advisor.pipeline import advise
from advisor.settings import Settings
from tests.knowing import rules_at_hand
from tests.running import PYTHON

FOLDER = Path(__file__).parent / "planted"
LEAST = 0.9  # of the faults, at default settings: what was told when the programs had been looked at


@dataclass(frozen=True, slots=True)
class Planted:
    """A program with the lines on which its fault may be told; none for one without."""

    name: str
    kind: str
    lines: tuple[int, ...]
    python: str


@cache
def planted() -> tuple[Planted, ...]:
    return tuple(map(_read, sorted(FOLDER.glob("*.py"))))


def _read(file: Path) -> Planted:
    head = dict(re.findall(r"^# (kind|fault|python): *(.+)$", file.read_text(encoding="utf-8"), re.MULTILINE))
    lines = () if head["fault"] == "none" else tuple(map(int, re.findall(r"\d+", head["fault"])))
    return Planted(file.stem, head["kind"], lines, head.get("python", PYTHON))


@cache
def told() -> dict[str, list[tuple[int, int, str, bool]]]:
    """What is shown of each at default settings: first and last line, rule, and whether it is a misuse."""
    found = {}
    with rules_at_hand(), TemporaryDirectory() as scratch:
        for program in planted():
            folder = Path(scratch) / program.name
            folder.mkdir()
            shutil.copy(FOLDER / f"{program.name}.py", folder / "app.py")
            report = advise((folder,), Settings(project=folder, target_python=program.python, cores=4, jobs=1))
            found[program.name] = [
                (each.line, max(each.line, each.end_line), each.rule, each.kind is FindingKind.MISUSE)
                for each in report.findings
            ]
    return found


def is_told(program: Planted) -> bool:
    return any(first <= line <= last for line in program.lines for first, last, _, _ in told()[program.name])


@pytest.mark.slow
def test_most_planted_faults_are_told() -> None:
    faulty = [program for program in planted() if program.lines]
    missed = [f"{program.name} ({program.kind})" for program in faulty if not is_told(program)]
    assert len(missed) <= (1 - LEAST) * len(faulty), missed


def test_what_only_resembles_a_fault_is_no_misuse() -> None:
    sound = [program for program in planted() if not program.lines]
    wrong = {program.name: told()[program.name] for program in sound if any(each[3] for each in told()[program.name])}
    assert not wrong
