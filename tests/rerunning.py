"""Runs whole programs before and after their refactor, and tells whether they did the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.refactoring import refactor, wanted
from advisor.rewriting import replace_files
from advisor.settings import Settings
from tests.loopback import Servers

PROGRAMS = Path(__file__).parent / "programs"
MODELS = ("threading", "multiprocessing", "asyncio")
_EXECUTORS = ("dask",)
_OPTION = re.compile(r"^# (\w[\w ]*): (.+)$", re.MULTILINE)
_CLOCK = re.compile(r"\b\d:\d\d:\d\d\b")  # what a progress bar says of the time it took
_START = """\
import multiprocessing
import os

multiprocessing.set_start_method(os.environ["START"], force=True)
"""  # as `sitecustomize`, which each interpreter imports first


@dataclass(frozen=True, slots=True)
class Program:
    """A file of `tests/programs` and what its first comments say: `models`, `refuse MODEL`, `site`, `overlap`, `early`, `as`, …"""

    name: str
    text: str
    options: dict[str, str]

    @property
    def models(self) -> Sequence[str]:
        return self.options["models"].split() if "models" in self.options else MODELS

    @property
    def has_no_site(self) -> bool:
        """Is there nothing to rewrite on the marked line?"""
        return self.options.get("site") == "none"

    def overlap(self, model: str) -> int:
        """How many requests must be under way at the same time once the program has been rewritten."""
        return min(int(self.options.get("overlap", "0")), 2 if model == "multiprocessing" else 16)

    @property
    def encoding(self) -> str:
        return "latin-1" if self.options.get("as") == "latin-1" else "utf-8"

    def data(self) -> bytes:
        """The bytes of the file in the shape asked for with `as`."""
        match self.options.get("as"):
            case "crlf":
                return self.text.replace("\n", "\r\n").encode()
            case "bom":
                return b"\xef\xbb\xbf" + self.text.encode()
            case "tabs":
                return re.sub(r"^( {4})+", lambda m: "\t" * (len(m[0]) // 4), self.text, flags=re.MULTILINE).encode()
            case _:
                return self.text.encode(self.encoding)


def programs() -> list[Program]:
    found = []
    for file in sorted(PROGRAMS.glob("*.py")):
        text = file.read_text(encoding="utf-8")
        found.append(Program(file.stem, text, dict(_OPTION.findall(text))))
    return found


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run did, as far as anybody outside can tell; `most` requests were under way at the same time."""

    code: int
    out: str
    log: list[str]
    failure: str
    files: dict[str, bytes]
    asked: list[tuple[str, str]]
    most: int


def write(program: Program, folder: Path) -> Path:
    """The program as a project of its own."""
    folder.mkdir(parents=True)
    (folder / "pyproject.toml").touch()
    file = folder / f"{program.name}.py"
    file.write_bytes(program.data())
    return file


def rewrite(program: Program, file: Path, model: str) -> None:
    """`advisor generate FILE:LINE --model MODEL --write`, or with `--executor` where the model is the name of one."""
    line = 1 + next(n for n, row in enumerate(program.text.splitlines()) if row.endswith("# here"))
    kind, executor = (None, model) if model in _EXECUTORS else (model, None)
    accepted = program.options.get("accept", "").split()
    made = refactor(wanted(f"{file}:{line}", kind, executor, accept=accepted), Settings(jobs=1, cores=2))
    replace_files([(each.original, each.text) for each in made.files])


def run(file: Path, servers: Servers, expected: int = 0, start: str = "spawn") -> Ran:
    """Runs the program in its folder; `expected` requests must overlap, and processes begin the way of `start`."""
    (file.parent / "hooks").mkdir()
    (file.parent / "hooks" / "sitecustomize.py").write_text(_START)
    before = _files(file.parent)
    environment = {**os.environ, **servers.environment, "PYTHONPATH": str(file.parent / "hooks"), "START": start,
                   "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8"}  # fmt: skip
    servers.record.begin(expected)
    ran = subprocess.run([sys.executable, file.name], cwd=file.parent, env=environment, capture_output=True,
                         timeout=60, check=False)  # fmt: skip
    asked, most = servers.record.asked, servers.record.most
    log, failure = _told(ran.stderr.decode())
    port = servers.environment["API"].rpartition(":")[2]
    written = {name: data for name, data in _files(file.parent).items() if before.get(name) != data}
    return Ran(
        ran.returncode,
        _CLOCK.sub("0:00:00", ran.stdout.decode()).replace(port, "PORT"),
        log,
        failure.replace(port, "PORT"),
        written,
        asked,
        most,
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file() and f.suffix != ".pyc"}


def _told(stderr: str) -> tuple[list[str], str]:
    """The lines of standard error before any traceback, with the last count of a progress bar; and the last of all."""
    log, traceback, rest = stderr.partition("Traceback (most recent call last)")
    log = log.partition("concurrent.futures.process._RemoteTraceback")[0]
    bars = re.findall(r"\d+/\d+", log) if "\r" in log else []
    lines = [line for line in log.split("\n") if line.strip() and "\r" not in line]
    return [*lines, *bars[-1:]], rest.strip().splitlines()[-1] if traceback else ""


def differences(program: Program, model: str, old: Ran, new: Ran) -> list[str]:
    """All in which the rewritten program differs from what it was, or fails to gain what it is for."""
    found = [
        f"{what}:\n  before {before!r}\n  after  {after!r}"
        for what, before, after in (
            ("exit code", old.code, new.code),
            ("output", old.out, new.out),
            ("log", *(sorted(ran.log) if "log" in program.options else ran.log for ran in (old, new))),
            ("failure", old.failure, new.failure),
            ("files", old.files, new.files),
        )
        if before != after
    ]
    found += _other_requests(program, old, new)
    if new.most < program.overlap(model):
        found.append(f"only {new.most} requests at the same time, {program.overlap(model)} expected")
    return found


def _other_requests(program: Program, old: Ran, new: Ran) -> list[str]:
    """What only reads may come in any order, and ahead of a loop that ends early; what writes comes in order."""
    before, after = sorted(old.asked), sorted(new.asked)
    if "early" in program.options:
        before, after = sorted(set(before) - set(after)), []
    if before != after:
        return [f"requests:\n  before {before}\n  after  {after}"]
    writes = [[each for each in ran.asked if each[0] == "POST"] for ran in (old, new)]
    return ["the order of what is written"] if writes[0] != writes[1] and "posts" not in program.options else []
