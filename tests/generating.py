"""Helps the tests of `generate`: code in, generated code out; both run, and what they did compared."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import inspect
import io
import itertools
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest
from ruff.__main__ import find_ruff_bin  # type: ignore[import-untyped]

from advisor.errors import AdvisorError
from advisor.refactoring import refactor, wanted
from advisor.settings import Settings

_numbers = itertools.count()


class Did(NamedTuple):
    """What a call did, as far as a caller can tell."""

    gave: object
    raised: str | None
    printed: str


def generated(
    folder: Path,
    text: str,
    model: str | None = "threading",
    *,
    line: int | None = None,
    executor: str | None = None,
    accept: Sequence[str] = (),
) -> str:
    """The text with the site on the line marked `# here` (or `line`) rewritten; AdvisorError when refused."""
    (folder / "pyproject.toml").touch()
    file = folder / f"subject_{next(_numbers)}.py"
    file.write_text(text, encoding="utf-8")
    place = line or 1 + next(index for index, row in enumerate(text.splitlines()) if row.endswith("# here"))
    settings = Settings(jobs=1, target_python="3.14" if executor == "interpreters" else None)
    result = refactor(wanted(f"{file}:{place}", model, executor, accept=accept), settings)
    file.unlink()
    return result.files[0].text


def refusal(folder: Path, text: str, model: str | None = "threading", *, accept: Sequence[str] = ()) -> str:
    """The title of the error with which a site is refused."""
    with pytest.raises(AdvisorError) as caught:
        generated(folder, text, model, accept=accept)
    assert caught.value.exit_code == 1, caught.value
    return caught.value.title


def otherwise(folder: Path, text: str, model: str = "asyncio", *, accept: Sequence[str] = ()) -> str:
    """The rewritten text, or why there is none."""
    try:
        return generated(folder, text, model, accept=accept)
    except AdvisorError as refused:
        return refused.title


def module(folder: Path, text: str) -> ModuleType:
    """The text as an imported module that worker processes find too."""
    name = f"made_{next(_numbers)}"
    file = folder / f"{name}.py"
    file.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[name] = loaded
    spec.loader.exec_module(loaded)
    return loaded


def did(loaded: ModuleType, arguments: Sequence[Any], name: str = "subject") -> Did:
    """Runs a function of the module (a coroutine in an event loop of its own)."""
    out = io.StringIO()
    gave, raised = None, None
    with contextlib.redirect_stdout(out):
        try:
            gave = getattr(loaded, name)(*arguments)
            if inspect.iscoroutine(gave):
                gave = asyncio.run(gave)
            elif inspect.isgenerator(gave):
                gave = list(gave)
        except Exception as error:  # noqa: BLE001 - whatever it is, the other version must raise the same
            gave, raised = None, repr(error)
    return Did(gave, raised, out.getvalue())


def lint(text: str) -> Counter[str]:
    """How often each of ruff's default rules (those that stood the test of time) complains of the text."""
    return Counter(complaint["code"] for complaint in _complaints("--select", "E4,E7,E9,F", "-", given=text))


def lint_all(texts: Sequence[str]) -> list[list[str]]:
    """The codes of what ruff's default rules complain of in each text, in one run."""
    with tempfile.TemporaryDirectory() as folder:
        for index, text in enumerate(texts):
            Path(folder, f"{index}.py").write_text(text, encoding="utf-8")
        complaints = _complaints(folder)
    found: list[list[str]] = [[] for _ in texts]
    for complaint in complaints:
        found[int(Path(complaint["filename"]).stem)].append(complaint["code"])
    return found


def _complaints(*arguments: str, given: str = "") -> list[dict[str, str]]:
    """What ruff says; `python -m ruff` would take longer to start than ruff takes."""
    command = [find_ruff_bin(), "check", "--isolated", "--no-cache", "--output-format", "json", *arguments]
    ran = subprocess.run(command, input=given, capture_output=True, text=True, encoding="utf-8", check=False)
    complaints: list[dict[str, str]] = json.loads(ran.stdout)
    return complaints
