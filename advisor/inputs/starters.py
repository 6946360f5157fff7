"""Read the starters: Python files in `skeletons/` of each rule directory, which are never run here.

All that is known of one stands in it: the title is the first line of its docstring; the Python and the packages it
needs are its inline script metadata (`# /// script`), where `[tool.advisor]` names the model.
"""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterable
from itertools import dropwhile, takewhile
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from advisor.errors import AdvisorError, did_you_mean
from advisor.files import read_text
from advisor.inputs.rule_folders import list_starter_files, shown
from advisor.model.concurrency import Model
from advisor.model.starter import Starter

_METADATA = """give it a comment block as in the advisor's own: "# /// script", TOML behind "# ", "# ///\""""


def read_starters(directories: Iterable[Path]) -> tuple[Starter, ...]:
    """Every starter, in the order of slugs. Raises AdvisorError that names the file and what is wrong with it."""
    found: dict[str, tuple[Starter, Path]] = {}
    for path in list_starter_files(directories):
        starter = _read(path)
        if starter.slug in found:
            raise AdvisorError(
                f'{shown(path)}: there is a template "{starter.slug}" already',
                f"the other one is {shown(found[starter.slug][1])}; rename one of them",
            )
        found[starter.slug] = starter, path
    return tuple(found[slug][0] for slug in sorted(found))


def find_starter(slug: str, starters: Iterable[Starter]) -> Starter:
    """The starter called `slug`. Raises AdvisorError with the nearest slug."""
    by_slug = {starter.slug: starter for starter in starters}
    if slug not in by_slug:
        hint = did_you_mean(slug, by_slug) or "`advisor new --list` lists them all"
        raise AdvisorError(f'there is no template "{slug}"', hint)
    return by_slug[slug]


class _Own(BaseModel):
    """The table `[tool.advisor]` of a starter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: Model


class _Tool(BaseModel):
    """The table `[tool]`, where other programs have their say as well."""

    advisor: _Own


class _Script(BaseModel):
    """Inline script metadata, as the packaging standard has it."""

    requires_python: str = Field("", alias="requires-python")
    dependencies: tuple[str, ...] = ()
    tool: _Tool


def _read(path: Path) -> Starter:
    try:
        text = read_text(path)
        docstring = ast.get_docstring(ast.parse(text))
    except OSError as error:
        raise AdvisorError(f"{shown(path)}: cannot be read: {error.strerror}") from error
    except SyntaxError as error:
        line = f":{error.lineno}" if error.lineno else ""
        raise AdvisorError(f"{shown(path)}{line}: not valid Python: {error.msg}") from error
    except ValueError as error:  # not UTF-8, or null bytes
        raise AdvisorError(f"{shown(path)}: not valid Python: {error}") from error
    if not docstring:
        raise AdvisorError(f"{shown(path)}: has no docstring", "its first line is the title of the template")
    try:
        script = _Script.model_validate(_metadata(text))
    except tomllib.TOMLDecodeError as error:
        raise AdvisorError(f"{shown(path)}: its script metadata is not valid TOML: {error}", _METADATA) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise AdvisorError(f"{shown(path)}: script metadata: {key}: {first['msg']}", _METADATA) from error
    return Starter(
        slug=path.stem.replace("_", "-"),
        title=docstring.partition("\n")[0].rstrip("."),
        model=script.tool.advisor.model,
        requires_python=script.requires_python,
        dependencies=script.dependencies,
        text=text,
    )


def _metadata(text: str) -> dict[str, Any]:
    """The table in the comment block `# /// script`; empty when there is none."""
    below = dropwhile(lambda line: line != "# /// script", text.splitlines())
    next(below, None)
    block = takewhile(lambda line: line.startswith("#") and line != "# ///", below)
    return tomllib.loads("\n".join(line[2:] for line in block))
