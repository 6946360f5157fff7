"""Runs programs and keeps all that can be seen of them: in a process forked from a warm one, or as `python app.py`."""

from __future__ import annotations

import os
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.differential.warm import ERR, OUT

PATIENCE = 10.0  # seconds; what takes longer hangs
_WARM = Path(__file__).with_name("warm.py")
_START = """\
import multiprocessing
import os

multiprocessing.set_start_method(os.environ["START"], force=True)
"""  # as `sitecustomize`, which each interpreter imports first
_TRACEBACK = "Traceback (most recent call last)"
_PLACES = re.compile(r"0x[0-9a-f]+|/(?:[\w.+-]+/)*|(?<=app\.py):\d+")  # addresses, folders and lines may change
# A pool that lives until the interpreter ends may close its pipe while the end is about to wake it: a fault of CPython up to
# 3.12.7 and 3.13.0 (gh-125451), which says so and changes nothing else.
_CLOSED_TOO_SOON = re.compile(
    r"Exception ignored in: <module 'threading' .*\nTraceback \(most recent call last\):\n"
    r"(?: .*\n)*?.* in _python_exit\n(?: .*\n)*OSError: (?:\[Errno 9\] Bad file descriptor|handle is closed)\n?"
)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run did, as far as anybody outside can tell: `code` is None for one that hangs."""

    code: int | None
    out: str
    log: str
    failure: str
    files: dict[str, bytes]

    def differences(self, other: Ran) -> list[str]:
        """In what another run differs from this one, and how."""
        if self.code is None or other.code is None:
            return [] if self.code == other.code else [f"hangs: {self.code is None} -> {other.code is None}"]
        return [
            f"{name}: {_short(before)} -> {_short(after)}"
            for name in ("code", "out", "log", "failure", "files")
            if (before := getattr(self, name)) != (after := getattr(other, name))
        ]


class Runner:
    """Runs programs, each in a folder of its own that is gone afterwards."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._scratch = Path(tempfile.mkdtemp(prefix="differential-"))
        hooks = self._scratch / "hooks"
        hooks.mkdir()
        (hooks / "sitecustomize.py").write_text(_START, encoding="utf-8")
        self._environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1",
                             "PYTHONIOENCODING": "utf-8", "PYTHONPATH": str(hooks)}  # fmt: skip
        self._warm: subprocess.Popen[str] | None = None

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._warm is not None and self._warm.stdin is not None:
            self._warm.stdin.close()
            self._warm.wait()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def warm(self, text: str) -> Ran:
        """Runs the program in a fork of a process that has imported already what it needs."""
        folder = self._laid_out(text)
        server = self._server()
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(f"{folder}\n")
        server.stdin.flush()
        child = int(server.stdout.readline())
        ready, _, _ = select.select([server.stdout], [], [], self._patience)
        if not ready:
            _kill(child)
        code = int(server.stdout.readline())
        _kill(child)  # what it left behind
        return self._seen(folder, text, code if ready else None)

    def cold(self, text: str, start: str = "fork") -> Ran:
        """Runs the program as `python app.py`; `start` is how worker processes begin."""
        folder = self._laid_out(text)
        with (folder.parent / OUT).open("wb") as out, (folder.parent / ERR).open("wb") as err:
            environment = {**self._environment, "START": start}
            process = subprocess.Popen([sys.executable, "app.py"], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                                       stdout=out, stderr=err, start_new_session=True)  # fmt: skip
            try:
                code: int | None = process.wait(self._patience)
            except subprocess.TimeoutExpired:
                code = None
            _kill(process.pid)
            process.wait()
        return self._seen(folder, text, code)

    def _server(self) -> subprocess.Popen[str]:
        if self._warm is None:
            environment = {**self._environment, "START": "fork"}
            self._warm = subprocess.Popen([sys.executable, str(_WARM)], env=environment, stdin=subprocess.PIPE,
                                          stdout=subprocess.PIPE, encoding="utf-8")  # fmt: skip
        return self._warm

    def _laid_out(self, text: str) -> Path:
        folder = self._scratch / "run" / "app"
        folder.mkdir(parents=True)
        (folder / "app.py").write_text(text, encoding="utf-8")
        return folder

    def _seen(self, folder: Path, text: str, code: int | None) -> Ran:
        found = sorted(file for file in folder.rglob("*") if file.is_file())
        files = {str(file.relative_to(folder)): file.read_bytes() for file in found}
        if files.get("app.py") == text.encode():
            del files["app.py"]
        out, err = ((folder.parent / name).read_text(encoding="utf-8", errors="replace") for name in (OUT, ERR))
        shutil.rmtree(folder.parent)
        log, traceback, rest = without_the_race_at_the_end(err).partition(_TRACEBACK)
        log = log.partition("concurrent.futures.process._RemoteTraceback")[0]
        last = rest.strip().splitlines()[-1] if traceback else ""
        return Ran(code, out, _PLACES.sub("", log).strip(), _PLACES.sub("", last), files)


def _kill(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _short(value: object, most: int = 300) -> str:
    told = repr(value)
    return told if len(told) <= most else f"{told[:most]}…"


def without_the_race_at_the_end(err: str) -> str:
    """What a program said on its standard error, without what CPython alone has to answer for."""
    return _CLOSED_TOO_SOON.sub("", err)
