"""The configuration file of a project, found and parsed: `advisor.toml`, or `[tool.advisor]` in pyproject.toml.

What its keys mean is the affair of `settings`. A file may name only what lies in its own folder: code from elsewhere is
analysed too, and its configuration must not read or write the rest of the disk.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from advisor.errors import AdvisorError
from advisor.files import read_text

OWN_FILE = "advisor.toml"
_SHARED_FILE = "pyproject.toml"
_REPOSITORY = ".git"


@dataclass(frozen=True, slots=True)
class Configuration:
    """The table in `file`, with its keys as they are written; `file` is None where nothing is configured."""

    folder: Path
    file: Path | None = None
    table: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The file and its section, as errors name them."""
        return str(self.file) if self.file and self.file.name == OWN_FILE else f"{self.file}: [tool.advisor]"

    def spelled(self, key: str) -> str:
        return f"{self.name}{':' if self.file and self.file.name == OWN_FILE else ''} {key}"

    def inside(self, key: str, path: Path) -> Path:
        """`path` from the file's folder, links followed. AdvisorError where that is outside of it, or in its repository's `.git`."""
        place = Path(os.path.realpath(self.folder / path))
        folder = Path(os.path.realpath(self.folder))
        if not place.is_relative_to(folder):
            hint = f"a configuration file may only name what is below {self.folder}; give it on the command line"
            raise AdvisorError(f"{self.spelled(key)}: {path} is outside of the project", hint)
        if _REPOSITORY in place.relative_to(folder).parts:
            raise AdvisorError(f"{self.spelled(key)}: {path} belongs to git", "name another file or folder")
        return place


def read_configuration(folder: Path) -> Configuration:
    """What is configured in exactly this folder. AdvisorError for a file that cannot be read, and where both configure."""
    own, shared = folder / OWN_FILE, folder / _SHARED_FILE
    table, section = _toml(own), _section(_toml(shared), shared)
    if table is not None and section is not None:
        raise AdvisorError(f"{own} and {shared} both configure the advisor", "keep one of the two")
    if table is not None:
        return Configuration(folder, own, table)
    return Configuration(folder) if section is None else Configuration(folder, shared, section)


def configured_root(root: Path) -> Path:
    """The nearest folder at or above `root` that configures the advisor, up to the top of the repository; else `root`.

    Outside of a repository only `root` counts: what lies further up may be anyone's.
    """
    return next(filter(_configures, _up_to_repository(root)), root)


def _up_to_repository(root: Path) -> Iterator[Path]:
    folders = (root, *root.parents)
    top = next((number for number, folder in enumerate(folders) if (folder / _REPOSITORY).exists()), 0)
    yield from folders[: top + 1]


def _configures(folder: Path) -> bool:
    """One that is broken counts: it is reported once it is read."""
    if (folder / OWN_FILE).exists():
        return True
    try:
        text = read_text(folder / _SHARED_FILE, "utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return False
    if "advisor" not in text:
        return False
    try:
        tool = tomllib.loads(text).get("tool")
    except tomllib.TOMLDecodeError:
        return True
    return isinstance(tool, dict) and "advisor" in tool


def _section(document: dict[str, Any] | None, file: Path) -> dict[str, Any] | None:
    table: Any = document
    for key in ("tool", "advisor"):
        table = None if table is None else table.get(key)
        if table is not None and not isinstance(table, dict):
            raise AdvisorError(f"{file}: [tool.advisor] must be a table", "write its keys below a line [tool.advisor]")
    return table  # type: ignore[no-any-return] # narrowed by the loop


def _toml(file: Path) -> dict[str, Any] | None:
    """The document; None where there is no such file."""
    try:
        text = read_text(file, "utf-8-sig")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise AdvisorError(f"{file}: cannot be read: {why}") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, at_line, position = str(error).partition(" (at line ")
        line = int(position.partition(",")[0]) if at_line else text.count("\n") + 1
        raise AdvisorError(f"{file}:{line}: not valid TOML: {problem}") from error
