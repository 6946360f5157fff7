"""What a run is asked to do: defaults, below `[tool.advisor]` of pyproject.toml, below the command line."""

from __future__ import annotations

import reprlib
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError

from advisor.errors import AdvisorError, did_you_mean
from advisor.model.concurrency import Level

Words = tuple[str, ...]


class Settings(BaseModel):
    """Every option of a run. `jobs` is the number of worker processes, 0 for as many as the machine has cores.

    `rules` are directories of further rules, `exclude` patterns in the syntax of .gitignore,
    `project` the root that imports are followed in (None: found from the paths), `profile` a saved profile of a run.
    `compare_cores` are further numbers of cores to forecast the gain on. Findings less sure than `confidence` are
    counted and not shown, unless `fail_on` asks for them or `all` shows everything.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["text", "json"] = "text"
    all: StrictBool = False
    target_python: Annotated[str, Field(pattern=r"^3\.[0-9]{1,2}t?$")] | None = None
    cores: Annotated[StrictInt, Field(ge=1)] | None = None
    select: Words = ()
    ignore: Words = ()
    rules: tuple[Path, ...] = ()
    project: Path | None = None
    exclude: Words = ()
    confidence: Level = Level.MEDIUM
    fail_on: Literal["never", "low", "medium", "high"] = "never"
    jobs: Annotated[StrictInt, Field(ge=0)] = 0
    profile: Path | None = None
    compare_cores: tuple[Annotated[StrictInt, Field(ge=1)], ...] = ()

    @property
    def shown_from(self) -> Level:
        """The least sure findings that are shown."""
        levels = tuple(Level)
        asked = self.confidence if self.fail_on == "never" else Level(self.fail_on)
        return levels[0] if self.all else min(self.confidence, asked, key=levels.index)


def load_settings(root: Path, overrides: Mapping[str, Any]) -> Settings:
    """Defaults, then `[tool.advisor]` in `root/pyproject.toml`, then what `overrides` gives (not None, not empty).

    Rule directories in the file are relative to it. Raises AdvisorError that names the file, the key and a remedy.
    """
    given = {key: value for key, value in overrides.items() if value is not None and value not in ((), [])}
    command_line = _checked(given, lambda key: "--" + key.replace("_", "-"))
    file = root / "pyproject.toml"
    table = _read_table(file)
    configured = _checked(_known(table, file), lambda key: f"{file}: [tool.advisor] {key.replace('_', '-')}")
    kept = configured.model_copy(update={"rules": tuple(root / rules for rules in configured.rules)})
    return kept.model_copy(update={key: getattr(command_line, key) for key in command_line.model_fields_set})


def check_slugs(settings: Settings, known: Iterable[str]) -> None:
    """Raises AdvisorError when `select` or `ignore` names a slug that no rule has."""
    slugs = frozenset(known)
    for option in ("select", "ignore"):
        for slug in getattr(settings, option):
            if slug not in slugs:
                hint = did_you_mean(slug, slugs) or "`advisor rules` lists them all"
                raise AdvisorError(f'--{option}: there is no rule "{slug}"', hint)


def _read_table(file: Path) -> dict[str, Any]:
    try:
        text = file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise AdvisorError(f"{file}: cannot be read: {error}") from error
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem, at_line, position = str(error).partition(" (at line ")
        line = int(position.partition(",")[0]) if at_line else text.count("\n") + 1
        raise AdvisorError(f"{file}:{line}: not valid TOML: {problem}") from error
    for key in ("tool", "advisor"):
        table = table.get(key, {})
        if not isinstance(table, dict):
            raise AdvisorError(f"{file}: [tool.advisor] must be a table", "write its keys below a line [tool.advisor]")
    return table


def _known(table: dict[str, Any], file: Path) -> dict[str, Any]:
    """The table with its keys in Python's spelling. `project` is refused: this file is found by means of it; a
    `profile` is of one run, and comparing cores a question of the moment."""
    asked = ("project", "profile", "compare_cores")
    keys = {name.replace("_", "-") for name in Settings.model_fields if name not in asked}
    known: dict[str, Any] = {}
    for key, value in table.items():
        if key.replace("_", "-") not in keys:
            hint = did_you_mean(key.replace("_", "-"), keys) or f"known keys: {', '.join(sorted(keys))}"
            raise AdvisorError(f'{file}: [tool.advisor]: unknown key "{key}"', hint)
        if key.replace("-", "_") in known:
            raise AdvisorError(f'{file}: [tool.advisor]: "{key}" is given twice', "use one spelling, with hyphens")
        known[key.replace("-", "_")] = value
    return known


def _checked(values: dict[str, Any], spell: Callable[[str], str]) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        key, rule = str(first["loc"][0]), first["msg"]
        raise AdvisorError(
            f"{spell(key)}: {reprlib.repr(first['input'])} is not valid: {rule[0].lower()}{rule[1:]}",
            _HINTS.get(key, ""),
        ) from error


_HINTS = {
    "target_python": 'write it like "3.11", "3.14" or "3.14t" (free-threaded), in quotes in a TOML file',
    "cores": "leave it out to use this machine's cores",
    "jobs": "0 means one worker for each core",
}
