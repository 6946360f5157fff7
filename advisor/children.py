"""Processes that end together: workers when their parent is gone, a program when it is no longer waited for, and all that a
run has begun when a signal ends it."""

from __future__ import annotations

import os
import signal
import stat
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a start without children can spare these
    import subprocess

_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
_PATIENCE = 3.0  # seconds that a program has to end after it was asked to
_SCRATCH = "advisor-scratch-"
_LOCK = ".in-use"
_JUST_MADE = 60.0  # seconds


# ---- signals


def exit_on_signals() -> None:
    """From here on SIGTERM and SIGHUP end this process by SystemExit, so that whatever was begun is undone on the way.

    A signal that is ignored, as under `nohup`, stays so.
    """
    with suppress(ValueError):  # not in the main thread
        for number in _SIGNALS:
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _exit)


def _exit(number: int, _: FrameType | None) -> None:
    sys.exit(128 + number)


# ---- workers


@contextmanager
def safe_starts() -> Iterator[None]:
    """A block in which processes are started that import nothing from the current folder."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"  # a new interpreter would look there first, for modules of any name
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before


@contextmanager
def workers_end_with_block() -> Iterator[None]:
    """A block that starts workers and waits for them: where it is left early they are ended, and not waited for."""
    import multiprocessing

    before = multiprocessing.active_children()
    try:
        yield
    except BaseException:
        for child in multiprocessing.active_children():
            if child not in before:
                child.terminate()
        raise


def end_with_parent() -> None:
    """For the first thing in a worker process: ends it when its parent does, however that ends."""
    for number in _SIGNALS:
        if signal.getsignal(number) is _exit:
            signal.signal(number, signal.SIG_DFL)
    Thread(target=_outlive_nobody, daemon=True).start()


def _outlive_nobody() -> None:
    import multiprocessing

    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # the main thread may wait for work that nobody will send


# ---- programs


def wait_for(program: subprocess.Popen[bytes]) -> int:
    """The return code of `program`, which is ended where this process is told to end, or fails, while it waits."""
    from subprocess import TimeoutExpired

    try:
        return program.wait()
    except BaseException:
        program.terminate()
        with suppress(TimeoutExpired):
            program.wait(_PATIENCE)
        program.kill()
        program.wait()
        raise


# ---- scratch


@contextmanager
def scratch_folder() -> Iterator[str]:
    """A new folder that is removed at the end. Folders that killed runs left behind are removed first."""
    import tempfile

    _remove_left()
    folder = tempfile.mkdtemp(prefix=_SCRATCH)
    lock = os.open(os.path.join(folder, _LOCK), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _is_free(lock)  # which takes it
        yield folder
    finally:
        os.close(lock)
        remove_folder(folder)


def remove_folder(folder: str | os.PathLike[str]) -> None:
    """Removes a folder, also where something in it was made unwritable."""
    import shutil

    for inner, _, _ in os.walk(folder):
        with suppress(OSError):
            os.chmod(inner, stat.S_IRWXU)
    shutil.rmtree(folder, ignore_errors=True)


def _remove_left() -> None:
    import tempfile

    mine = getattr(os, "geteuid", lambda: None)()
    with suppress(OSError), os.scandir(tempfile.gettempdir()) as scan:
        left = [entry for entry in scan if entry.name.startswith(_SCRATCH) and entry.is_dir(follow_symlinks=False)]
        for entry in left:
            with suppress(OSError):
                status = entry.stat(follow_symlinks=False)
                if status.st_uid == mine and status.st_mtime < time.time() - _JUST_MADE and _is_left(Path(entry.path)):
                    remove_folder(entry.path)


def _is_left(folder: Path) -> bool:
    """Has the run that made `folder` ended?"""
    try:
        lock = os.open(folder / _LOCK, os.O_RDWR)
    except FileNotFoundError:
        return True
    try:
        return _is_free(lock)
    finally:
        os.close(lock)


def _is_free(lock: int) -> bool:
    """Takes the lock on an open file, unless a living process has it. Never free where the system has no such locks."""
    try:
        import fcntl
    except ImportError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
