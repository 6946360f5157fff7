"""Record: one run of a program under Scalene, in the interpreter of the user's choice, as a saved profile.

The program keeps its standard input, output and error, its arguments, and its exit code. The saved profile is Scalene's
own JSON with one key more, `advisor`: where the sources lay, their hashes, and the rounds that the loops made.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from advisor import __version__
from advisor.children import scratch_folder, wait_for
from advisor.errors import AdvisorError
from advisor.files import put, read_text
from advisor.inputs.machine import usable_cores
from advisor.inputs.profile import sources_of, too_short_hint
from advisor.inputs.project import ENVIRONMENT_MARK, Project

_CHILD = Path(__file__).with_name("child.py")
_KNOWN_MODULES = frozenset({"pytest"})
_IN_ENVIRONMENT = Path("Scripts/python.exe") if os.name == "nt" else Path("bin/python")
_LARGEST = 500_000_000  # bytes of a profile
_PYTHONS = frozenset({"python", "python3"})


@dataclass(frozen=True, slots=True)
class Recorded:
    """The saved profile, the seconds that the run took, how often it was sampled, the files that ran, the program's exit code."""

    file: Path
    seconds: float
    samples: int
    ran: tuple[Path, ...]
    exit_code: int


def program_of(words: Sequence[str]) -> list[str]:
    """The program as Scalene takes it: a script, or `-m` and a module, and its arguments.

    `pytest …` and `python app.py …` mean what a shell would make of them. AdvisorError for what is neither.
    """
    words = list(words)
    if words and words[0] in _PYTHONS:
        del words[0]
    if not words:
        raise AdvisorError("which program?", "put it after two hyphens: advisor profile -- app.py --its arguments")
    if words[0] in _KNOWN_MODULES and not Path(words[0]).exists():
        words.insert(0, "-m")
    if words[0] == "-m":
        if len(words) < 2:
            raise AdvisorError("-m needs the name of a module", "like: advisor profile -- -m package --its arguments")
        return words
    if words[0].startswith("-"):
        raise AdvisorError(
            f"{words[0]}: neither a script nor -m MODULE", "options of advisor stand before the two hyphens"
        )
    if not Path(words[0]).is_file():
        raise AdvisorError(f"{words[0]}: no such script", "give a Python file, `-m MODULE` or `pytest`")
    if not words[0].endswith(".py"):  # Scalene looks for the first argument that does
        raise AdvisorError(
            f"{words[0]}: not a Python file by its name", "its name must end in .py, or run it as a module"
        )
    return words


def project_of(program: Sequence[str], given: Path | None) -> Project:
    """The project that the program belongs to: around its script, else around this folder."""
    return Project.around([Path()] if program[0] == "-m" else [Path(program[0])], given)


def project_interpreter(project: Project) -> str | None:
    """The Python of the environment that the program is developed in: the active one, else `.venv` or `venv` of this folder
    or the project. None where there is none, or where it is the one that runs the advisor."""
    active = os.environ.get("VIRTUAL_ENV")
    folders = dict.fromkeys((Path.cwd(), project.root))
    places = [Path(active)] if active else [folder / name for folder in folders for name in (".venv", "venv")]
    for place in places:
        if place.resolve() == Path(sys.prefix).resolve():
            return None
        python = place / _IN_ENVIRONMENT
        if (place / ENVIRONMENT_MARK).is_file() and os.access(python, os.X_OK):
            return str(python)
    return None


def default_file(cache: Path, project: Project, program: Sequence[str]) -> Path:
    """Where a profile is kept that nobody gave a name: one for each program of each project."""
    name = program[1] if program[0] == "-m" else Path(program[0]).stem
    whose = sha256(os.fsencode(project.root / name)).hexdigest()[:8]
    return cache / "profiles" / f"{name}-{whose}.json"


def record(program: Sequence[str], python: str | None, project: Project, file: Path) -> Recorded:
    """Runs `program` and saves its profile in `file`.

    AdvisorError where the interpreter or Scalene is missing, and where the run was too short to sample; its exit code
    is that of the program if that failed.
    """
    interpreter = python or sys.executable
    with scratch_folder() as scratch:
        raw, outcome = Path(scratch, "profile.json"), Path(scratch, "outcome.json")
        options = ["run", "--cpu-only", "-o", str(raw), "--program-path", str(project.root)]
        command = [
            interpreter,
            str(_CHILD),
            str(os.getpid()),
            str(outcome),
            str(project.root),
            *options,
            *_with_arguments(program),
        ]
        code = _run(command, interpreter)
        ended = _read(outcome)
        if "missing" in ended:
            install = f"{_installer(interpreter)} scalene"
            raise AdvisorError(f"{interpreter} has no Scalene ({ended['missing']})", install)
        document = _read(raw)
    if not document.get("files"):
        if code:
            raise AdvisorError(
                f"the program failed (exit code {code}) before it could be sampled", too_short_hint(), code
            )
        raise AdvisorError("the run was too short to sample", too_short_hint())
    document["advisor"] = {
        "version": __version__,
        "root": str(project.root),
        "program": list(program),
        "exit_code": code,
        "cores": usable_cores(),
        "sources": sources_of(document),
        **ended,
    }
    _save(document, file)
    samples = sum(count["count"] for _, count in document.get("stacks", ()))
    return Recorded(file, document["elapsed_time_sec"], samples, tuple(map(Path, document["files"])), code)


def _installer(interpreter: str) -> str:
    """How to install into the environment of `interpreter`: those that uv makes have no pip."""
    root = Path(interpreter).parents[1] if len(Path(interpreter).parents) > 1 else Path(interpreter)
    has_pip = not (root / ENVIRONMENT_MARK).is_file() or any(root.glob("lib*/python*/site-packages/pip"))
    return f"{interpreter} -m pip install" if has_pip else f"uv pip install --python {interpreter}"


def _with_arguments(program: Sequence[str]) -> list[str]:
    """Three hyphens stand between the program and its arguments."""
    named = 2 if program[0] == "-m" else 1
    return [*program[:named], "---", *program[named:]]


def _run(command: Sequence[str], interpreter: str) -> int:
    """The exit code, as a shell would show it. An interrupt is the program's affair: it ends, and its profile is kept."""
    try:
        process = subprocess.Popen(command)
    except OSError as error:
        hint = "--python takes the path of an interpreter"
        raise AdvisorError(f"{interpreter}: cannot be run: {error.strerror}", hint) from error
    with suppress(ValueError):  # not in the main thread
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            code = wait_for(process)
        finally:
            signal.signal(signal.SIGINT, before)
        return code if code >= 0 else 128 - code
    return wait_for(process)


def _read(file: Path) -> dict[str, Any]:
    """What a child process wrote; empty where it ended before it could."""
    try:
        data: dict[str, Any] = json.loads(read_text(file, largest=_LARGEST))
    except (OSError, ValueError, RecursionError):
        return {}
    return data


def _save(document: dict[str, Any], file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        put(file, json.dumps(document).encode())
    except OSError as error:
        raise AdvisorError(
            f"{file}: cannot be written: {error.strerror}", "give a file in a folder that exists"
        ) from error
