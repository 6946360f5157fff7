"""The project around the given paths: its root, and the files to which an import in one of its files leads."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from pathlib import Path

from advisor.configuration import OWN_FILE, configured_root
from advisor.errors import AdvisorError
from advisor.inputs.view import DISK, View
from advisor.model.source import Source
from advisor.questions.imports import Outline
from advisor.questions.tests import is_test

ENVIRONMENT_MARK = "pyvenv.cfg"
"""Every virtual environment has this file, whatever its name."""

_MARKS = ("pyproject.toml", ".git", "setup.py", "setup.cfg", OWN_FILE)
_NEVER = frozenset({
    ".git", ".hg", ".svn", "__pycache__", "node_modules", "site-packages",
    ".tox", ".nox", ".eggs", ".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".ipynb_checkpoints",
})  # fmt: skip
_NEVER_UNLESS_PACKAGE = frozenset({"venv", "env", "build", "dist"})
_INSTALLED = frozenset({"site-packages", "dist-packages"})
_STANDARD_LIBRARY = "lib-dynload"
"""An installed standard library has this folder; a checkout of Python's source has not."""
_TICK = 2_000_000_000
"""Nanoseconds. A folder may change twice while its time of change stays, on the coarsest file systems for this long."""
_SOME = 60  # files
_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<dots>\.*)[ \t]*(?P<module>[\w.]*)[ \t]+import\b(?P<names>[^#\n]*)|import[ \t]+(?P<modules>[^#\n]+))",
    re.MULTILINE,
)
_RUNS = re.compile(r"^(?:if __name__\b|(?:for|while|with)\b|[A-Za-z_][\w.]*\()", re.MULTILINE)
_MOST_FOLDERS = 10_000
"""So many folders are searched for packages outside the usual places."""


def never_entered(folder: str) -> bool:
    """Is the folder one of those that hold environments, caches and build results?"""
    name = os.path.basename(folder)
    if name in _NEVER:
        return True
    return name in _NEVER_UNLESS_PACKAGE and not os.path.exists(os.path.join(folder, "__init__.py"))


@dataclass(frozen=True)
class Project:
    """A folder of Python code, and what is remembered of the folders seen while its imports were followed.

    `libraries` are top-level names that mean other people's packages unless the project clearly has its own.
    """

    root: Path
    libraries: frozenset[str] = frozenset()
    is_given: bool = False
    view: View = DISK
    _folders: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)
    _found: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict, repr=False, compare=False)
    _listed: dict[str, int] = field(default_factory=dict, repr=False, compare=False)  # when each folder was changed

    @classmethod
    def around(
        cls,
        paths: Sequence[str | os.PathLike[str]],
        given: str | os.PathLike[str] | None = None,
        libraries: frozenset[str] = frozenset(),
        view: View = DISK,
    ) -> Project:
        """The project at `given`, else at the nearest folder around all paths that has a pyproject.toml, .git, setup.py,
        setup.cfg or advisor.toml, else in the folder of that path, or in the one that they have in common.

        Where a folder further up in the same repository configures the advisor, and no nearer one does, that is the root: one
        configuration and one baseline then hold for all packages in it, from wherever they are analysed.
        What is installed belongs to no project, whatever repository the installation lies in: there the root is the
        folder that is imported from (`site-packages`, the standard library). `AdvisorError` when `given` is no folder.
        """
        if given is not None:
            if not os.path.isdir(given):
                raise AdvisorError(
                    f"no such project folder: {os.fspath(given)}", "--project takes the project's root folder"
                )
            return cls(Path(os.path.abspath(given)), libraries, is_given=True, view=view)
        start = _folder_of(paths)
        for folder in (start, *start.parents):
            if _is_installed(folder):
                return cls(folder, libraries, view=view)
            if any((folder / mark).exists() for mark in _MARKS):
                return cls(configured_root(folder), libraries, view=view)
        return cls(start, libraries, view=view)

    def remembering(self, before: Project) -> Project:
        """This project with what an earlier look at it remembers, where no folder seen then has changed and no file that was
        never saved has come or gone."""
        same = (self.root, self.libraries, self.is_given) == (before.root, before.libraries, before.is_given)
        if not same or set(self.view.unsaved) != set(before.view.unsaved):
            return self
        if any(_changed_at(folder) != at for folder, at in before._listed.items()):
            return self
        return replace(self, _folders=before._folders, _found=before._found, _listed=before._listed)

    def files(self) -> Iterator[str]:
        """The Python files of the project, from its root; none where nothing marks a folder as one."""
        if not self.is_given and not any((self.root / mark).exists() for mark in _MARKS):
            return
        for folder, inner, names in os.walk(self.root):
            inner[:] = sorted(name for name in inner if not never_entered(os.path.join(folder, name)))
            yield from (self.relative(os.path.join(folder, name)) for name in sorted(names) if name.endswith(".py"))

    def relative(self, file: str) -> str:
        """The path from the root to `file` in POSIX form; with `../` for a file outside."""
        return os.path.relpath(file, self.root).replace(os.sep, "/")

    def module(self, path: str) -> str:
        """The name under which the file at `path` is imported: `pkg.part` for `src/pkg/part.py`."""
        folder, name = os.path.split(self._absolute(path))
        stem = name.partition(".")[0]
        parts = [] if stem == "__init__" else [stem]
        while self._is_package(folder):
            folder, last = os.path.split(folder)
            parts.insert(0, last)
        return ".".join(parts) or stem

    def candidates(self, importer: str, module: str, level: int) -> tuple[str, ...]:
        """The files that `import module` in the file `importer` runs, outermost package first.

        They are found as Python would find them. `level` is the number of leading dots; all paths count from the
        root. Only what exists is listed: the last one is the module itself where that could be found, and nothing
        is listed for a module outside the project.
        """
        folder = os.path.dirname(self._absolute(importer))
        for _ in range(level - 1):
            folder = os.path.dirname(folder)
        key = folder, "." * level + module
        if key not in self._found:
            parts = module.split(".") if module else []
            if level:
                files = self._below([folder], parts) if parts else self._package_file(folder)
            else:
                files = self._absolute_import(folder, parts)
            self._found[key] = tuple(self.relative(file) for file in files)
        return self._found[key]

    def beside(self, known: Container[str]) -> dict[str, Outline]:
        """Some files of the project in outline, as far as the lines of their text tell: as many as tell a small program from a
        large one, without tests and without those that are `known`."""
        some = islice((path for path in self.files() if not is_test(path)), _SOME)
        return {path: self._outline(path) for path in some if path not in known}

    def looked_at(self) -> dict[str, frozenset[str]]:
        """The names in each folder that imports were looked for in."""
        return dict(self._folders)

    # ---- the search

    def _outline(self, path: str) -> Outline:
        source = self.view.read(self._absolute(path), path, reported=False)
        text = source.text if isinstance(source, Source) else ""
        imports = tuple(_imports(text))
        files = (file for module, level in imports for file in self.candidates(path, module, level))
        names = frozenset(module for module, level in imports if not level)
        return Outline(tuple(files), _RUNS.search(text) is not None, names)

    def _absolute_import(self, folder: str, parts: list[str]) -> list[str]:
        """The first root with a module or package of that name wins; if none has, folders without `__init__.py` do."""
        name = parts[0] if parts else ""
        if name in sys.builtin_module_names:
            return []
        top = self._top(folder)
        roots = [top]
        if name not in sys.stdlib_module_names:
            roots += [*self._usual_roots, *self._other_roots(name, folder)]
            if name not in self.libraries:  # `import redis` in `backends/redis.py` means the library
                roots += self._up_to_root(folder)
        portions: list[str] = []
        for root in dict.fromkeys(roots):
            if self._module_file(root, name) or self._is_package(os.path.join(root, name)):
                return self._below([root], parts)
            if self._has(root, name):
                portions.append(root)
        return self._below(portions, parts) if name not in sys.stdlib_module_names else []

    def _below(self, folders: list[str], parts: list[str]) -> list[str]:
        """The files of `parts[0]`, `parts[0].parts[1]` and so on; a package may be spread over several folders."""
        files: list[str] = []
        for part in parts:
            inner: list[str] = []
            for folder in folders:
                package = os.path.join(folder, part)
                if own := self._package_file(package):
                    files += own
                    inner = [package]
                    break
                if own := self._module_file(folder, part):
                    return files + own
                if self._has(folder, part) and self._names(package):
                    inner.append(package)
            folders = inner
        return files

    def _top(self, folder: str) -> str:
        """The first folder at or above `folder` without `__init__.py`."""
        while self._is_package(folder):
            folder = os.path.dirname(folder)
        return folder

    def _up_to_root(self, folder: str) -> list[str]:
        """`folder` and those around it in the project: any of them may be where a script inside a package is started."""
        folders = [folder]
        while folders[-1] != str(self.root) and folders[-1] != os.path.dirname(folders[-1]):
            folders.append(os.path.dirname(folders[-1]))
        return folders if folders[-1] == str(self.root) else [folder]

    @cached_property
    def _usual_roots(self) -> tuple[str, ...]:
        root = str(self.root)
        return root, os.path.join(root, "src"), os.path.join(root, "lib")

    def _other_roots(self, name: str, folder: str) -> list[str]:
        """Other folders of the project that hold a package `name`, those nearest to `folder` first."""
        roots = self._package_roots.get(name, [])
        return sorted(roots, key=lambda root: (-len(os.path.commonpath([root, folder])), root))

    @cached_property
    def _package_roots(self) -> dict[str, list[str]]:
        """Every top-level package of the project, with the folders it stands in."""
        roots: dict[str, list[str]] = {}
        for folder in self._tree():
            if self._is_package(folder) and not self._is_package(os.path.dirname(folder)):
                roots.setdefault(os.path.basename(folder), []).append(os.path.dirname(folder))
        return roots

    def _tree(self) -> Iterator[str]:
        """The project's folders down to the first package on each way, nearest to the root first."""
        level = [str(self.root)]
        seen = 0
        while level and seen < _MOST_FOLDERS:
            yield from level
            seen += len(level)
            inner: list[str] = []
            for folder in level:
                if not self._is_package(folder):
                    inner += [
                        path for name in sorted(self._names(folder)) if _enterable(path := os.path.join(folder, name))
                    ]
            level = inner

    # ---- folders, each listed once

    def _absolute(self, path: str) -> str:
        return os.path.normpath(os.path.join(self.root, path))

    def _names(self, folder: str) -> frozenset[str]:
        if folder not in self._folders:
            self._listed[folder] = _changed_at(folder)
            self._folders[folder] = self.view.names(folder)
        return self._folders[folder]

    def _has(self, folder: str, name: str) -> bool:
        return name in self._names(folder)

    def _is_package(self, folder: str) -> bool:
        names = self._names(folder)
        return "__init__.py" in names or "__init__.pyi" in names

    def _package_file(self, folder: str) -> list[str]:
        return self._source(folder, "__init__")

    def _module_file(self, folder: str, name: str) -> list[str]:
        return self._source(folder, name)

    def _source(self, folder: str, stem: str) -> list[str]:
        """`stem.py`, else `stem.pyi`, where one is in the folder."""
        names = self._names(folder)
        return next(([os.path.join(folder, stem + end)] for end in (".py", ".pyi") if stem + end in names), [])


def _imports(text: str) -> Iterator[tuple[str, int]]:
    """The dotted names that the lines of a text import, each with its number of leading dots."""
    for match in _IMPORT.finditer(text):
        level, module, names = len(match["dots"] or ""), match["module"] or "", match["names"] or match["modules"]
        for name in filter(None, map(_first_word, names.split(","))):
            yield f"{module}.{name}" if module and match["modules"] is None else name, level
        if module:
            yield module, level


def _first_word(text: str) -> str:
    """`numpy` of `numpy as np`, `first` of `(first`; nothing where there is none, as of `*`."""
    return next(iter(re.findall(r"[\w.]+", text)), "")


def _folder_of(paths: Sequence[str | os.PathLike[str]]) -> Path:
    """The folder that holds all paths; a first path on another drive stands alone."""
    folders = [path if path.is_dir() else path.parent for path in map(Path, map(os.path.abspath, paths or ["."]))]
    try:
        return Path(os.path.commonpath(folders))
    except ValueError:
        return folders[0]


def _changed_at(folder: str) -> int:
    """When an entry of it last came or went, in nanoseconds; never the same where that is too recent to tell, or unknown."""
    try:
        changed = os.stat(folder).st_mtime_ns
    except FileNotFoundError:
        return 0
    except OSError:
        return -time.time_ns()
    return changed if changed < time.time_ns() - _TICK else -time.time_ns()


def _is_installed(folder: Path) -> bool:
    return folder.name in _INSTALLED or (folder / _STANDARD_LIBRARY).is_dir()


def _enterable(folder: str) -> bool:
    return (
        "." not in os.path.basename(folder)
        and os.path.isdir(folder)
        and not os.path.islink(folder)
        and not never_entered(folder)
    )
