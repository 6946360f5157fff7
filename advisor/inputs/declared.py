"""Declared: the oldest Python that a project says it runs on, in `pyproject.toml`, `setup.cfg` or `setup.py`."""

from __future__ import annotations

import ast
import configparser
import tomllib
from pathlib import Path

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from advisor.files import read_text

_MINORS = range(30)  # of Python 3


def oldest_python(root: Path) -> tuple[int, int] | None:
    """The first version of Python 3 that the project in the folder `root` allows; None where it does not say so."""
    for name, find in (("pyproject.toml", _of_pyproject), ("setup.cfg", _of_cfg), ("setup.py", _of_setup)):
        try:
            said = find(read_text(root / name))
            allowed = None if said is None else SpecifierSet(said.replace("^", ">=", 1))
        except (OSError, ValueError, SyntaxError, RecursionError, MemoryError, configparser.Error, InvalidSpecifier):
            continue  # what cannot be read declares nothing
        if allowed is not None:
            fits = (minor for minor in _MINORS if allowed.contains(f"3.{minor}.99"))
            return next(((3, minor) for minor in fits), None)
    return None


def _of_pyproject(text: str) -> str | None:
    said = _within(tomllib.loads(text), "project", "requires-python")
    if said is None:
        said = _within(tomllib.loads(text), "tool", "poetry", "dependencies", "python")
    return said if isinstance(said, str) else None


def _within(table: object, *keys: str) -> object:
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def _of_cfg(text: str) -> str | None:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    return parser.get("options", "python_requires", fallback=None)


def _of_setup(text: str) -> str | None:
    keywords = (k for call in ast.walk(ast.parse(text)) if isinstance(call, ast.Call) for k in call.keywords)
    for keyword in keywords:
        if (
            keyword.arg == "python_requires"
            and isinstance(keyword.value, ast.Constant)
            and isinstance(keyword.value.value, str)
        ):
            return keyword.value.value
    return None
