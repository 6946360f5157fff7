"""What a run is asked to do: defaults, below `[tool.advisor]` of pyproject.toml, below the command line."""

from __future__ import annotations

import reprlib
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StrictBool, StrictInt, ValidationError, field_validator

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
    target_python: Annotated[str, Field(pattern=r"^3\.([0-9]{1,2}|(1[3-9]|[2-9][0-9])t)$")] | None = None
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
    _configured: dict[str, str] = PrivateAttr(default_factory=dict)

    @field_validator("exclude")
    @classmethod
    def _are_patterns(cls, exclude: Words) -> Words:
        from pathspec import GitIgnoreSpec

        GitIgnoreSpec.from_lines(exclude)
        return exclude

    def spelled(self, key: str) -> str:
        """Where the value of `key` was given, as an error names it: the file and its key, or the option."""
        return self._configured.get(key) or _option(key)

    @property
    def shown_from(self) -> Level:
        """The least sure findings that are shown."""
        levels = tuple(Level)
        asked = self.confidence if self.fail_on == "never" else Level(self.fail_on)
        return levels[0] if self.all else min(self.confidence, asked, key=levels.index)


def load_settings(root: Path, overrides: Mapping[str, Any]) -> Settings:
    """Defaults, then `[tool.advisor]` in `root/pyproject.toml`, then what `overrides` gives (not None, not empty).

    Rule directories in the file are relative to it, and several `cores` there are compared, as on the command line.
    Raises AdvisorError that names the file, the key and a remedy.
    """
    given = {key: value for key, value in overrides.items() if value is not None and value not in ((), [])}
    command_line = _checked(given, _option)
    file = root / "pyproject.toml"

    def key_in_file(key: str) -> str:
        return f"{file}: [tool.advisor] {_option(key).removeprefix('--')}"

    configured = _checked(_with_cores(_known(_read_table(file), file)), key_in_file)
    update = {key: getattr(command_line, key) for key in command_line.model_fields_set}
    if "cores" in update:
        update.setdefault("compare_cores", ())
    if "rules" not in update:
        update["rules"] = tuple(root / rules for rules in configured.rules)
        for directory in update["rules"]:
            if not directory.is_dir():
                raise AdvisorError(
                    f"{key_in_file('rules')}: there is no directory {directory}", "it is looked for beside the file"
                )
    settings = configured.model_copy(update=update)
    settings._configured.update({key: key_in_file(key) for key in configured.model_fields_set - given.keys()})
    return settings


def check_slugs(settings: Settings, known: Iterable[str]) -> None:
    """Raises AdvisorError when `select` or `ignore` names a slug that no rule has."""
    slugs = frozenset(known)
    for option in ("select", "ignore"):
        for slug in getattr(settings, option):
            if slug not in slugs:
                hint = did_you_mean(slug, slugs) or "`advisor rules` lists them all"
                raise AdvisorError(f'{settings.spelled(option)}: there is no rule "{slug}"', hint)


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
    `profile` is of one run, and numbers of cores to compare stand under `cores`."""
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


def _with_cores(table: dict[str, Any]) -> dict[str, Any]:
    """`cores = 4` is the target's number; `cores = [1, 2, 4]` compares these and leaves the target as it is."""
    cores = table.get("cores")
    if not isinstance(cores, list):
        return table
    others = {key: value for key, value in table.items() if key != "cores"}
    return others | ({"cores": cores[0]} if len(cores) == 1 else {"compare_cores": cores})


def _option(key: str) -> str:
    return "--" + key.removeprefix("compare_").replace("_", "-")


def _checked(values: dict[str, Any], spell: Callable[[str], str]) -> Settings:
    try:
        return Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        expected, hint = _EXPECTED[key]
        given = reprlib.repr(first["input"])
        raise AdvisorError(f"{spell(key)}: {given} is not valid: it must be {expected}", hint) from error


_CORES = "a whole number from 1 on, or several to compare", "leave it out to use this machine's cores"
_EXPECTED = {  # in our words, whatever the library that checks would say; with a hint
    "format": ("text or json", ""),
    "all": ("true or false", ""),
    "target_python": (
        "a version of Python 3",
        'write it like "3.11", "3.14" or "3.14t" (free-threaded, from 3.13t on), in quotes in a TOML file',
    ),
    "cores": _CORES,
    "compare_cores": _CORES,
    "select": ("a list of slugs", "`advisor rules` lists them all"),
    "ignore": ("a list of slugs", "`advisor rules` lists them all"),
    "rules": ("a list of directories", ""),
    "project": ("a directory", ""),
    "exclude": ("a list of patterns", "patterns are written as in .gitignore"),
    "confidence": ("low, medium or high", ""),
    "fail_on": ("never, low, medium or high", ""),
    "jobs": ("a whole number, 0 or more", "0 means one worker for each core"),
    "profile": ("a file", ""),
}
