"""The commands about the configuration: config show, init."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advisor.cli.console import complain, write_out
from advisor.cli.options import ListFormat, ProjectRoot
from advisor.errors import AdvisorError

if TYPE_CHECKING:
    from advisor.outputs.settings import Row

_UNSET = {
    "target_python": "default: Python {target}, which runs the advisor",
    "cores": "default: {cores}, those of this machine",
    "paths": "default: the current folder",
    "baseline": "default: none",
    "output": "default: standard output",
}


def show(
    path: Annotated[Path, typer.Argument(help="A file or folder of the project.  [this folder]")] = Path(),
    project: ProjectRoot = None,
    format: ListFormat = None,
) -> None:
    """Print every setting that holds for a file or folder, and where it comes from.

    What is printed is TOML and may be pasted into a configuration file.
    """
    from advisor.inputs.project import Project
    from advisor.outputs import settings as outputs

    if not os.path.lexists(path):
        raise AdvisorError(f"no such file or folder: {path}", f"paths are read from {os.getcwd()}")
    root = Project.around((path,), project).root
    if format not in (None, "text", "json"):
        raise AdvisorError(f"--format: {format!r} is not valid", "it must be text or json")
    if format == "json":
        write_out(outputs.as_json(_rows(root)), encoding="utf-8")
    else:
        write_out(f"# project: {root}\n{outputs.as_text(_rows(root))}")


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="The project's folder.  [this folder]")] = Path(),
) -> None:
    """Write a configuration and a pre-commit hook for a project.

    The section [tool.advisor] is added to pyproject.toml; without that file advisor.toml is created. The hook is added to
    .pre-commit-config.yaml. What is there already stays as it is, byte for byte.
    """
    from advisor.initializing import initialize

    for line, hint in initialize(directory):
        complain(line, hint)


def _rows(root: Path) -> list[Row]:
    from advisor.configuration import read_configuration
    from advisor.inputs.machine import this_target
    from advisor.outputs.settings import Row
    from advisor.settings import FILE_KEYS, load_settings

    settings, target = load_settings(root, {}), this_target()
    rows = []
    for key in FILE_KEYS:
        name = "compare_cores" if key == "cores" and settings.compare_cores else key
        origin = _UNSET.get(key, "default").format(target=target, cores=target.cores)
        if settings.is_configured(name):
            file = read_configuration(root)
            origin = file.name.replace(str(file.file), os.path.relpath(str(file.file)))
        value = _plain(getattr(settings, name), root)
        rows.append(Row(key.replace("_", "-"), None if value == [] and key == "paths" else value, origin))
    return rows


def _plain(value: Any, root: Path) -> Any:
    """As JSON and TOML know it, paths as they would stand in a file at `root`."""
    if isinstance(value, Path):
        return os.path.relpath(value, os.path.realpath(root)).replace(os.sep, "/")
    if isinstance(value, tuple):
        return [_plain(each, root) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each, root) for key, each in value.items()}
    return value
