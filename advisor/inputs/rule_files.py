"""Read and check rule files one by one, so that every error names its file, line and key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import json

from advisor.errors import AdvisorError
from advisor.inputs.rule_folders import KINDS, RuleFile
from advisor.inputs.shape import check_pattern, fit
from advisor.inputs.yaml_file import YamlFile, read_yaml
from advisor.model.catalog import CatalogFile
from advisor.model.confidence import Calibration
from advisor.model.rounds import Rounds
from advisor.model.rule import Rule, SiteRule
from advisor.model.words import Words

CheckRule = Callable[[SiteRule], str | None]
_FirstUse = dict[tuple[Path | None, str], str]  # where a name was first used, as "file:line"


def read_rule_files(files: Iterable[RuleFile], check_rule: CheckRule | None = None) -> bytes:
    """What all `files` say, as JSON: for each kind the list of its files' contents, in the order given.

    `check_rule` says why ast-grep cannot use a site rule, None when it can. Raises AdvisorError for the first misfit.
    """
    data: dict[str, list[Any]] = {kind: [] for kind in KINDS}
    first_use: _FirstUse = {}
    for file in files:
        data[file.kind].append(_read(file, first_use, check_rule).data)
    return json.encode(data)


def misfits(
    files: Iterable[RuleFile], check_rule: CheckRule | None = None, beside: Iterable[RuleFile] = ()
) -> Iterator[AdvisorError]:
    """The first misfit of each file that has one, where `read_rule_files` stops at the first of all. `beside` are files that
    are well formed, whose slugs are taken.
    """
    first_use: _FirstUse = {(None, file.stem): file.name for file in beside if file.kind in ("sites", "decide")}
    for file in files:
        try:
            _read(file, first_use, check_rule)
        except AdvisorError as error:
            yield error


def example_places(files: Iterable[RuleFile]) -> dict[str, tuple[str, ...]]:
    """Where the examples of each rule stand, as "file:line", by slug."""
    places = {}
    for file in files:
        if file.kind in ("sites", "decide"):
            yaml = read_yaml(Path(file.path), file.name)
            count = len(yaml.data.get("examples", ()))
            lines = [yaml.line(("examples", index)) for index in range(count)] or [yaml.line(("id",))]
            places[file.stem] = tuple(f"{yaml.name}:{line}" for line in lines)
    return places


def _read(file: RuleFile, first_use: _FirstUse, check_rule: CheckRule | None) -> YamlFile:
    yaml = read_yaml(Path(file.path), file.name)
    if file.kind == "effects":
        _check_catalog(yaml, file.directory, first_use)
    elif file.kind == "words":
        fit(yaml, Words)
    elif file.kind == "confidence":
        fit(yaml, Calibration)
    elif file.kind == "rounds":
        fit(yaml, Rounds)
    elif file.kind == "decide":
        _check_slug(yaml, fit(yaml, Rule).id, file.stem, first_use)
    else:
        _check_site(yaml, file.stem, first_use, check_rule)
    return yaml


def _check_catalog(yaml: YamlFile, directory: Path, first_use: _FirstUse) -> None:
    """One API is described once in a directory; a later directory may describe it anew."""
    catalog = fit(yaml, CatalogFile)
    for section in ("calls", "objects", "aliases"):
        for name in getattr(catalog, section):
            place = (section, name)
            here = f"{yaml.name}:{yaml.line(place)}"
            first = first_use.setdefault((directory, f"{section} {name}"), here)
            if first != here:
                yaml.refuse(place, f'"{name}" is described twice', f"first in {first}; keep one of them")


def _check_site(yaml: YamlFile, stem: str, first_use: _FirstUse, check_rule: CheckRule | None) -> None:
    rule = fit(yaml, SiteRule)
    _check_slug(yaml, rule.id, stem, first_use)
    if rule.rule is not None:
        check_pattern(yaml, ("rule",), rule.rule)
    for name, constraint in rule.constraints.items():
        check_pattern(yaml, ("constraints", name), constraint)
    if check_rule is not None and (why := check_rule(rule)):
        yaml.refuse(("rule",), f"ast-grep cannot use this rule: {why}", "its syntax is that of ast-grep's rule objects")


def _check_slug(yaml: YamlFile, slug: str, stem: str, first_use: _FirstUse) -> None:
    if slug != stem:
        yaml.refuse(("id",), f'the id "{slug}" is not the name of the file', f'write "{stem}", or rename the file')
    here = f"{yaml.name}:{yaml.line(('id',))}"
    first = first_use.setdefault((None, slug), here)
    if first != here:
        yaml.refuse(("id",), f'the id "{slug}" is used twice', f"first in {first}; choose another")
