"""What a run is asked to do: defaults, below the project's configuration file, below the command line."""

from __future__ import annotations

import os
import reprlib
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr, StrictBool, StrictInt, ValidationError, field_validator

from advisor.configuration import Configuration, read_configuration
from advisor.errors import AdvisorError, did_you_mean
from advisor.model.concurrency import Level
from advisor.model.format import Format
from advisor.patterns import Patterns, read_pattern, read_patterns

Words = tuple[str, ...]


class Settings(BaseModel):
    """Every option of a run. `jobs` is the number of worker processes, 0 for as many as the machine has cores.

    `paths` are what is analysed where none are given, `rules` directories of further rules, `exclude` patterns in the
    syntax of .gitignore, `per_file_ignores` slugs by such a pattern, `project` the root that imports are followed in (None:
    found from the paths), `profile` a saved profile of a run. `compare_cores` are further numbers of cores to forecast the
    gain on. `executor` is the address of a Dask scheduler whose workers read the files. Findings less sure than
    `confidence` are counted and not shown, unless `fail_on` asks for them or `all` shows everything; those that the file
    `baseline` lists are known and not shown either.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Format = Format.TEXT
    all: StrictBool = False
    target_python: Annotated[str, Field(pattern=r"^3\.([0-9]{1,2}|(1[3-9]|[2-9][0-9])t)$")] | None = None
    cores: Annotated[StrictInt, Field(ge=1)] | None = None
    select: Words = ()
    ignore: Words = ()
    rules: tuple[Path, ...] = ()
    project: Path | None = None
    paths: tuple[Path, ...] = ()
    exclude: Words = ()
    force_exclude: StrictBool = False
    per_file_ignores: dict[str, Words] = Field(default_factory=dict)
    confidence: Level = Level.MEDIUM
    fail_on: Literal["never", "low", "medium", "high"] = "never"
    jobs: Annotated[StrictInt, Field(ge=0)] = 0
    profile: Path | None = None
    baseline: Path | None = None
    output: Path | None = None
    executor: Annotated[str, Field(pattern=r"^(tcp|tls)://[^\s/]+$")] | None = None
    compare_cores: tuple[Annotated[StrictInt, Field(ge=1)], ...] = ()
    _configured: dict[str, str] = PrivateAttr(default_factory=dict)

    @field_validator("exclude", "per_file_ignores")
    @classmethod
    def _are_patterns(cls, patterns: Any) -> Any:
        for pattern in patterns:
            if pattern.strip() and read_pattern(pattern) is None:
                raise ValueError("no such pattern")
        return patterns

    def spelled(self, key: str) -> str:
        """Where the value of `key` was given, as an error names it: the file and its key, or the option."""
        return self._configured.get(key) or _option(key)

    def is_configured(self, key: str) -> bool:
        """Does the value of `key` stand in the configuration file?"""
        return key in self._configured

    def ignored_in(self, path: str) -> frozenset[str]:
        """The slugs of which nothing is reported in the file at `path` (from the project's root)."""
        matching = [slugs for patterns, slugs in self._by_file if patterns.leaves_out(path)]
        return frozenset().union(*matching, self.ignore)

    @cached_property
    def _by_file(self) -> list[tuple[Patterns, Words]]:
        return [(read_patterns([pattern]), slugs) for pattern, slugs in self.per_file_ignores.items()]

    @property
    def curves(self) -> bool:
        """Whether the gain is worked out for other numbers of cores and items: only for what draws it."""
        return self.format is Format.HTML

    @property
    def shown_from(self) -> Level:
        """The least sure findings that are shown."""
        levels = tuple(Level)
        asked = self.confidence if self.fail_on == "never" else Level(self.fail_on)
        return levels[0] if self.all else min(self.confidence, asked, key=levels.index)


_ASKED_FOR = ("project", "profile", "compare_cores", "force_exclude", "executor")
FILE_KEYS = tuple(name for name in Settings.model_fields if name not in _ASKED_FOR)
"""The settings that a configuration file may hold, in Python's spelling. A project is found by means of the file, a
profile is of one run, numbers of cores to compare stand under `cores`, and where sources are sent is not for them to say."""


def load_settings(root: Path, overrides: Mapping[str, Any]) -> Settings:
    """Defaults, then what is configured in the folder `root`, then what `overrides` gives (not None, not empty).

    Paths in the file are relative to it and stay below its folder, and several `cores` there are compared, as on the
    command line. Raises AdvisorError that names the file, the key and a remedy.
    """
    given = {key: value for key, value in overrides.items() if value is not None and value not in ((), [], {})}
    command_line = _checked(given, _option)
    file = read_configuration(root)

    def key_in_file(key: str) -> str:
        return file.spelled(_option(key).removeprefix("--"))

    configured = _checked(_with_cores(_known(file)), key_in_file)
    update = {key: getattr(command_line, key) for key in command_line.model_fields_set}
    if "cores" in update:
        update.setdefault("compare_cores", ())
    settings = configured.model_copy(update=_paths_inside(file, configured, update) | update)
    settings._configured.update({key: key_in_file(key) for key in configured.model_fields_set - given.keys()})
    return settings


def _paths_inside(file: Configuration, configured: Settings, overridden: Iterable[str]) -> dict[str, Any]:
    """The paths of the file as they count from here; AdvisorError for one that leads out of its folder."""
    found: dict[str, Any] = {}
    for key in {"paths", "rules", "baseline", "output"}.intersection(configured.model_fields_set).difference(
        overridden
    ):
        value = getattr(configured, key)
        inside = tuple(file.inside(key, path) for path in (value if isinstance(value, tuple) else (value,)))
        found[key] = inside if isinstance(value, tuple) else inside[0]
    for directory in found.get("rules", ()):
        if not directory.is_dir():
            raise AdvisorError(
                f"{file.spelled('rules')}: there is no directory {directory}", "it is looked for beside the file"
            )
        for folder, inner, names in os.walk(directory):  # a link among the rules leads no further than the rules
            for name in (*inner, *names):
                file.inside("rules", Path(folder, name))
    for path in found.get("paths", ()):
        if not path.exists():
            raise AdvisorError(
                f"{file.spelled('paths')}: there is no file or folder {path}", "it is looked for beside the file"
            )
    return found


def check_slugs(settings: Settings, known: Iterable[str]) -> None:
    """Raises AdvisorError when `select`, `ignore` or `per_file_ignores` names a slug that no rule has."""
    slugs = frozenset(known)
    by_file = [slug for listed in settings.per_file_ignores.values() for slug in listed]
    for key, named in (("select", settings.select), ("ignore", settings.ignore), ("per_file_ignores", by_file)):
        for slug in named:
            if slug not in slugs:
                hint = did_you_mean(slug, slugs) or "`advisor rules` lists them all"
                raise AdvisorError(f'{settings.spelled(key)}: there is no rule "{slug}"', hint)


def _known(file: Configuration) -> dict[str, Any]:
    """The table with its keys in Python's spelling."""
    keys = {name.replace("_", "-") for name in FILE_KEYS}
    known: dict[str, Any] = {}
    for key, value in file.table.items():
        if key.replace("_", "-") not in keys:
            hint = did_you_mean(key.replace("_", "-"), keys) or f"known keys: {', '.join(sorted(keys))}"
            raise AdvisorError(f'{file.name}: unknown key "{key}"', hint)
        if key.replace("-", "_") in known:
            raise AdvisorError(f'{file.name}: "{key}" is given twice', "use one spelling, with hyphens")
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
        expected, hint = EXPECTED[key]
        given = reprlib.repr(first["input"])
        raise AdvisorError(f"{spell(key)}: {given} is not valid: it must be {expected}", hint) from error


_CORES = "a whole number from 1 on, or several to compare", "leave it out to use this machine's cores"
EXPECTED = {  # in our words, whatever the library that checks would say; with a hint
    "format": (f"one of {', '.join(Format)}", ""),
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
    "paths": ("a list of files and folders", ""),
    "exclude": ("a list of patterns", "patterns are written as in .gitignore"),
    "force_exclude": ("true or false", ""),
    "per_file_ignores": ("a table of patterns with lists of slugs", 'like {"tests/*" = ["SLUG"]}'),
    "confidence": ("low, medium or high", ""),
    "fail_on": ("never, low, medium or high", ""),
    "jobs": ("a whole number, 0 or more", "0 means one worker for each core"),
    "executor": ("the address of a Dask scheduler", "like tcp://scheduler:8786"),
    "profile": ("a file", ""),
    "baseline": ("a file", ""),
    "output": ("a file", ""),
}
