"""A change of several files as one change: all of it is made, or none, also where the process is killed on the way.

The new texts are written beside the old files first. A journal in a folder of the user's own names them all; with its
last line, `ready`, the change counts as made, and what is left to do is to put one file after the other in place. Whoever
starts next finishes a change that counts as made, and removes what was prepared for one that does not. Where a file was
edited meanwhile the whole change is taken back, and the edit stays. The journal is not kept in the project: what lies
there may come from anybody.
"""

from __future__ import annotations

import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.files import beside, prepare, put, read_bytes

_LARGEST = 500_000_000  # bytes of a journal, or of what somebody may have put in the place of a file
_READY = b'"ready"\n'


@dataclass(frozen=True, slots=True)
class Replaced:
    """A file to be replaced: where it really lies, what it holds (None: it does not exist), and what it shall hold.

    `like` is the file whose mode, owner and extended attributes the new one gets.
    """

    file: Path
    old: bytes | None
    new: bytes
    like: Path


class Changed(Exception):
    """A file is no longer what it was when the change was worked out; nothing was changed."""

    def __init__(self, file: Path) -> None:
        super().__init__(file)
        self.file = file


def replace_all(changes: Sequence[Replaced], journals: Path) -> None:
    """Every file anew, or none. `journals` is the folder for journals.

    Raises Changed, or OSError that names the file, with everything as it was.
    """
    steps = [_Step(change.file, beside(change.file), change.old, change.new) for change in changes]
    with _journal(steps, journals, needed=len(steps) > 1 or any(step.in_place for step in steps)) as journal:
        try:
            for step, change in zip(steps, changes, strict=True):
                if not step.in_place:
                    prepare(step.part, change.new, change.like)
            for step in steps:
                if step.held() != step.old:
                    raise Changed(step.file)
            journal.append(_READY)
            for step in steps:
                step.make()
            _on_disk(step.file.parent for step in steps)
        except BaseException:
            _take_back(steps)
            raise
        finally:
            _remove_parts(steps)


def settle_left(journals: Path) -> tuple[str, ...]:
    """Finishes or takes back the changes that killed processes left behind. One line for each that was finished or taken
    back; empty, as nearly always, where there is none."""
    told = []
    try:
        files = sorted(journals.glob("*.journal"))
    except OSError:
        return ()
    for file in files:
        with suppress(OSError, ValueError, KeyError, TypeError, AttributeError), _opened(file) as handle:
            if handle is not None:
                line = _settle(file)
                told.extend([line] if line else [])
    return tuple(told)


@dataclass(frozen=True, slots=True)
class _Step:
    file: Path
    part: Path  # the new file, before it is in its place
    old: bytes | None
    new: bytes

    @property
    def in_place(self) -> bool:
        """Has the file further names, which a new file would not have?"""
        try:
            return os.lstat(self.file).st_nlink > 1
        except OSError:
            return False

    def held(self) -> bytes | None:
        """What the file holds now; None where there is none, or a link, which is replaced and not followed."""
        if os.path.islink(self.file):
            return None
        try:
            return read_bytes(self.file, _LARGEST)
        except FileNotFoundError:
            return None

    def make(self) -> None:
        if self.in_place:
            _overwrite(self.file, self.new)
        else:
            os.replace(self.part, self.file)

    def finish(self) -> None:
        """`make`, whatever is left of what was prepared."""
        if self.in_place or self.part.exists():
            self.make()
        else:
            put(self.file, self.new, self.file if self.file.exists() else None)

    def take_back(self) -> None:
        """The old file again, unless somebody edited the new one."""
        held = self.held()
        if held == self.old or not (held == self.new or self.is_torn(held)):
            return
        if self.old is None:
            os.unlink(self.file)
        elif self.in_place:
            _overwrite(self.file, self.old)
        else:
            put(self.file, self.old, self.file)

    def is_torn(self, held: bytes | None) -> bool:
        """Is it the new text as far as it was written in place, and then the old one?"""
        if held is None or self.old is None:
            return False
        pairs = zip(held, self.new, strict=False)
        same = next((at for at, (one, other) in enumerate(pairs) if one != other), min(len(held), len(self.new)))
        return held[same:] == self.old[same:]

    def as_json(self) -> dict[str, Any]:
        old = None if self.old is None else b64encode(self.old).decode()
        return {"file": os.fsencode(self.file).decode("latin-1"), "part": self.part.name, "old": old,
                "new": b64encode(self.new).decode()}  # fmt: skip

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> _Step:
        file = Path(os.fsdecode(kept["file"].encode("latin-1")))
        old = None if kept["old"] is None else b64decode(kept["old"])
        return cls(file, file.with_name(os.path.basename(kept["part"])), old, b64decode(kept["new"]))


def _settle(file: Path) -> str:
    """Finishes or takes back the change of which the journal `file` tells, and removes the journal."""
    plan, *rest = read_bytes(file, _LARGEST).split(b"\n")
    if not rest:  # not even the plan was complete, and so nothing was prepared
        os.unlink(file)
        return ""
    steps = [_Step.from_json(kept) for kept in json.loads(plan)]
    told = ""
    if rest[0] + b"\n" == _READY:
        edited = [step for step in steps if not (step.held() in (step.old, step.new) or step.is_torn(step.held()))]
        if edited:
            _take_back(steps)
            told = f"a change of {len(steps)} files was cut short, and {edited[0].file} was edited since: it was taken back"
        elif left := [step for step in steps if step.held() != step.new]:
            try:
                for step in left:
                    step.finish()
                told = f"a change of {len(steps)} files was cut short: it was finished"
            except OSError:
                _take_back(steps)
                told = f"a change of {len(steps)} files was cut short: it was taken back"
    _remove_parts(steps)
    _on_disk(step.file.parent for step in steps)
    os.unlink(file)
    return told


def _take_back(steps: Iterable[_Step]) -> None:
    for step in steps:
        with suppress(OSError):
            step.take_back()


def _remove_parts(steps: Iterable[_Step]) -> None:
    for step in steps:
        with suppress(OSError):
            os.unlink(step.part)


def _overwrite(file: Path, data: bytes) -> None:
    """What is written first is cut off last, so that a part of it can be told from an edit."""
    with open(file, "r+b") as opened:
        opened.write(data)
        opened.truncate()
        opened.flush()
        os.fsync(opened.fileno())


def _on_disk(folders: Iterable[Path]) -> None:
    """What was renamed in `folders` outlives a power failure, where the system lets us ask for that."""
    for folder in dict.fromkeys(folders):
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


# ---- the journal itself


@dataclass(frozen=True, slots=True)
class _Journal:
    handle: int | None  # None where there is none, and none is needed

    def append(self, line: bytes) -> None:
        if self.handle is not None:
            os.write(self.handle, line)
            os.fsync(self.handle)


@contextmanager
def _journal(steps: Sequence[_Step], journals: Path, *, needed: bool) -> Iterator[_Journal]:
    """The journal of a change, on disk and locked while the block runs, and gone after it."""
    try:
        journals.mkdir(parents=True, exist_ok=True, mode=0o700)
        file, handle = _begun(journals)
    except OSError:
        if needed:
            raise
        yield _Journal(None)
        return
    try:
        with open(os.dup(handle), "wb") as opened:
            opened.write(json.dumps([step.as_json() for step in steps]).encode() + b"\n")
        os.fsync(handle)
        _on_disk([journals])
        yield _Journal(handle)
    finally:
        with suppress(OSError):
            os.unlink(file)
        os.close(handle)


def _begun(journals: Path) -> tuple[Path, int]:
    """A new journal, locked; another one where somebody who looked for what is left was quicker, and took it for that."""
    while True:
        file = journals / f"{secrets.token_hex(12)}.journal"
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        if _lock(handle) and os.fstat(handle).st_nlink:
            return file, handle
        os.close(handle)


@contextmanager
def _opened(file: Path) -> Iterator[int | None]:
    """The journal `file`, locked; None while the process that writes it lives."""
    handle = os.open(file, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
    try:
        yield handle if _lock(handle) and os.fstat(handle).st_nlink else None
    finally:
        os.close(handle)


def _lock(handle: int) -> bool:
    """Locks an open file, unless a living process has locked it."""
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:
        import msvcrt

        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        except OSError:
            return False
        return True
    except OSError:
        return False
    return True
