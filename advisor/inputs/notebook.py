"""Notebook: the code cells of a Jupyter notebook as one Python text, in which each cell stands below a line `# %% cell N`.

Cells share their names, so they are read as one file; a cell that is not Python is left out, and the others are not.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

from advisor.model.source import Cell, Skipped, Source

ENDING = ".ipynb"
_MAGIC = re.compile(r"(?P<indent>\s*)(?P<magic>[%!?].*)")
_ASSIGNED = re.compile(r"(?P<start>\s*[\w., ]+=\s*)(?P<magic>[%!].*)")
_WHOLE_CELL = re.compile(r"%%(?P<name>\w+)")
_RUNS_PYTHON = frozenset(
    {"time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "heat", "mypy", "python", "python3"}
)


def read_notebook(path: str, data: bytes, reported: bool) -> Source | Skipped:
    """The code of the notebook `data`, known as `path`; why there is none for one of another language or a broken file."""
    try:
        notebook = json.loads(data)
    except (ValueError, RecursionError) as error:
        return Skipped(path, "not a notebook: not valid JSON", getattr(error, "lineno", None))
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(cells, list):
        return Skipped(path, "not a notebook of format 4")
    language = _language(notebook)
    if language not in ("", "python", "ipython"):
        return Skipped(path, f"a notebook of {language}, not Python")
    lines: list[str] = []
    places: list[Cell] = []
    unread: list[Skipped] = []
    for number, code in _code_cells(cells):
        lines.append(f"# %% cell {number}")
        places.append(Cell(number, len(lines) + 1))
        text, fault = _as_python(code)
        if fault:
            unread.append(Skipped(path, f"cell {number} is left out: {fault}", len(lines) + 1))
        lines += text
    return Source(path, "".join(f"{line}\n" for line in lines), reported, tuple(places), tuple(unread))


def _language(notebook: dict[str, Any]) -> str:
    metadata = notebook.get("metadata")
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        info = metadata.get(key) if isinstance(metadata, dict) else None
        if isinstance(info, dict) and isinstance(info.get(name), str):
            return str(info[name]).lower()
    return ""


def _code_cells(cells: list[Any]) -> Iterator[tuple[int, list[str]]]:
    """Each with its number, from 1 and with cells of text counted, as notebooks and other linters count them."""
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        text = "".join(filter(lambda part: isinstance(part, str), source)) if isinstance(source, list) else str(source)
        yield number, text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _as_python(code: list[str]) -> tuple[list[str], str]:
    """As many lines as the cell has, and why it is left out if it is."""
    first = next((line for line in code if line.strip()), "")
    whole = _WHOLE_CELL.match(first)
    if whole is not None and whole["name"] not in _RUNS_PYTHON:
        return _commented(code), ""  # of another language on purpose
    if not _fault(code):
        return code, ""
    plain = list(_without_magics(code))
    fault = _fault(plain)
    return (_commented(code), fault) if fault else (plain, "")


def _without_magics(code: list[str]) -> Iterator[str]:
    """Magics and commands for the shell become comments; where Python needs a statement or value, one that does nothing."""
    continued = False
    for line in code:
        if continued:
            continued = line.endswith("\\")
            yield f"# {line}"
        elif (magic := _MAGIC.fullmatch(line)) is not None:
            continued = line.endswith("\\")
            yield f"{magic['indent']}pass  # {magic['magic']}"
        elif (assigned := _ASSIGNED.fullmatch(line)) is not None:
            continued = line.endswith("\\")
            yield f"{assigned['start']}None  # {assigned['magic']}"
        elif line.rstrip().endswith("?") and not line.lstrip().startswith("#"):
            yield f"pass  # {line}"
        else:
            yield line


def _commented(code: list[str]) -> list[str]:
    return [f"# {line}".rstrip() for line in code]


def _fault(code: list[str]) -> str:
    """Why Python cannot read it; empty where it can."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse("\n".join(code))
    except SyntaxError as error:
        return f"syntax error: {error.msg} (line {error.lineno} of the cell)"
    except (ValueError, RecursionError, MemoryError) as error:
        return f"it cannot be parsed: {error}"
    return ""
