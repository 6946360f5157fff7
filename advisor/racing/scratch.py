"""Scratch copies: one of the project for each variant, all used at the same path, and as new before each run.

A program sees the path of the files it runs, so every variant is moved to one place for its runs: what it prints, caches
and hashes of that path are then the same for all. What `.gitignore` ignores is not copied.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from advisor.children import remove_folder, scratch_folder
from advisor.errors import AdvisorError
from advisor.inputs.discover import files_of
from advisor.inputs.project import Project

_ROOM = 64 << 20  # bytes that must stay free
_MOST = 4 << 30  # bytes of one copy: more is hardly a project
_State = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Home:
    """Where the project lies and where the user stands: `base` is the folder that holds both."""

    project: Project
    base: Path
    here: Path

    @classmethod
    def of(cls, project: Project, here: Path) -> Home:
        root = Path(os.path.realpath(project.root))
        here = Path(os.path.realpath(here))
        return cls(project, Path(os.path.commonpath([root, here])), here)

    @property
    def root(self) -> Path:
        return Path(os.path.realpath(self.project.root))


@dataclass(frozen=True, slots=True)
class Place:
    """The copy that is in use: `tree` stands for `home.base`, `here` is where the program starts."""

    home: Home
    tree: Path
    temporary: Path
    compiled: Path

    @property
    def here(self) -> Path:
        return self.tree / self.home.here.relative_to(self.home.base)

    @property
    def root(self) -> Path:
        return self.tree / self.home.root.relative_to(self.home.base)

    def moved(self, word: str) -> str:
        """A path within the project as that of its copy; any other word as it is."""
        real = os.path.realpath(word) if os.path.isabs(word) else ""
        if real and Path(real).is_relative_to(self.home.root):
            return str(self.root / Path(real).relative_to(self.home.root))
        return word


class Scratch:
    """The copies of a race, in a temporary folder; made by `scratch`, which removes them."""

    def __init__(self, home: Home, folder: Path, exclude: Sequence[str], include: Sequence[str]) -> None:
        self.home = home
        self._folder = folder
        found: list[str | Path] = [*files_of(home.project, exclude), *_included(home.project.root, include)]
        self._files = {os.path.relpath(file, home.project.root): Path(file) for file in found}
        self._states: dict[str, dict[str, _State]] = {}
        self.size = sum(_size(file) for file in self._files.values())
        self._before = {name: _state(file) for name, file in self._files.items()}
        self.place = _place(home, folder / "run")

    def check_room(self, copies: int) -> None:
        if self.size > _MOST:
            told = f"the project in {self.home.project.root} is too large to copy: {self.size / 1e9:.1f} GB"
            raise AdvisorError(
                told, "--project DIR takes a part of it, --exclude PATTERN leaves out what is not needed"
            )
        free = shutil.disk_usage(self._folder).free
        if self.size * copies + _ROOM > free:
            told = (
                f"{copies} copies of the project need {self.size * copies / 1e6:,.0f} MB; {free / 1e6:,.0f} MB are free"
            )
            raise AdvisorError(f"{self._folder.parent}: {told}", "TMPDIR names another folder for them")

    def add(self, name: str, changed: Mapping[str, bytes]) -> None:
        """A copy of the project with some files changed, by their path from its root."""
        place = _place(self.home, self._folder / _folder_name(name))
        with _telling_of_a_full_disk():
            for inner in (place.root, place.here, place.temporary, place.compiled):
                inner.mkdir(parents=True, exist_ok=True)
            for path, file in self._files.items():
                self._copy(file, place.root / path)
            for path, data in changed.items():
                _replace(place.root / path, data)

    def keep(self, name: str) -> None:
        """What is in the copy now, is what it has before each run."""
        place = _place(self.home, self._folder / _folder_name(name))
        pristine = self._folder / f"{_folder_name(name)}.kept"
        with _telling_of_a_full_disk():
            shutil.copytree(place.tree, pristine, symlinks=True)
        self._states[name] = dict(_states(place.tree))

    @contextmanager
    def using(self, name: str, *, restored: bool = True) -> Iterator[Place]:
        """The copy at the place where all run, `restored` to what was kept."""
        own, run = self._folder / _folder_name(name), self._folder / "run"
        if restored:
            self._restore(name)
        os.rename(own, run)
        try:
            yield self.place
        finally:
            os.rename(run, own)

    def _restore(self, name: str) -> None:
        place = _place(self.home, self._folder / _folder_name(name))
        pristine, wanted = self._folder / f"{_folder_name(name)}.kept", self._states[name]
        now = dict(_states(place.tree))
        with _telling_of_a_full_disk():
            for path in sorted(now.keys() - wanted.keys(), reverse=True):  # files before their folders
                _remove(place.tree / path)
            for path in sorted(wanted):
                if now.get(path) != wanted[path]:
                    self._put_back(pristine / path, place.tree / path)
                    wanted[path] = _state(place.tree / path)
            shutil.rmtree(place.temporary, ignore_errors=True)
            place.temporary.mkdir(exist_ok=True)

    @staticmethod
    def _put_back(kept: Path, target: Path) -> None:
        if kept.is_dir() and not kept.is_symlink():
            if target.is_symlink() or not target.is_dir():
                _remove(target)
                target.mkdir(parents=True)
            shutil.copystat(kept, target)
            return
        _remove(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(kept, target, follow_symlinks=False)

    def _copy(self, file: Path, target: Path) -> None:
        """A link into the project by its full path leads into the copy."""
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.is_symlink():
            os.symlink(self.place.moved(os.readlink(file)), target)
        elif file.is_file():  # a socket or a pipe is nothing to copy
            shutil.copy2(file, target)

    def touched(self) -> list[str]:
        """The files of the original that are no longer what they were when the race began."""
        return sorted(name for name, file in self._files.items() if _state(file) != self._before[name])


@contextmanager
def scratch(home: Home, exclude: Sequence[str] = (), include: Sequence[str] = ()) -> Iterator[Scratch]:
    """Room for copies, which is gone afterwards. `include` are files to copy though they are ignored."""
    with ExitStack() as room:
        try:
            folder = room.enter_context(scratch_folder())
        except OSError as error:
            raise AdvisorError(
                f"no folder for scratch copies: {error.strerror}", "TMPDIR names a folder for them"
            ) from error
        yield Scratch(home, Path(os.path.realpath(folder)), exclude, include)


def _included(root: Path, patterns: Sequence[str]) -> Iterator[Path]:
    for pattern in patterns:
        try:
            found = [path for path in root.glob(pattern) if path.is_file() or path.is_symlink()]
        except (ValueError, NotImplementedError) as error:
            raise AdvisorError(f"--include {pattern}: {error}", "patterns count from the project's root") from None
        if not found:
            raise AdvisorError(f"--include {pattern}: there is no such file in {root}", "for a folder say data/**/*")
        yield from found


def _place(home: Home, folder: Path) -> Place:
    return Place(home, folder / "tree", folder / "tmp", folder / "compiled")


def _folder_name(name: str) -> str:
    return f"copy-{''.join(c if c.isalnum() else '-' for c in name)}"


def _states(tree: Path) -> Iterable[tuple[str, _State]]:
    for folder, inner, names in os.walk(tree):
        for name in (*inner, *names):
            path = os.path.join(folder, name)
            yield os.path.relpath(path, tree), _state(Path(path))


def _state(file: Path) -> _State:
    """Changes when the file does; of a folder only its mode counts."""
    try:
        found = file.lstat()
    except OSError:
        return 0, 0, 0
    if stat.S_ISDIR(found.st_mode):
        return found.st_mode, 0, 0
    return found.st_mode, found.st_size, found.st_mtime_ns


def _size(file: Path) -> int:
    with suppress(OSError):
        return file.lstat().st_size
    return 0


def _remove(path: Path) -> None:
    """Whatever it is, and also what was made unwritable."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    remove_folder(path)


def _replace(file: Path, data: bytes) -> None:
    """A new file, for the old one may be a link to something outside."""
    mode = file.stat().st_mode
    file.unlink()
    file.write_bytes(data)
    file.chmod(stat.S_IMODE(mode))


@contextmanager
def _telling_of_a_full_disk() -> Iterator[None]:
    try:
        yield
    except shutil.Error as error:
        raise AdvisorError(
            f"the project cannot be copied: {error.args[0][0][2]}", "--exclude PATTERN leaves it out"
        ) from error
    except OSError as error:
        hint = "--exclude PATTERN leaves it out"
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            hint = "TMPDIR names another folder for scratch copies"
        raise AdvisorError(f"{error.filename or 'the project'}: cannot be copied: {error.strerror}", hint) from error
