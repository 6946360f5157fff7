"""Discover: from the paths a person gives to the texts of the Python files there, in sorted order."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence

from advisor.errors import AdvisorError
from advisor.files import read_start, read_text
from advisor.inputs.notebook import ENDING
from advisor.inputs.project import ENVIRONMENT_MARK, Project, never_entered
from advisor.model.source import Skipped, Source
from advisor.patterns import Patterns, read_patterns

_ENDINGS = (".py", ".pyw", ENDING)
_OTHER_ENDINGS = tuple(
    ".c .cfg .cpp .css .csv .go .h .html .ini .java .js .json .lock .md .pyx .rs .rst .sh .sql .toml .ts .txt .xml .yaml"
    " .yml".split()
)
"""Of files that are surely not Python, though a text may happen to read as such."""
_FIRST_LINE = 127  # bytes: what Linux reads of it
_ASKS_FOR_PYTHON = re.compile(rb"#!.*\b(python|pypy)[\d.]*(\s|$)|#!.*\buv run\b")
_Ignoring = tuple[tuple[str, Patterns], ...]
"""Folders with the patterns that count in them, outermost first."""


def discover(
    paths: Sequence[str | os.PathLike[str]],
    project: Project,
    exclude: Sequence[str] = (),
    *,
    force_exclude: bool = False,
) -> Iterator[Source | Skipped]:
    """Every Python file and notebook at or below `paths`, each once, ordered by its path from the project's root.

    A file that is named is read whatever its ending, unless that is one of other languages and formats; a folder
    that is named is walked whatever its name. Below a folder, an executable without an ending whose first line asks for
    Python is a Python file too; what `.gitignore` files ignore is left out, so are the usual
    folders of environments, caches and build results, and what `exclude` matches (patterns as in `.gitignore`, from the
    project's root); with `force_exclude` also what is named. Symbolic links to folders are not followed. `AdvisorError`
    for a path that does not exist.
    """
    excluded = ((str(project.root), read_patterns(exclude)),)
    files: dict[str, str] = {}
    unreadable: list[Skipped] = []
    for path in paths:
        place = os.path.abspath(path)
        if not project.view.exists(place):
            raise AdvisorError(f"no such file or folder: {os.fspath(path)}", f"paths are read from {os.getcwd()}")
        if force_exclude and (
            _ignored(place, os.path.isdir(place), excluded) or _is_below_one(os.path.dirname(place), excluded)
        ):
            continue
        found = _walk(place, project, excluded, unreadable) if os.path.isdir(place) else iter([place])
        files.update((project.relative(file), file) for file in found)
    return _read(_once(files), project, unreadable)


def read(project: Project, path: str) -> Source | Skipped:
    """The file at `path` (from the project's root), wanted only because another one imports it."""
    return project.view.read(os.path.normpath(os.path.join(project.root, path)), path, reported=False)


def files_of(project: Project, exclude: Sequence[str] = ()) -> Iterator[str]:
    """The absolute path of every file of the project, Python or not, but for what `.gitignore` and `exclude` leave out;
    symbolic links are listed as such, links to folders too."""
    excluded = ((str(project.root), read_patterns(exclude)),)
    return _walk(str(project.root), project, excluded, [], python=False)


def _read(files: dict[str, str], project: Project, unreadable: list[Skipped]) -> Iterator[Source | Skipped]:
    skipped = {folder.path: folder for folder in unreadable}
    for path in sorted({*files, *skipped}):
        if path in skipped:
            yield skipped[path]
        elif any("\udc80" <= character <= "\udcff" for character in path):
            yield Skipped(path.encode("utf-8", "replace").decode(), "its name is not valid UTF-8")
        elif path.endswith(_OTHER_ENDINGS):
            yield Skipped(path, "not a Python file")
        else:
            yield project.view.read(files[path], path, reported=True)


def _once(files: dict[str, str]) -> dict[str, str]:
    """`files` without those that are links to another of them."""
    kept: dict[str, tuple[str, str]] = {}
    for path, file in sorted(files.items()):
        real = os.path.realpath(file)
        if real not in kept or (file == real and kept[real][1] != real):
            kept[real] = path, file
    return dict(kept.values())


def _walk(
    start: str, project: Project, excluded: _Ignoring, unreadable: list[Skipped], *, python: bool = True
) -> Iterator[str]:
    """The files below the folder `start`, unsorted; only those in Python unless told otherwise."""
    if _is_below_one(start, excluded):
        return
    pending: list[tuple[str, _Ignoring]] = [(start, _above(start))]
    while pending:
        folder, ignoring = pending.pop()
        try:
            with os.scandir(folder) as scan:
                entries = list(scan)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            unreadable.append(Skipped(project.relative(folder), f"this folder cannot be read: {reason}"))
            continue
        names = {entry.name for entry in entries}
        if folder != start and ENVIRONMENT_MARK in names:
            continue
        if ".gitignore" in names:
            ignoring = (*ignoring, (folder, _patterns(os.path.join(folder, ".gitignore"))))
        for entry in entries:
            is_folder = entry.is_dir(follow_symlinks=False)
            wanted = not never_entered(entry.path) if is_folder else not python or _is_python(entry)
            if not wanted or any(_ignored(entry.path, is_folder, patterns) for patterns in (ignoring, excluded)):
                continue
            if is_folder:
                pending.append((entry.path, ignoring))
            else:
                yield entry.path


def _is_python(entry: os.DirEntry[str]) -> bool:
    if "." not in entry.name:
        return _is_script(entry)
    return entry.name.endswith(_ENDINGS) and not (entry.is_symlink() and os.path.isdir(entry.path))


def _is_script(entry: os.DirEntry[str]) -> bool:
    """Is it a program whose first line asks for Python, as those of `bin/` have it?"""
    try:
        if not entry.stat().st_mode & 0o111 or not entry.is_file():
            return False
        first, _, _ = read_start(entry.path, _FIRST_LINE).partition(b"\n")
    except OSError:
        return False
    return _ASKS_FOR_PYTHON.match(first) is not None


# ---- patterns


def _patterns(file: str) -> Patterns:
    """The patterns of a `.gitignore`; like git, we pass over a file that cannot be read."""
    try:
        return read_patterns(read_text(file, errors="surrogateescape").split("\n"))
    except OSError:
        return read_patterns(())


def _above(start: str) -> _Ignoring:
    """The `.gitignore` files of the repository above `start`; none where they would ignore `start` itself."""
    folders = [start]
    while not os.path.exists(os.path.join(folders[-1], ".git")):
        parent = os.path.dirname(folders[-1])
        if parent == folders[-1]:
            return ()
        folders.append(parent)
    ignoring = tuple(_existing(reversed(folders[1:])))
    return () if any(_ignored(folder, True, ignoring) for folder in folders[:-1]) else ignoring


def _is_below_one(folder: str, excluded: _Ignoring) -> bool:
    """Is `folder` left out, or one around it, to which the patterns speak?"""
    for root, patterns in excluded:
        path = os.path.relpath(folder, root).replace(os.sep, "/")
        if path != "." and not path.startswith("../"):
            return patterns.leaves_out(path, is_folder=True)
    return False


def _existing(folders: Iterable[str]) -> Iterator[tuple[str, Patterns]]:
    for folder in folders:
        file = os.path.join(folder, ".gitignore")
        if os.path.isfile(file):
            yield folder, _patterns(file)


def _ignored(path: str, is_folder: bool, ignoring: _Ignoring) -> bool:
    """What the nearest folder says counts, as in git."""
    for folder, patterns in reversed(ignoring):
        inside = os.path.relpath(path, folder).replace(os.sep, "/")
        if inside.startswith("../"):
            continue
        says = patterns.says(inside, is_folder)
        if says is not None:
            return says
    return False
