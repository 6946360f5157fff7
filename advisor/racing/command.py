"""The command that is raced: which interpreter runs it, with which words, folders and environment in a scratch copy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.errors import AdvisorError
from advisor.measuring.record import project_interpreter, project_of
from advisor.racing.scratch import Place

_MODULES = frozenset({"pytest"})
_PYTHONS = frozenset({"python", "python3"})
_ASK = "import json, sys; print(json.dumps([list(sys.version_info[:2]), sys.path]))"
_LONGEST_TEMPORARY = 70  # characters: sockets lie there, whose paths have to be short


@dataclass(frozen=True, slots=True)
class Command:
    """`words` is the program as the interpreter takes it; `version` that of `interpreter`, `searched` where it imports from."""

    words: tuple[str, ...]
    interpreter: str
    version: tuple[int, int]
    searched: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(self.words)

    def at(self, place: Place) -> list[str]:
        return [self.interpreter, *map(place.moved, self.words)]

    def environment(self, place: Place) -> dict[str, str]:
        """The user's, with what is imported from the project taken from the copy, and hashing the same in every run."""
        given = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
        moved = [place.moved(path) for path in dict.fromkeys([*given, *self.searched])]
        ours = [path for path in moved if Path(path).is_relative_to(place.tree) or path in given]
        chosen = {"PYTHONPYCACHEPREFIX": str(place.compiled), "PWD": str(place.here)}
        if ours:
            chosen["PYTHONPATH"] = os.pathsep.join(ours)
        if len(str(place.temporary)) <= _LONGEST_TEMPORARY:
            chosen["TMPDIR"] = str(place.temporary)
        environment = {"PYTHONHASHSEED": "0", **os.environ, **chosen}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        return environment

    @property
    def script(self) -> Path | None:
        return None if self.words[0] == "-m" else Path(self.words[0])


def command_of(words: Sequence[str], python: str | None) -> Command:
    """The command in `words`: a script, `-m` and a module, or `pytest`, and its arguments; `python app.py` as well.

    AdvisorError for what is neither, and for an interpreter that does not run.
    """
    words = list(words)
    if words and words[0] in _PYTHONS:
        del words[0]
    if not words:
        raise AdvisorError(
            "which program?", "put it after two hyphens: advisor race app.py:42 -- app.py --its arguments"
        )
    if words[0] in _MODULES and not Path(words[0]).exists():
        words.insert(0, "-m")
    if words[0] == "-m" and len(words) < 2:
        raise AdvisorError(
            "-m needs the name of a module", "like: advisor race app.py:42 -- -m package --its arguments"
        )
    if words[0] != "-m" and words[0].startswith("-"):
        hint = "a script or -m MODULE follows the two hyphens; options of advisor stand before them"
        raise AdvisorError(f"{words[0]}: neither a script nor -m MODULE", hint)
    if words[0] != "-m" and not Path(words[0]).is_file():
        raise AdvisorError(f"{words[0]}: no such script", "give a Python file, `-m MODULE` or `pytest`")
    interpreter = python or project_interpreter(project_of(words, None)) or sys.executable
    version, searched = _asked(interpreter)
    return Command(tuple(words), interpreter, version, searched)


def _asked(interpreter: str) -> tuple[tuple[int, int], tuple[str, ...]]:
    try:
        told = subprocess.run(
            [interpreter, "-c", _ASK], capture_output=True, text=True, timeout=60, check=True, cwd="/",
            stdin=subprocess.DEVNULL,
        ).stdout  # fmt: skip
        version, path = json.loads(told.splitlines()[-1])
    except OSError as error:
        raise AdvisorError(
            f"{interpreter}: cannot be run: {error.strerror}", "--python takes an interpreter"
        ) from error
    except (subprocess.SubprocessError, ValueError, IndexError) as error:
        raise AdvisorError(f"{interpreter}: is not a Python interpreter", "--python takes an interpreter") from error
    return (version[0], version[1]), tuple(each for each in path if each)


def shell(command: str, place: Place, environment: Mapping[str, str], timeout: float) -> None:
    """Runs a command line of the user's in the copy. AdvisorError where it fails."""
    from advisor.racing.output import ALL
    from advisor.racing.running import run

    ran = run(["/bin/sh", "-c", command], place.here, environment, timeout, ALL)
    if ran.timed_out:
        raise AdvisorError(f"{command}: did not end within {timeout:g} s", "--timeout gives it longer")
    if ran.exit_code:
        last = ran.errors.strip().rpartition("\n")[2]
        raise AdvisorError(f"{command}: failed with exit code {ran.exit_code}", last or "it is run in a scratch copy")
